import { bareFrameId, type CameraFrame, rotate } from "../../../camera/index.js";
import type { Plane } from "../../../geometry/index.js";

/** Image rows that go up by more than this, as a cosine, are those of a camera that is upside down. */
const TURNED = 0.2;

/**
 * By a support that is told (optical frame), or the camera's pose in the robot's fixed frame, whose z goes up;
 * undefined where that does not tell.
 */
export function isUpsideDown(
  { kinematics, frameId }: CameraFrame,
  support?: Plane,
): boolean | undefined {
  const camera = bareFrameId(frameId);
  const pose = kinematics?.findLast(({ poses }) => poses.has(camera))?.poses.get(camera);
  const upward = support?.normal[1] ?? (pose && rotate(pose.rotation, [0, 1, 0])[2]);
  if (upward === undefined || Math.abs(upward) < TURNED) return undefined;
  return upward > 0;
}
