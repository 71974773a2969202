import { type CameraFrame, FrameError, type RawImage } from "../../camera/index.js";
import { isRobot, type ObjectRef } from "../../language/index.js";
import { scoreInWords } from "../believed.js";
import type { LabelIndex } from "./LabelIndex.js";

/**
 * What the task or the source would have to give for an object to be found.
 *
 * @param indexOf the label image as it is; throws FrameError if it cannot be read
 * @param minScore what detections have at least
 */
export function howToFind(
  ref: ObjectRef,
  { labels, labelNames, detections, absent }: CameraFrame,
  indexOf: (labels: RawImage) => LabelIndex,
  minScore: number,
  isSupport = false,
): string {
  const known: string[] = [];
  if (ref.labels?.length) {
    known.push(absent?.get("labels") ?? "the frame has no label image for its labels");
  }
  if (ref.classIds?.length) {
    const none = detections
      ? `no detection of class ${ref.classIds.join(", ")} ${scoreInWords(minScore)}`
      : `${labels && !labelNames ? "neither detections nor names of its label ids" : "no detections"} for its class_ids`;
    known.push(absent?.get("detections") ?? `the frame has ${none}`);
  }
  const ways = [
    ...(labels && !ref.labels?.length
      ? [`its instance id (labels; ${idsIn(labels, indexOf)})`]
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

/** Nothing else may need the label image: one that cannot be read is no error here. */
function idsIn(labels: RawImage, indexOf: (labels: RawImage) => LabelIndex): string {
  try {
    return `the label image has ${indexOf(labels).idsInWords()}`;
  } catch (error) {
    if (!(error instanceof FrameError)) throw error;
    return `the label image cannot be read: ${error.message}`;
  }
}

/** Another thing's TF frame, such as the robot's, is elsewhere. */
function frameOf(ref: ObjectRef): string {
  return isRobot(ref) ? "its TF frame (frame: tool0)" : "its own TF frame, if it is tracked";
}
