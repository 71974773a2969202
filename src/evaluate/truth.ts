import type { Vec3 } from "../base/index.js";
import { type FramePose, rotate } from "../camera/index.js";
import { type ClassifyKind, kindInfo, type ObjectRef, type Relation } from "../language/index.js";
import type { Measurement } from "../task/index.js";

/**
 * The exact value of a measurement where TF tells it: metres, or 1/0 for yes/no (yes), choice
 * (the subject) and classify kinds (the first relation), as `MeasuredValue.value` counts them.
 *
 * `poses` are in the camera's optical frame and its frames sit at the objects' centres, so only
 * kinds that speak of centres have a truth: distance, the left/right/behind/front family, and,
 * where the support has a frame (z up), vertical and horizontal distance and above/below. Kinds
 * that speak of shapes (gap, height, elevation, …) and objects without a known pose give undefined.
 */
export function trueValue(
  measurement: Measurement,
  poses: ReadonlyMap<string, FramePose>,
  support?: ObjectRef,
): number | undefined {
  const subject = positionOf(measurement.subject, poses);
  const object = positionOf(measurement.object, poses);
  if (subject === undefined || object === undefined) return undefined;
  const { kind } = measurement;
  const up = upOf(support, poses);

  switch (kind) {
    case "distance":
      return Math.hypot(...minus(subject, object));
    case "vertical_distance":
      return up && Math.abs(dot(minus(subject, object), up));
    case "horizontal_distance": {
      if (up === undefined) return undefined;
      const between = minus(subject, object);
      const rise = dot(between, up);
      return Math.sqrt(Math.max(0, dot(between, between) - rise * rise));
    }
    case "behind_difference":
    case "front_difference":
    case "left_difference":
    case "right_difference":
      return lead(kind.slice(0, kind.indexOf("_")) as Relation, subject, object, up);
  }
  const { shape, relations } = kindInfo(kind as ClassifyKind);
  if (shape === "quantity") return undefined;
  const ahead = lead(relations[0]!, subject, object, up);
  return ahead === undefined ? undefined : ahead > 0 ? 1 : 0;
}

/** By how many metres A is more `relation` than B, of their centres in the optical frame. */
function lead(relation: Relation, a: Vec3, b: Vec3, up: Vec3 | undefined): number | undefined {
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
      return up && dot(minus(a, b), up);
    case "below":
      return up && dot(minus(b, a), up);
    default:
      return undefined;
  }
}

function positionOf(
  object: ObjectRef | undefined,
  poses: ReadonlyMap<string, FramePose>,
): Vec3 | undefined {
  if (object?.frame === undefined) return undefined;
  const found = poses.get(object.frame);
  return found?.ok ? found.pose.position : undefined;
}

function upOf(
  support: ObjectRef | undefined,
  poses: ReadonlyMap<string, FramePose>,
): Vec3 | undefined {
  if (support?.frame === undefined) return undefined;
  const found = poses.get(support.frame);
  return found?.ok ? rotate(found.pose.rotation, [0, 0, 1]) : undefined;
}

function minus(a: Vec3, b: Vec3): Vec3 {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

function dot(a: Vec3, b: Vec3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
