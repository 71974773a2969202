import type { CameraFrame } from "../camera/index.js";
import { type Plane, planeAt } from "../geometry/index.js";
import type { ObjectRef, Refusal } from "../language/index.js";
import { framePose } from "./framePose.js";

export type KnownSupport =
  | { readonly plane: Plane; readonly refusal?: never }
  | { readonly plane?: never; readonly refusal: Refusal };

/** A camera this little above the support sees no plane, metres. */
const LEAST_HEIGHT_M = 0.05;

/**
 * The support by its TF frame and its height over that, in the optical frame; undefined where the
 * task does not give both.
 */
export function toldPlane(
  frame: CameraFrame,
  support: ObjectRef | undefined,
): KnownSupport | undefined {
  if (support?.heightM === undefined || support.frame === undefined) return undefined;
  const { pose, refusal } = framePose(frame, support.frame, support);
  if (refusal) return { refusal };
  const plane = planeAt(pose, support.heightM);
  const { offsetM } = plane;
  if (offsetM < LEAST_HEIGHT_M) {
    const detail =
      `the camera is ${(100 * offsetM).toFixed(0)} cm over ${support.phrase}: is \`height\` of ` +
      `${support.name} its surface over the origin of ${support.frame}, and does the z axis of that frame point up?`;
    return { refusal: { reason: "no_plane", detail } };
  }
  return { plane };
}
