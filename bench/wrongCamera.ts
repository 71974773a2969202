/** Errors of a camera's place and direction in TF. */
import { mapVec3, type Random, unit, type Vec3 } from "../src/base/index.js";
import { type CameraFrame, composePoses, type FramePose, type Pose } from "../src/camera/index.js";

export const direction = (random: Random): Vec3 =>
  unit([random.normal(), random.normal(), random.normal()]) ?? [1, 0, 0];

/** About an axis of length 1. */
export function turn(axis: Vec3, degrees: number): Pose {
  const half = (degrees * Math.PI) / 360;
  const [x, y, z] = mapVec3(axis, (it) => it * Math.sin(half));
  return { position: [0, 0, 0], rotation: [x, y, z, Math.cos(half)] };
}

/** Along an axis of length 1. */
export function move(axis: Vec3, offM: number): Pose {
  return { position: mapVec3(axis, (it) => it * offM), rotation: [0, 0, 0, 1] };
}

/** Moved and turned by so much, each in a random direction. */
export function wrongPose(random: Random, degrees: number, offM: number): Pose {
  const { position } = move(direction(random), offM);
  return { ...turn(direction(random), degrees), position };
}

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

/** Turned by half a degree (standard deviation) about the x and z axes, about as exact as `plane` is told. */
export function turnedAsTold(frame: CameraFrame, random: Random): CameraFrame {
  const about = (axis: Vec3) => turn(axis, 0.5 * random.normal());
  return withCameraOff(withCameraOff(frame, about([1, 0, 0])), about([0, 0, 1]));
}
