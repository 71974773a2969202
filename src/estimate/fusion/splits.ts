import { cross, minus, unit, type Vec3, vec3At } from "../../base/index.js";
import type { Pose } from "../../camera/index.js";
import { directions } from "./directions.js";
import { see } from "./evidence.js";
import type { LinearForm } from "./Gaussian.js";
import { copyOf, type Hypothesis } from "./Hypothesis.js";
import { AXES, formAlong, type Place } from "./lengths.js";

/** How a hypothesis is split where one normal distribution cannot hold what it says. */

/** An object is too uncertain if it may be this far aside, as a share of its distance, or m. */
const BENT = 0.35;
const BENT_M = 0.035;
/** A normal distribution as three narrower ones: shift, share of the variance, middle weight. */
const SPLIT_SHIFT = 1.0566;
const SPLIT_LEFT = 0.6715 ** 2;
const SPLIT_MIDDLE = 0.5495;
/** How far away objects are at first, before any answer: ln of metres. */
const FIRST_DISTANCE = { mean: Math.log(0.35), sigma: 0.6 };
/** An object at rest on the support: its lowest point is this far above, m. */
const REST_SIGMA_M = 0.008;
/** Half the height of the objects that grippers pick up, m: their centres above the support. */
const HALF_HEIGHT = { meanM: 0.045, sigmaM: 0.03 };

export interface Distance {
  readonly lengthM: number;
  readonly sigmaM: number;
}

export interface AroundOptions {
  /** Undefined: the one that the entry of the object's x holds. */
  readonly distance: Distance | undefined;
  /** The distance is the horizontal one. */
  readonly isLevel: boolean;
  /** So many hypotheses may come of it. */
  readonly room: number;
  /** Which set of directions. */
  readonly turn: number;
  /** Height of the support in the fixed frame, m, where it is tracked. */
  readonly supportM: number | undefined;
}

/** Splits a hypothesis by the direction in which an object lies from a place. */
export function splitAround(
  hypothesis: Hypothesis,
  name: string,
  slot: number,
  from: Place,
  { distance, isLevel, room, turn, supportM }: AroundOptions,
): Hypothesis[] {
  const lengthM = distance?.lengthM ?? hypothesis.belief.mean[slot] ?? 0;
  return directions(isLevel, room, turn).map((direction) => {
    const split = copyOf(hypothesis);
    const { belief } = split;
    split.logWeight += Math.log(direction.weight);
    split.modes.set(name, { kind: "rest" });
    // x last: its entry holds the distance until then.
    for (const axis of [2, 1, 0] as const) {
      const component = direction.unit[axis];
      if (distance) {
        belief.set(slot + axis, from.position[axis] + lengthM * component, 0);
        continue;
      }
      const { indices, values } = formAlong(from, AXES[axis], 1);
      const moved = values.reduce(
        (sum, value, i) => sum + value * (belief.mean[indices[i] ?? 0] ?? 0),
        0,
      );
      const form = { indices: [...indices, slot], values: [...values, component] };
      belief.assign(slot + axis, form, from.position[axis] - moved, 0);
    }
    const radial = distance ? distance.sigmaM ** 2 : 0;
    const across = (direction.spread * lengthM) ** 2;
    for (const i of [0, 1, 2] as const) {
      for (const j of [0, 1, 2] as const) {
        const outer = direction.unit[i] * direction.unit[j];
        const flat = isLevel && (i === 2 || j === 2) ? 0 : across;
        const amount = radial * outer + flat * ((i === j ? 1 : 0) - outer);
        belief.addCovariance(slot + i, slot + j, amount);
      }
    }
    if (isLevel) belief.widen(slot + 2, 0.08);
    belief.assign(slot + 3, { indices: [slot + 2], values: [1] }, 0, REST_SIGMA_M);
    if (supportM !== undefined) {
      const residual = supportM + HALF_HEIGHT.meanM - (belief.mean[slot + 3] ?? 0);
      see(split, { indices: [slot + 3], values: [1] }, residual, HALF_HEIGHT.sigmaM);
    }
    return split;
  });
}

/** A distance of which an answer was the first to tell. */
export interface FirstDistance extends Distance {
  /** How likely such an answer was. */
  readonly logLikelihood: number;
}

/**
 * Where a first answer puts an object: at a distance that is drawn to those at which things usually
 * are, as uncertain as before the answer. It narrows when the answer is taken in.
 */
export function likelyFirst({ lengthM, sigmaM }: Distance): FirstDistance {
  const sigma = sigmaM / lengthM;
  const variance = sigma ** 2 + FIRST_DISTANCE.sigma ** 2;
  const share = sigma ** 2 / variance;
  const away = Math.log(lengthM) - FIRST_DISTANCE.mean;
  const mean = Math.exp(FIRST_DISTANCE.mean + (1 - share) * away);
  return {
    lengthM: mean,
    sigmaM: mean * FIRST_DISTANCE.sigma,
    logLikelihood: -0.5 * (away ** 2 / variance + Math.log(2 * Math.PI * variance)),
  };
}

/**
 * Splits the likeliest hypotheses that are so wide across the line of sight from the gripper that
 * the distance of an object bends: an update of a normal distribution would be wrong for them.
 *
 * @param room so many hypotheses may come of it
 * @returns the new ones; the others are narrowed in place
 */
export function splitWide(
  hypotheses: readonly Hypothesis[],
  name: string,
  slot: number,
  gripper: Pose,
  room: number,
): Hypothesis[] {
  const widest = hypotheses
    .map((hypothesis) => ({ hypothesis, form: acrossOf(hypothesis, name, slot, gripper) }))
    .filter(({ hypothesis }) => hypothesis.logWeight > Math.log(1e-3))
    .flatMap(({ hypothesis, form }) => (form ? [{ hypothesis, form }] : []))
    .sort((a, b) => b.hypothesis.logWeight - a.hypothesis.logWeight)
    .slice(0, Math.floor(room / 2));
  return widest.flatMap(({ hypothesis, form }) => {
    const sides = [-1, 1].map((side) => {
      const part = copyOf(hypothesis);
      part.belief.part(form, side * SPLIT_SHIFT, SPLIT_LEFT);
      part.logWeight += Math.log((1 - SPLIT_MIDDLE) / 2);
      return part;
    });
    hypothesis.belief.part(form, 0, SPLIT_LEFT);
    hypothesis.logWeight += Math.log(SPLIT_MIDDLE);
    return sides;
  });
}

/** The direction across the line from the gripper in which an object is too uncertain, if any. */
function acrossOf(
  { belief, modes }: Hypothesis,
  name: string,
  slot: number,
  gripper: Pose,
): LinearForm | undefined {
  if (modes.get(name)?.kind !== "rest") return undefined;
  const line = minus(vec3At(belief.mean, slot), gripper.position);
  const lengthM = Math.hypot(...line);
  const level: Vec3 = unit([line[1], -line[0], 0]) ?? [1, 0, 0];
  const steep = unit(cross(line, level)) ?? [0, 1, 0];
  const indices = [slot, slot + 1, slot + 2];
  const [first, second] = [level, steep].map((values) => ({ indices, values }));
  if (!first || !second) return undefined;
  const [a, b] = [belief.variance(first), belief.variance(second)];
  const limitM = Math.max(BENT * lengthM, BENT_M);
  if (Math.max(a, b) < limitM ** 2) return undefined;
  return a > b ? first : second;
}
