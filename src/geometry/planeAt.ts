import { dot } from "../base/index.js";
import { type Pose, rotate, transformPoint } from "../camera/index.js";
import type { Plane } from "./Plane.js";

/** The level plane so high over a frame whose z axis points up, in the frame of its pose. */
export function planeAt(pose: Pose, heightM: number): Plane {
  const normal = rotate(pose.rotation, [0, 0, 1]);
  const offsetM = -dot(normal, transformPoint(pose, [0, 0, heightM]));
  return { normal, offsetM, residualM: 0, inliers: 0 };
}
