import type { Pose } from "../../camera/index.js";
import type { Gaussian } from "./Gaussian.js";

/** What a hypothesis takes an object to do. */
export type ObjectMode =
  /** Nothing told of it yet. */
  | { readonly kind: "unknown" }
  /** At this distance from another object, in a direction that does not matter yet. */
  | { readonly kind: "around"; readonly partner: string; readonly isLevel: boolean }
  | { readonly kind: "rest" }
  /** The state holds its place in the gripper's frame, as it was when it was grasped. */
  | { readonly kind: "held"; readonly grasped: Grasped };

/** When and where the gripper closed on an object. */
export interface Grasped {
  readonly stampNs: bigint;
  readonly gripper: Pose;
}

/** A past time: what the state keeps of it says where an object was until then. */
export interface Past {
  readonly object: string;
  readonly untilNs: bigint;
  /** Its place is in the gripper's frame, as it was when it was grasped; absent: it was at rest. */
  readonly grasped?: Grasped;
  /** Index in the state of that place. */
  readonly slot: number;
}

/** At which object the gripper's present approach is directed. */
export interface Aim {
  /** Undefined: at none of those that were asked about. */
  readonly object: string | undefined;
  /** How closely it has been taken to point there so far, m. */
  readonly sigmaM: number;
  /** The objects of which it was asked. */
  readonly asked: readonly string[];
}

/** One possible situation, with a normal distribution of where objects are in it. */
export interface Hypothesis {
  readonly belief: Gaussian;
  logWeight: number;
  /** By object. */
  readonly modes: Map<string, ObjectMode>;
  /** Oldest first; kept where the episode is to be smoothed. */
  past: readonly Past[];
  /** Absent: the gripper is on no way that leads to an object. */
  aim?: Aim | undefined;
  /** Errors of neighbouring answers are correlated. */
  readonly isCorrelated: boolean;
  /** Of the variance of answers: weight in answers and sum of squares (an inverse gamma). */
  noiseWeight: number;
  noiseSquares: number;
}

export function copyOf(hypothesis: Hypothesis): Hypothesis {
  return {
    ...hypothesis,
    belief: hypothesis.belief.clone(),
    modes: new Map(hypothesis.modes),
  };
}

/** Weights that sum to 1. */
export function normalise(hypotheses: readonly Hypothesis[]): number[] {
  const top = Math.max(...hypotheses.map(({ logWeight }) => logWeight));
  const raw = hypotheses.map(({ logWeight }) => Math.exp(logWeight - top));
  const sum = raw.reduce((total, weight) => total + weight, 0);
  hypotheses.forEach((hypothesis, i) => {
    hypothesis.logWeight = Math.log((raw[i] ?? 0) / sum);
  });
  return raw.map((weight) => weight / sum);
}

/** Below this weight a hypothesis is given up. */
const LEAST_WEIGHT = 3e-4;
/** Two hypotheses are one where no entry of theirs is further apart: squared, in variances. */
const ALIKE = 0.5;

/** The best ones, those that say the same made one; at most `most`. */
export function reduced(hypotheses: readonly Hypothesis[], most: number): Hypothesis[] {
  const sorted = [...hypotheses].sort((a, b) => b.logWeight - a.logWeight);
  const top = sorted[0]?.logWeight ?? 0;
  const kept: Hypothesis[] = [];
  for (const hypothesis of sorted) {
    if (hypothesis.logWeight < top + Math.log(LEAST_WEIGHT)) break;
    const like = kept.find((other) => areAlike(other, hypothesis));
    if (like) join(like, hypothesis);
    else if (kept.length < most) kept.push(hypothesis);
  }
  normalise(kept);
  return kept;
}

function join(into: Hypothesis, other: Hypothesis): void {
  const [a, b] = [Math.exp(into.logWeight), Math.exp(other.logWeight)];
  const share = b / (a + b);
  into.belief.merge(other.belief, share);
  into.noiseWeight += share * (other.noiseWeight - into.noiseWeight);
  into.noiseSquares += share * (other.noiseSquares - into.noiseSquares);
  into.logWeight = Math.log(a + b);
}

function areAlike(a: Hypothesis, b: Hypothesis): boolean {
  if (a.isCorrelated !== b.isCorrelated || a.past.length !== b.past.length) return false;
  if (a.aim?.object !== b.aim?.object) return false;
  for (const [object, mode] of a.modes) if (mode.kind !== b.modes.get(object)?.kind) return false;
  const { size } = a.belief;
  for (let i = 0; i < size; i++) {
    const variance = Math.min(a.belief.at(i, i), b.belief.at(i, i));
    const apart = (a.belief.mean[i] ?? 0) - (b.belief.mean[i] ?? 0);
    if (apart ** 2 > ALIKE * variance) return false;
  }
  return true;
}
