import type { Vec3 } from "../base/index.js";

/** Something was between the gripper's fingers. */
export interface GraspEvent {
  /** Name of the task's object; undefined if it is not told which: `why` says why. */
  readonly object?: string;
  /**
   * What says that it was this object: its frame (`attached`), the opening of the fingers (`held_at`), what the model said
   * meanwhile, the order of the task's stages, or the task alone, which names no other.
   */
  readonly identifiedBy?: "frame" | "opening" | "answers" | "order";
  readonly why?: string;
  /** The fingers begin to close, have stopped, and hold it for the last time. */
  readonly closingNs: bigint;
  readonly fromNs: bigint;
  readonly toNs: bigint;
  /**
   * `placed`: it was let go where it can rest. `dropped`: let go in the air, tilted or moving, or it
   * slipped out. `unknown`: nothing more is known of the fingers (the recording ends).
   */
  readonly end: "placed" | "dropped" | "unknown";
  /** Of `dropped`: in words. */
  readonly endWhy?: string;
  /** Its centre in the fixed frame, when it was grasped and when it was let go. */
  readonly pointM: Vec3;
  readonly releasePointM: Vec3;
  /** Standard deviation of its centre while it is held. */
  readonly sigmaM: number;
  /** The same for where it stood before: the fingers may have moved it between them. */
  readonly beforeSigmaM: number;
}

/** An answer to the question how far the gripper is from an object. */
export interface Said {
  readonly stampNs: bigint;
  /** Name of the measurement. */
  readonly measurement: string;
  readonly valueM: number;
}
