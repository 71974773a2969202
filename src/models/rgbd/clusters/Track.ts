import type { Vec3 } from "../../../base/index.js";
import type { Cluster } from "./Cluster.js";
import type { DepthGrid } from "./DepthGrid.js";
import type { GridColors, Look } from "./Look.js";
import type { Table } from "./Table.js";

/** A thing that is followed from image to image. */
export interface Track {
  /** From 1; never given twice in an episode. */
  readonly id: number;
  centerM: Vec3;
  /** While it is lost: where it is if the robot has taken it along. */
  carriedM: Vec3 | undefined;
  /** Largest extent along the table, and height. */
  lengthM: number;
  heightM: number;
  look: Look;
  /** Images in which it was seen. */
  age: number;
  lastSeenNs: bigint;
  /** Its cells in this image; undefined where it is not seen. */
  cells: Uint32Array | undefined;
  /** Whether it is not seen because what is at its place is larger, and holds another thing too. */
  isMerged: boolean;
  /** Whether it has stood on the table, or on a thing. */
  hasStood: boolean;
  /** Belongs to the robot: it came in the air, or is where the robot says it is. */
  isRobot: boolean;
  /** Whether it was where the robot says it is when it was first seen. */
  readonly beganAtRobot: boolean;
}

/** What the tracker needs of one image. */
export interface Sight {
  readonly stampNs: bigint;
  readonly grid: DepthGrid;
  readonly table: Table;
  readonly clusters: readonly Cluster[];
  readonly colors: GridColors;
  /** Where the robot's own frames are, optical frame. */
  readonly robotAt: readonly Vec3[];
}
