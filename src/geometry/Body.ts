import type { Vec3 } from "../base/index.js";
import type { ObjectBox } from "./SpatialObject.js";

/** A body that was completed from what was seen of it, with what was supposed of it. */
export interface Body {
  /** Canonical. */
  readonly center: Vec3;
  readonly box: ObjectBox;
  /** How likely its footprint is round, 0..1, and how much of the circle is seen, radians. */
  readonly roundness: number;
  readonly arcRad: number;
  /** Share of the rim that lies on the shape. */
  readonly onShape: number;
  readonly bottomM: number;
  /** How far its points lie from its shape, root mean square, and what was supposed of it may be off, metres. */
  readonly residualM: number;
  /** How far the lower end may be off by what was supposed of it. */
  readonly bottomDoubtM: number;
  /** How far it goes on behind what is seen, along the plane. */
  readonly behindM: number;
  /** How much wider across the image it is than what is seen of it, and how far that may be off. */
  readonly asideM: number;
  readonly asideDoubtM: number;
  /** How the centre may be off by what was supposed of the unseen, each by one standard deviation. */
  readonly doubts: readonly Vec3[];
}
