import { addScaled, distanceBetween, dot, type Vec3 } from "../base/index.js";
import {
  type ClassifyKind,
  kindInfo,
  type QuestionKind,
  type Relation,
} from "../language/index.js";

/**
 * The value of a kind that speaks of two centres: metres, or 1/0 for yes/no (yes), choice (the
 * subject) and classify kinds (the first relation).
 *
 * The centres are in a camera's optical frame (`seenFrom: "camera"`), or in a frame of which only
 * `up` is known (`seenFrom: "anywhere"`): there left, right, behind and front have no meaning. Kinds
 * that speak of shapes (gap, height, elevation, …) and, without `up`, those that need it give
 * undefined.
 */
export function betweenCentres(
  kind: QuestionKind,
  subject: Vec3,
  object: Vec3,
  up: Vec3 | undefined,
  seenFrom: "camera" | "anywhere" = "camera",
): number | undefined {
  switch (kind) {
    case "distance":
      return distanceBetween(subject, object);
    case "vertical_distance":
      return up && Math.abs(dot(addScaled(subject, object, -1), up));
    case "horizontal_distance": {
      if (up === undefined) return undefined;
      const between = addScaled(subject, object, -1);
      const rise = dot(between, up);
      return Math.sqrt(Math.max(0, dot(between, between) - rise * rise));
    }
    case "behind_difference":
    case "front_difference":
    case "left_difference":
    case "right_difference":
      if (seenFrom === "anywhere") return undefined;
      return lead(kind.slice(0, kind.indexOf("_")) as Relation, subject, object, up);
  }
  const { shape, relations } = kindInfo(kind as ClassifyKind);
  const [relation] = relations;
  if (shape === "quantity" || relation === undefined) return undefined;
  if (seenFrom === "anywhere" && relation !== "above" && relation !== "below") return undefined;
  const ahead = lead(relation, subject, object, up);
  return ahead === undefined ? undefined : ahead > 0 ? 1 : 0;
}

/** By how many metres A is more `relation` than B, of their centres in the optical frame. */
export function lead(
  relation: Relation,
  a: Vec3,
  b: Vec3,
  up: Vec3 | undefined,
): number | undefined {
  switch (relation) {
    case "left":
      return b[0] - a[0];
    case "right":
      return a[0] - b[0];
    case "behind":
      return Math.hypot(...a) - Math.hypot(...b);
    case "front":
      return Math.hypot(...b) - Math.hypot(...a);
    case "above":
      return up && dot(addScaled(a, b, -1), up);
    case "below":
      return up && dot(addScaled(b, a, -1), up);
    default:
      return undefined;
  }
}
