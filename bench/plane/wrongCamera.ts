/** Errors of a camera's place and direction in TF. */
import type { Vec3 } from "../../src/base/index.js";
import {
  type CameraFrame,
  composePoses,
  type FramePose,
  type Pose,
} from "../../src/camera/index.js";

/** Where the camera seems to be, by an error of TF in its optical frame. */
export function withCameraOff(frame: CameraFrame, off: Pose): CameraFrame {
  const poses = new Map(
    [...(frame.poses ?? [])].map(([name, it]): [string, FramePose] => [
      name,
      it.ok ? { ok: true, pose: composePoses(off, it.pose) } : it,
    ]),
  );
  return { ...frame, poses };
}

/** By an angle in radians about an axis through the camera, and by a way. */
export function error([x, y, z]: Vec3, angle: number, position: Vec3 = [0, 0, 0]): Pose {
  const s = Math.sin(angle / 2) / (Math.hypot(x, y, z) || 1);
  return { position, rotation: [s * x, s * y, s * z, Math.cos(angle / 2)] };
}
