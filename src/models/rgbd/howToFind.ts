import type { CameraFrame } from "../../camera/index.js";
import { isRobot, type ObjectRef } from "../../language/index.js";

/** What the task or the source would have to give for an object to be found. */
export function howToFind(
  ref: ObjectRef,
  { labels, detections, absent }: CameraFrame,
  isSupport = false,
): string {
  const known: string[] = [];
  if (ref.labels?.length) {
    known.push(absent?.get("labels") ?? "the frame has no label image for its labels");
  }
  if (ref.classIds?.length) {
    known.push(absent?.get("detections") ?? "the frame has no detections for its class_ids");
  }
  const ways = [
    ...(labels && !ref.labels?.length ? ["its instance ids (labels: [7])"] : []),
    ...(detections && !ref.classIds?.length ? ["its detector class (class_ids: [cup])"] : []),
    ...(isSupport || ref.frame !== undefined ? [] : [frameOf(ref)]),
  ];
  const hint = ways.length ? `give ${ref.name} in the task ${ways.join(" or ")}` : "";
  return `${ref.phrase}: ${[...known, hint].filter(Boolean).join("; ")}`;
}

/** Another thing's TF frame, such as the robot's, is elsewhere. */
function frameOf(ref: ObjectRef): string {
  return isRobot(ref) ? "its TF frame (frame: tool0)" : "its own TF frame, if it is tracked";
}
