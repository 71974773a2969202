import type { SpatialObject } from "../../geometry/index.js";
import type { ObjectRef, Refusal } from "../../language/index.js";

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

export function notFound(detail: string): { readonly refusal: Refusal } {
  return { refusal: { reason: "no_object", detail } };
}
