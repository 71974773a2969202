import { minus, type Vec3 } from "../../base/index.js";
import type { CameraFrame } from "../../camera/index.js";
import {
  type CanonicalFrame,
  covarianceOf,
  pointObject,
  type SpatialObject,
  toCanonical,
  worstSigma,
} from "../../geometry/index.js";
import type { ObjectRef, Refusal } from "../../language/index.js";
import { framePose } from "../framePose.js";

/** An object found in a frame, or why it was not. */
export type Located =
  | { readonly found: FoundObject; readonly refusal?: never }
  | { readonly found?: never; readonly refusal: Refusal };

export function notFound(detail: string): { readonly refusal: Refusal } {
  return { refusal: { reason: "no_object", detail } };
}

export interface FoundObject {
  readonly ref: ObjectRef;
  readonly object: SpatialObject;
  /** Around the pixels it was lifted from, in the colour image. */
  readonly boxPx?: readonly [left: number, top: number, right: number, bottom: number];
}

/** One image's objects, each looked for once, when it is first asked about. */
export abstract class LocatedScene {
  readonly #located = new Map<ObjectRef, Located>();

  /** Whether `locate` would have work to do. */
  isNew(ref: ObjectRef): boolean {
    return !this.#located.has(ref);
  }

  locate(ref: ObjectRef): Located {
    const known = this.#located.get(ref) ?? this.find(ref);
    this.#located.set(ref, known);
    return known;
  }

  protected abstract find(ref: ObjectRef): Located;
}

/**
 * An object that is known by its TF frame alone: a point.
 *
 * @param errorsAt how errors of the camera's pose move what is there, from the camera, in the canonical frame
 */
export function locateByFrame(
  ref: ObjectRef,
  tfFrame: string,
  frame: CameraFrame,
  canonical: CanonicalFrame,
  poseSigmaM: number,
  errorsAt: (fromCamera: Vec3) => readonly Vec3[],
): Located {
  const { pose, refusal } = framePose(frame, tfFrame, ref);
  if (refusal) return { refusal };
  const point = pointObject(pose.position, poseSigmaM, canonical);
  const fromCamera = minus(point.canonicalCenter, toCanonical(canonical, [0, 0, 0]));
  const doubt = { covariance: covarianceOf(point), shared: errorsAt(fromCamera) };
  return { found: { ref, object: { ...point, doubt, centerSigmaM: worstSigma(doubt) } } };
}
