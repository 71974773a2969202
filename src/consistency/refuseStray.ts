import { distanceBetween } from "../base/index.js";
import type { CameraFrame } from "../camera/index.js";
import type { SpatialAnswer } from "../language/index.js";
import type { Task } from "../task/index.js";
import { MOST_OFFSET_M } from "./judgeTrack.js";
import { toleranceM } from "./leastSquares.js";

/** Beyond what its frame may be from its middle, what is seen of a gripper may be its upper or lower end, m. */
const PART_M = 0.1;
/** So many tolerances of depth and transforms besides. */
const SURE_TOLERANCES = 3;

/**
 * Answers of one image, of which those that rest on a gripper that was measured far from its TF frame are
 * refused: then its mask shows what is behind it or another thing, and all of the recording may be well but
 * this image (a part that was paired with another moment, a mask that flickers). Others are as they were.
 *
 * @param frame with the poses of frames in its optical frame
 */
export function refuseStray(
  answers: readonly SpatialAnswer[],
  { poses }: Pick<CameraFrame, "poses">,
  { robot }: Pick<Task, "robot">,
): readonly SpatialAnswer[] {
  if (!robot) return answers;
  const { gripper, gripperFrame } = robot;
  const told = poses?.get(gripperFrame);
  if (!told?.ok) return answers;
  const { position } = told.pose;
  const mostM = MOST_OFFSET_M + PART_M + SURE_TOLERANCES * toleranceM(position[2]);
  return answers.map((answer): SpatialAnswer => {
    if (!answer.value) return answer;
    const seen = answer.evidence?.find(({ object }) => object === gripper.name);
    const offM = seen ? distanceBetween(seen.centerM, position) : 0;
    if (offM <= mostM) return answer;
    const { value: _, ...said } = answer;
    const detail =
      `${gripper.phrase} is measured ${offM.toFixed(2)} m from its TF frame ${gripperFrame} in this image: ` +
      "its mask or box shows what is behind it, or is of another moment than the depth or the transforms " +
      "(are the stamps of all topics right?). Where it is of the whole arm, give the gripper a label of its own, or " +
      `none: without \`labels\` of ${gripper.name} in the task, its frame counts`;
    return { ...said, refusal: { reason: "contradiction", detail } };
  });
}
