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

export const IDENTITY_POSE: Pose = { position: [0, 0, 0], rotation: [0, 0, 0, 1] };

/** Turns a vector by a unit quaternion (v + 2·q × (q × v + w·v)). */
export function rotate(rotation: Quaternion, [x, y, z]: Vec3): Vec3 {
  const [qx, qy, qz, qw] = rotation;
  const tx = 2 * (qy * z - qz * y);
  const ty = 2 * (qz * x - qx * z);
  const tz = 2 * (qx * y - qy * x);
  return [
    x + qw * tx + qy * tz - qz * ty,
    y + qw * ty + qz * tx - qx * tz,
    z + qw * tz + qx * ty - qy * tx,
  ];
}

/** A point given in the pose's own frame, in the pose's parent frame. */
export function transformPoint(pose: Pose, point: Vec3): Vec3 {
  const [x, y, z] = rotate(pose.rotation, point);
  const [px, py, pz] = pose.position;
  return [x + px, y + py, z + pz];
}

/** Hamilton product a·b: first turned by b, then by a. */
export function multiplyQuaternions(a: Quaternion, b: Quaternion): Quaternion {
  const [ax, ay, az, aw] = a;
  const [bx, by, bz, bw] = b;
  return [
    aw * bx + ax * bw + ay * bz - az * by,
    aw * by - ax * bz + ay * bw + az * bx,
    aw * bz + ax * by - ay * bx + az * bw,
    aw * bw - ax * bx - ay * by - az * bz,
  ];
}

/** `T_a_c` of `T_a_b` and `T_b_c`. */
export function composePoses(outer: Pose, inner: Pose): Pose {
  return {
    position: transformPoint(outer, inner.position),
    rotation: multiplyQuaternions(outer.rotation, inner.rotation),
  };
}

/** `T_b_a` of `T_a_b`. */
export function invertPose(pose: Pose): Pose {
  const [x, y, z, w] = pose.rotation;
  const rotation: Quaternion = [-x, -y, -z, w];
  const [px, py, pz] = rotate(rotation, pose.position);
  return { position: [-px, -py, -pz], rotation };
}

/** Scaled to unit length; undefined for a quaternion without a direction (all zero, NaN). */
export function normalizeQuaternion(q: Quaternion): Quaternion | undefined {
  const length = Math.hypot(...q);
  if (!(length > 1e-9) || !Number.isFinite(length)) return undefined;
  const [x, y, z, w] = q;
  return [x / length, y / length, z / length, w / length];
}

/** Position linearly, rotation by slerp along the shorter arc; `ratio` 0 gives a, 1 gives b. */
export function interpolatePoses(a: Pose, b: Pose, ratio: number): Pose {
  const [ax, ay, az] = a.position;
  const [bx, by, bz] = b.position;
  return {
    position: [ax + ratio * (bx - ax), ay + ratio * (by - ay), az + ratio * (bz - az)],
    rotation: slerp(a.rotation, b.rotation, ratio),
  };
}

function slerp(a: Quaternion, b: Quaternion, ratio: number): Quaternion {
  const dot = a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3];
  // q and -q are the same rotation; flipping one keeps to the shorter arc.
  const sign = dot < 0 ? -1 : 1;
  const angle = Math.acos(Math.min(1, Math.abs(dot)));
  const sine = Math.sin(angle);
  // Close to each other the sines vanish, and the straight line is as good.
  const weightA = sine < 1e-6 ? 1 - ratio : Math.sin((1 - ratio) * angle) / sine;
  const weightB = sign * (sine < 1e-6 ? ratio : Math.sin(ratio * angle) / sine);
  const mixed: Quaternion = [
    weightA * a[0] + weightB * b[0],
    weightA * a[1] + weightB * b[1],
    weightA * a[2] + weightB * b[2],
    weightA * a[3] + weightB * b[3],
  ];
  return normalizeQuaternion(mixed) ?? a;
}
