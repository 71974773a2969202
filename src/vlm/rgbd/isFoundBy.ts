import type { CameraFrame } from "../../camera/index.js";
import type { ObjectRef } from "../../spatial/index.js";
import { labelIdsOf } from "./labelIdsOf.js";

/** How an object can be looked for in a frame; undefined where there is no way. */
export function isFoundBy(
  ref: ObjectRef,
  { labels, labelNames, detections }: CameraFrame,
): "labels" | "detections" | "frame" | undefined {
  if (labels && labelIdsOf(ref, labelNames).length > 0) return "labels";
  if (detections && ref.classIds?.length) return "detections";
  return ref.frame === undefined ? undefined : "frame";
}
