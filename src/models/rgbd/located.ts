import type { CameraFrame } from "../../camera/index.js";
import { type CanonicalFrame, pointObject, type SpatialObject } from "../../geometry/index.js";
import type { ObjectRef, Refusal } from "../../language/index.js";
import { framePose } from "../framePose.js";

/** An object found in a frame, or why it was not. */
export type Located =
  | { readonly found: FoundObject; readonly refusal?: never }
  | { readonly found?: never; readonly refusal: Refusal };

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

/** An object that is known by its TF frame alone: a point. */
export function locateByFrame(
  ref: ObjectRef,
  tfFrame: string,
  frame: CameraFrame,
  canonical: CanonicalFrame,
  poseSigmaM: number,
): Located {
  const { pose, refusal } = framePose(frame, tfFrame, ref);
  if (refusal) return { refusal };
  return { found: { ref, object: pointObject(pose.position, poseSigmaM, canonical) } };
}
