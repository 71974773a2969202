import type { CameraFrame, Pose } from "../camera/index.js";
import type { ObjectRef, Refusal } from "../language/index.js";

/** Where an object's TF frame is in the optical frame, or why that is not known. */
export function framePose(
  { poses, absent }: CameraFrame,
  tfFrame: string,
  { phrase }: ObjectRef,
):
  | { readonly pose: Pose; readonly refusal?: never }
  | { readonly pose?: never; readonly refusal: Refusal } {
  const found = poses?.get(tfFrame);
  if (found?.ok) return { pose: found.pose };
  const why = found
    ? found.reason
    : (absent?.get("poses") ?? "the source has no pose of it for this image");
  return { refusal: { reason: "no_transform", detail: `TF frame ${tfFrame} (${phrase}): ${why}` } };
}
