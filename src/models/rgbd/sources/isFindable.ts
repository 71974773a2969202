import type { CameraFrame } from "../../../camera/index.js";
import type { ObjectRef } from "../../../language/index.js";
import { labelIdsOf } from "../labelIdsOf.js";

/** Whether a frame itself has a way to an object: its labels, detections of its classes, its TF frame. */
export function isFindable(
  ref: ObjectRef,
  { labels, labelNames, detections }: CameraFrame,
): boolean {
  if (labels && labelIdsOf(ref, labelNames).length > 0) return true;
  if (detections && ref.classIds?.length) return true;
  return ref.frame !== undefined;
}
