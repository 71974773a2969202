import type { Pose } from "./Pose.js";

/** One transform of /tf or /tf_static: where the child frame is in its parent. */
export interface StampedTransform {
  /** Without leading slash. */
  readonly parentFrame: string;
  readonly childFrame: string;
  readonly stampNs: bigint;
  readonly pose: Pose;
}

/** tf (ROS 1) wrote "/base_link"; tf2 writes "base_link" and means the same. */
export function bareFrameId(frameId: string): string {
  return frameId.startsWith("/") ? frameId.slice(1) : frameId;
}
