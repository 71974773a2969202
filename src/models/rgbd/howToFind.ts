import type { CameraFrame } from "../../camera/index.js";
import { isRobot, type ObjectRef } from "../../language/index.js";

/**
 * What the task or the source would have to give for an object to be found.
 *
 * @param idsThere of the frame's label image, in words
 */
export function howToFind(
  ref: ObjectRef,
  { labels, labelNames, detections, absent }: CameraFrame,
  idsThere: () => string,
  isSupport = false,
): string {
  const known: string[] = [];
  if (ref.labels?.length) {
    known.push(absent?.get("labels") ?? "the frame has no label image for its labels");
  }
  if (ref.classIds?.length) {
    const none =
      labels && !labelNames ? "neither detections nor names of its label ids" : "no detections";
    known.push(absent?.get("detections") ?? `the frame has ${none} for its class_ids`);
  }
  const ways = [
    ...(labels && !ref.labels?.length
      ? [`its instance id (labels; the label image has ${idsThere()})`]
      : []),
    ...(detections && !ref.classIds?.length ? ["its detector class (class_ids: [cup])"] : []),
    ...(isSupport || ref.frame !== undefined ? [] : [frameOf(ref)]),
  ];
  const said = [
    ...known,
    ...(ways.length > 0 ? [`give ${ref.name} in the task ${ways.join(" or ")}`] : []),
  ];
  const unseen =
    `no part of the frame shows it: give ${ref.name} in the task labels or class_ids, and record ` +
    "label images or detections";
  return `${ref.phrase}: ${said.length > 0 ? said.join("; ") : unseen}`;
}

/** Another thing's TF frame, such as the robot's, is elsewhere. */
function frameOf(ref: ObjectRef): string {
  return isRobot(ref) ? "its TF frame (frame: tool0)" : "its own TF frame, if it is tracked";
}
