import { dot, minus, type Vec3 } from "../../base/index.js";
import { type Pose, type Quaternion, rotate } from "../../camera/index.js";
import type { QuantityKind } from "../../language/index.js";
import type { Gaussian, LinearForm } from "./Gaussian.js";

/** Where an object is believed to be. */
export interface Place {
  /** In the fixed frame, whose z points up, m. */
  readonly position: Vec3;
  /** Index in the state of what moves with the belief; absent for what is known. */
  readonly slot?: number;
  /** The state holds the place in a frame turned so (the gripper's, for what it holds). */
  readonly rotation?: Quaternion;
  /** Index in the state of the height at which its centre is when it rests on the support. */
  readonly restIndex?: number;
}

/** A length as a belief has it. */
export interface BelievedLength {
  /** Its mean, m. */
  readonly meanM: number;
  /** Its change with the state. */
  readonly form: LinearForm;
  /** What bends: the variance of the length beyond that of the form, m². */
  readonly bentM2: number;
}

/** A length between places, or undefined for kinds that places do not determine. */
export function believedLength(
  kind: QuantityKind,
  belief: Gaussian,
  a: Place,
  b: Place | undefined,
  camera: Pose | undefined,
): BelievedLength | undefined {
  if (kind === "elevation") return elevation(belief, a);
  if (!b) return undefined;
  const difference = minus(a.position, b.position);
  switch (kind) {
    case "distance":
    case "gap":
      return norm(belief, a, b, difference, AXES);
    case "horizontal_distance":
      return norm(belief, a, b, difference, AXES.slice(0, 2));
    case "vertical_distance":
      return norm(belief, a, b, difference, AXES.slice(2));
    case "above_difference":
    case "below_difference":
      return along(a, b, difference, kind === "above_difference" ? [0, 0, 1] : [0, 0, -1]);
    case "left_difference":
    case "right_difference": {
      if (!camera) return undefined;
      const right = rotate(camera.rotation, [1, 0, 0]);
      return along(a, b, difference, kind === "right_difference" ? right : scaled(right, -1));
    }
    case "behind_difference":
    case "front_difference":
      return (
        camera && rangeDifference(a, b, camera.position, kind === "behind_difference" ? 1 : -1)
      );
    default:
      return undefined;
  }
}

export const AXES: readonly [Vec3, Vec3, Vec3] = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

/** How a direction of the fixed frame reads in the state of a place. */
export function formAlong({ slot, rotation }: Place, direction: Vec3, sign: number): LinearForm {
  if (slot === undefined) return { indices: [], values: [] };
  const [x, y, z] = rotation ? rotate(conjugate(rotation), direction) : direction;
  return { indices: [slot, slot + 1, slot + 2], values: [sign * x, sign * y, sign * z] };
}

function formBetween(a: Place, b: Place, direction: Vec3): LinearForm {
  return joined(formAlong(a, direction, 1), formAlong(b, direction, -1));
}

function joined(a: LinearForm, b: LinearForm): LinearForm {
  return { indices: [...a.indices, ...b.indices], values: [...a.values, ...b.values] };
}

/**
 * The length of the difference's components along some axes. A place that is uncertain across
 * the line is further away than its mean is: E|d| ≈ √(d² + tr P⊥), with the variance that comes of
 * it to second order.
 */
function norm(
  belief: Gaussian,
  a: Place,
  b: Place,
  difference: Vec3,
  axes: readonly Vec3[],
): BelievedLength {
  const parts = axes.map((axis) => dot(difference, axis));
  const straightM = Math.hypot(...parts);
  const direction = [0, 1, 2].map((i) =>
    axes.reduce((sum, axis, k) => sum + (axis[i] ?? 0) * (parts[k] ?? 0), 0),
  );
  const lengthM = Math.max(straightM, 1e-4);
  const unit: Vec3 = [
    (direction[0] ?? 0) / lengthM,
    (direction[1] ?? 0) / lengthM,
    (direction[2] ?? 0) / lengthM,
  ];
  const form = formBetween(a, b, unit);
  const alongM2 = belief.variance(form);
  const wholeM2 = varianceAlong(belief, a, b, axes);
  const acrossM2 = Math.max(wholeM2 - alongM2, 0);
  const meanM = Math.sqrt(straightM ** 2 + acrossM2);
  const shrunk = {
    ...form,
    values: form.values.map((value) => (value * straightM) / (meanM || 1)),
  };
  const bentM2 = Math.min((0.5 * acrossM2 ** 2) / Math.max(meanM ** 2, 1e-6), acrossM2);
  return { meanM, form: shrunk, bentM2 };
}

/** Of the difference of two places, summed over some axes, m². */
function varianceAlong(belief: Gaussian, a: Place, b: Place, axes: readonly Vec3[]): number {
  const only = a.slot === undefined ? b.slot : b.slot === undefined ? a.slot : undefined;
  // The trace of one place's covariance is the same in every frame.
  if (only !== undefined && axes.length === 3) {
    return belief.at(only, only) + belief.at(only + 1, only + 1) + belief.at(only + 2, only + 2);
  }
  return axes.reduce((sum, axis) => sum + belief.variance(formBetween(a, b, axis)), 0);
}

function along(a: Place, b: Place, difference: Vec3, direction: Vec3): BelievedLength {
  return {
    meanM: dot(difference, direction),
    form: formBetween(a, b, direction),
    bentM2: 0,
  };
}

function rangeDifference(a: Place, b: Place, from: Vec3, sign: 1 | -1): BelievedLength {
  const toA = minus(a.position, from);
  const toB = minus(b.position, from);
  const [rangeA, rangeB] = [Math.hypot(...toA), Math.hypot(...toB)];
  const first = formAlong(a, scaled(toA, sign / Math.max(rangeA, 1e-6)), 1);
  const second = formAlong(b, scaled(toB, sign / Math.max(rangeB, 1e-6)), -1);
  return {
    meanM: sign * (rangeA - rangeB),
    form: joined(first, second),
    bentM2: 0,
  };
}

function elevation(belief: Gaussian, a: Place): BelievedLength | undefined {
  if (a.restIndex === undefined) return undefined;
  const up = formAlong(a, [0, 0, 1], 1);
  const heightM = a.position[2] - (belief.mean[a.restIndex] ?? 0);
  const form = { indices: [...up.indices, a.restIndex], values: [...up.values, -1] };
  return { meanM: Math.max(heightM, 0), form, bentM2: 0 };
}

function conjugate([x, y, z, w]: Quaternion): Quaternion {
  return [-x, -y, -z, w];
}

function scaled([x, y, z]: Vec3, factor: number): Vec3 {
  return [factor * x, factor * y, factor * z];
}
