import { addScaled, cross, mapVec3, type Vec3 } from "../../base/index.js";
import type { Pose, Quaternion } from "../../camera/index.js";

/** A camera on a sphere around what it looks at. */
export interface ViewPoint {
  /** In the image's middle; metres, world frame. */
  readonly target: Vec3;
  readonly distanceM: number;
  /** 0 looks along the world's y; positive goes to the right (towards +x). */
  readonly azimuthRad: number;
  /** Downward angle of the optical axis. */
  readonly pitchRad: number;
  readonly rollRad: number;
}

/** The pose of the optical frame (z forward, x right, y down; REP-103) in the world. */
export function opticalPose(view: ViewPoint): Pose {
  const { target, distanceM, azimuthRad, pitchRad, rollRad } = view;
  const forward: Vec3 = [
    -Math.sin(azimuthRad) * Math.cos(pitchRad),
    Math.cos(azimuthRad) * Math.cos(pitchRad),
    -Math.sin(pitchRad),
  ];
  const level: Vec3 = [Math.cos(azimuthRad), Math.sin(azimuthRad), 0];
  const below = cross(forward, level);
  const [cos, sin] = [Math.cos(rollRad), Math.sin(rollRad)];
  const right = mapVec3(level, (value, axis) => cos * value + sin * below[axis]);
  const down = cross(forward, right);
  return {
    position: addScaled(target, forward, -distanceM),
    rotation: quaternionOfAxes(right, down, forward),
  };
}

/** The rotation whose matrix has these columns (Shepperd's method). */
function quaternionOfAxes(x: Vec3, y: Vec3, z: Vec3): Quaternion {
  const squares = [
    1 + x[0] - y[1] - z[2],
    1 - x[0] + y[1] - z[2],
    1 - x[0] - y[1] + z[2],
    1 + x[0] + y[1] + z[2],
  ];
  const largest = Math.max(...squares);
  const twice = Math.sqrt(largest);
  const half = 0.5 / twice;
  switch (squares.indexOf(largest)) {
    case 0:
      return [twice / 2, (y[0] + x[1]) * half, (z[0] + x[2]) * half, (y[2] - z[1]) * half];
    case 1:
      return [(y[0] + x[1]) * half, twice / 2, (z[1] + y[2]) * half, (z[0] - x[2]) * half];
    case 2:
      return [(z[0] + x[2]) * half, (z[1] + y[2]) * half, twice / 2, (x[1] - y[0]) * half];
    default:
      return [(y[2] - z[1]) * half, (z[0] - x[2]) * half, (x[1] - y[0]) * half, twice / 2];
  }
}
