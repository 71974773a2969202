import { distanceBetween, type Vec3 } from "../base/index.js";
import { composePoses, invertPose, type Pose, transformPoint } from "../camera/index.js";
import type { Look } from "./Evidence.js";

/** What is so far before a camera shows how it moves, m. */
const AHEAD: Vec3 = [0, 0, 0.5];

/** How far what rests before a camera goes in view, by a frame at rest then and now, m. */
export function cameraMotionM(then: Pose, now: Pose): number {
  return distanceBetween(AHEAD, transformPoint(composePoses(now, invertPose(then)), AHEAD));
}

/** A gripper may hold what is so near to its frame, m. */
export const HELD_M = 0.25;

/** Whether things are seen that do not move with the camera, as a gripper and what it holds may. */
export function showsWorld({ seen, gripperId, told }: Look): boolean {
  return [...seen].some(
    ([id, { middle }]) =>
      id !== gripperId && (!told || distanceBetween(told.position, middle) > HELD_M),
  );
}
