import { addScaled, cross, dot, unit, type Vec3 } from "../base/index.js";
import type { Plane } from "./Plane.js";
import type { PointCloud } from "./PointCloud.js";

/**
 * A frame in which z is up, given in the camera's optical frame. `canonicalFrame` puts it on the
 * support plane; without one, `cameraFrame` only turns the camera's axes.
 */
export interface CanonicalFrame {
  readonly origin: Vec3;
  /** The camera's view direction along the plane. */
  readonly x: Vec3;
  /** Left of the view direction. */
  readonly y: Vec3;
  /** Up. */
  readonly z: Vec3;
  /** Scatter of the support's points around z = 0; absent if there is no support plane. */
  readonly residualM?: number;
  /** How much of that neighbours share. */
  readonly warpM?: number;
}

/**
 * SpatialVLM's canonical frame: z is the plane's normal, the origin the camera projected on the
 * plane, x the view direction projected on the plane (the image's up where the camera looks
 * straight down).
 */
export function canonicalFrame(plane: Plane): CanonicalFrame {
  const z = plane.normal;
  const along = (direction: Vec3): Vec3 => addScaled(direction, z, -dot(direction, z));
  const view = along([0, 0, 1]);
  const imageUp: Vec3 = [0, -1, 0];
  const x = (Math.hypot(...view) > 0.02 && unit(view)) || unit(along(imageUp)) || imageUp;
  const origin = addScaled([0, 0, 0], z, -plane.offsetM);
  const { residualM, warpM = 0 } = plane;
  return { origin, x, y: cross(z, x), z, residualM, warpM };
}

/** The camera's own axes: z is the image's up, heights are above the optical axis. */
export function cameraFrame(): CanonicalFrame {
  return { origin: [0, 0, 0], x: [0, 0, 1], y: [-1, 0, 0], z: [0, -1, 0] };
}

export function toCanonical(frame: CanonicalFrame, point: Vec3): Vec3 {
  const moved = addScaled(point, frame.origin, -1);
  return [dot(moved, frame.x), dot(moved, frame.y), dot(moved, frame.z)];
}

export function fromCanonical(frame: CanonicalFrame, [x, y, z]: Vec3): Vec3 {
  return addScaled(addScaled(addScaled(frame.origin, frame.x, x), frame.y, y), frame.z, z);
}

export function cloudToCanonical(frame: CanonicalFrame, { count, xyz }: PointCloud): PointCloud {
  const turned = new Float32Array(3 * count);
  const [ox, oy, oz] = frame.origin;
  const [ax, ay, az] = frame.x;
  const [bx, by, bz] = frame.y;
  const [cx, cy, cz] = frame.z;
  for (let i = 0; i < 3 * count; i += 3) {
    const x = xyz[i]! - ox;
    const y = xyz[i + 1]! - oy;
    const z = xyz[i + 2]! - oz;
    turned[i] = ax * x + ay * y + az * z;
    turned[i + 1] = bx * x + by * y + bz * z;
    turned[i + 2] = cx * x + cy * y + cz * z;
  }
  return { count, xyz: turned };
}
