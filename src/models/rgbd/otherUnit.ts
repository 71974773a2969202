import { dot } from "../../base/index.js";
import type { CameraFrame } from "../../camera/index.js";
import type { Plane } from "../../geometry/index.js";
import type { ObjectRef, Refusal } from "../../language/index.js";
import { toldPlane } from "../toldPlane.js";

/** By this factor, depth is in another unit than TF; units are further apart. */
const OTHER_UNIT = 1.25;
/** Cosine of the angle up to which two planes are the same one, 10 degrees. */
const MOST_TILT = Math.cos(Math.PI / 18);

/** Why depth is in another unit than TF, which says that the support is much nearer or farther; undefined if it is not. */
export function otherUnit(
  frame: CameraFrame,
  seen: Plane,
  support: ObjectRef,
): Refusal | undefined {
  const told = toldPlane(frame, support)?.plane;
  if (!told || dot(told.normal, seen.normal) < MOST_TILT) return undefined;
  const factor = seen.offsetM / told.offsetM;
  if (Math.abs(Math.log(factor)) < Math.log(OTHER_UNIT)) return undefined;
  const detail =
    `the camera is ${told.offsetM.toFixed(2)} m over ${support.phrase} by the transforms (TF frame ${support.frame}), ` +
    `but ${seen.offsetM.toFixed(2)} m by the depth image: its unit is another one (\`depth_unit\` of the camera), ` +
    "or the transforms or the `height` of the support are wrong";
  return { reason: "contradiction", detail };
}
