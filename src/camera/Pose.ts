import type { Vec3 } from "../base/index.js";

/** A unit quaternion in ROS order: x, y, z, w. */
export type Quaternion = readonly [x: number, y: number, z: number, w: number];

/** The pose of a frame in another: `p_parent = rotation · p_child + position`. */
export interface Pose {
  readonly position: Vec3;
  readonly rotation: Quaternion;
}

/** Where a TF frame is at an image's stamp, in that image's optical frame, or why that is unknown. */
export type FramePose =
  | { readonly ok: true; readonly pose: Pose }
  | { readonly ok: false; readonly reason: string };
