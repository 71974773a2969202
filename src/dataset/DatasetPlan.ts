import { createHash } from "node:crypto";
import { itemAt, Random } from "../base/index.js";
import type { Split } from "./VqaScene.js";

/** What a data set is made with: the same settings give the same bytes. */
export interface DatasetSettings {
  readonly seed: number;
  readonly perImage: number;
  /** Lengths as people say them, or exact. */
  readonly human: boolean;
  readonly imperialShare: number;
  readonly noise: number;
  /** Write depth and label PNGs. */
  readonly images3d: boolean;
  readonly license: string;
  readonly source: SceneSource | RecordingSource;
}

/** From the simulator. */
export interface SceneSource {
  readonly kind: "scenes";
  readonly scenes: number;
  readonly width: number;
  readonly height: number;
  readonly depthNoiseMm: number;
  /** Of train and val. Absent: from the front. */
  readonly views?: "around";
}

/** From recordings: with depth and masks, or of a robot that grasps. */
export interface RecordingSource {
  readonly kind: "recordings";
  /** What the answers are: `rgbd`'s measurements where absent, or what the robot's motion proves. */
  readonly truth?: "kinematics";
  readonly paths: readonly string[];
  /** Path of a task file that names the objects. */
  readonly task?: string;
  /** Images a second at most. */
  readonly rateHz: number;
  /** Names of objects, and of cameras, that only the test split has. */
  readonly holdOut: readonly string[];
  /** The only camera, by its colour topic or its name in the task. */
  readonly camera?: string;
}

/** A part of the work that one worker does and that is kept once it is done. */
export type Shard =
  | {
      readonly name: string;
      readonly kind: "scenes";
      /** Number of the first picture in the data set. */
      readonly first: number;
      readonly tables: readonly {
        readonly seed: number;
        readonly split: Split;
        readonly scenes: number;
      }[];
    }
  | {
      readonly name: string;
      readonly kind: "recording";
      readonly path: string;
      /** Undefined: by time, the recording's last fifth for val and test. */
      readonly split: Split | undefined;
    };

/** Pictures of one table: what never moves is drawn once for all of them. */
const SCENES_PER_TABLE = 8;
const TABLES_PER_SHARD = 8;
/** From so many recordings on, whole recordings go to val and test. */
const ENOUGH_RECORDINGS = 5;

export function shardsOf({ source, seed }: DatasetSettings): Shard[] {
  return source.kind === "scenes"
    ? sceneShards(source.scenes, seed)
    : recordingShards(source.paths, seed);
}

function sceneShards(scenes: number, seed: number): Shard[] {
  const count = Math.ceil(scenes / SCENES_PER_TABLE);
  // In each ten tables, one is for val and one for test.
  const tables = Array.from({ length: count }, (_, index) => {
    const order = new Random(seed, `splits ${Math.floor(index / 10)}`).shuffle(TENTH);
    return {
      seed: seed * 1_000_003 + index,
      split: itemAt(order, index % 10),
      scenes: Math.min(SCENES_PER_TABLE, scenes - index * SCENES_PER_TABLE),
    };
  });
  return Array.from({ length: Math.ceil(count / TABLES_PER_SHARD) }, (_, index) => ({
    name: `scenes-${String(index).padStart(6, "0")}`,
    kind: "scenes" as const,
    first: index * TABLES_PER_SHARD * SCENES_PER_TABLE,
    tables: tables.slice(index * TABLES_PER_SHARD, (index + 1) * TABLES_PER_SHARD),
  }));
}

const TENTH: readonly Split[] = [...Array<Split>(8).fill("train"), "val", "test"];

function recordingShards(paths: readonly string[], seed: number): Shard[] {
  const tenth = Math.max(1, Math.round(paths.length / 10));
  const order = new Random(seed, "splits").shuffle([...paths.keys()]);
  const splitOf = (index: number): Split | undefined => {
    if (paths.length < ENOUGH_RECORDINGS) return undefined;
    const place = order.indexOf(index);
    if (place < tenth) return "test";
    return place < 2 * tenth ? "val" : "train";
  };
  return paths.map((path, index) => ({
    name: `recording-${String(index).padStart(6, "0")}`,
    kind: "recording",
    path,
    split: splitOf(index),
  }));
}

/** Tells whether kept shards belong to the same data set. */
export function fingerprint(settings: DatasetSettings): string {
  return createHash("sha256").update(JSON.stringify(settings)).digest("hex").slice(0, 16);
}
