import { groups } from "d3-array";
import { mean, sampleStandardDeviation } from "simple-statistics";
import { kindInfo } from "../language/index.js";
import { quantile } from "./conformal.js";
import { fitLength } from "./fitLength.js";
import { type LengthKey, type Lengths, spreadAlone } from "./fitLengths.js";
import { foldsOf } from "./folds.js";
import type { Fitted, LeftOut } from "./leaveOut.js";
import type { Pair } from "./Pair.js";
import { logLikelihood } from "./searchFit.js";
import { FEW_EPISODES, LEAST_IN_ALL } from "./support.js";

/**
 * Episodes whose answers are this many sigmas off on the median are probably about another object.
 */
const STRANGE = 1.8;

export interface Worsened {
  readonly saidM: number;
  readonly calibratedM: number;
}

/**
 * Where calibrated lengths are further from the truth than those that were said, on episodes left
 * out, by more than their difference between episodes leaves open: those kinds with a curve of
 * their own, and the others together.
 */
export function madeWorse({ leftOut, fitted }: Fitted): ReadonlyMap<LengthKey, Worsened> {
  const curveOf = ({ kind }: Pair): LengthKey => (fitted.kinds.has(kind) ? kind : "all");
  const worse = new Map<LengthKey, Worsened>();
  for (const [key, own] of groups(leftOut, ({ pair }) => curveOf(pair))) {
    // A constant answer is a curve that no word improves.
    if (new Set(own.map(({ pair }) => pair.saidM)).size === 1) continue;
    const saidM = mean(own.map(({ pair }) => Math.abs(pair.saidM - pair.trueM)));
    const calibratedM = mean(own.map(({ pair, valueM }) => Math.abs(valueM - pair.trueM)));
    const differences = groups(own, ({ pair }) => pair.episode).map(([, some]) =>
      mean(
        some.map(
          ({ pair, valueM }) => Math.abs(valueM - pair.trueM) - Math.abs(pair.saidM - pair.trueM),
        ),
      ),
    );
    const openM =
      differences.length > 1
        ? sampleStandardDeviation(differences) / Math.sqrt(differences.length)
        : 0;
    if (calibratedM - saidM > openM) worse.set(key, { saidM, calibratedM });
  }
  return worse;
}

/**
 * Whether the curve of other episodes foretells what is said in an episode better than the truth
 * itself does. A noisy model with a bias may have such a curve although no single answer gains.
 */
export function foretellsBetter(pairs: readonly Pair[], key: LengthKey, fitted: Lengths): boolean {
  const isOwn = ({ kind }: Pair) => (fitted.kinds.has(kind) ? kind : "all") === key;
  const near = key === "all" ? fitted.pooled : fitted.kinds.get(key);
  if (!near || near.curve.knots) return false;
  const signed = key !== "all" && kindInfo(key).signed;
  const gain = foldsOf(pairs.filter(isOwn)).reduce((sum, { fit, test }) => {
    if (fit.length === 0) return sum;
    const line = fitLength(fit, { signed, replicates: 0, near });
    const said = spreadAlone(fit, signed, line);
    return test.reduce(
      (total, pair) => total + logLikelihood(pair, line) - logLikelihood(pair, said),
      sum,
    );
  }, 0);
  return gain > 0;
}

/**
 * Episodes whose answers do not go with those of all others, with how many sigmas they are off:
 * there the gripper held another object than the task says, or the model referred to one.
 */
export function strangersOf(leftOut: readonly LeftOut[]): ReadonlyMap<string, number> {
  const episodes = groups(leftOut, ({ pair }) => pair.episode);
  const strangers = new Map<string, number>();
  if (episodes.length < FEW_EPISODES) return strangers;
  for (const [, own] of episodes) {
    const misfits = own.map(({ pair, valueM, sigmaM }) => Math.abs(valueM - pair.trueM) / sigmaM);
    const middle = quantile(misfits, 0.5);
    const name = own[0]?.pair.episode;
    if (name !== undefined && own.length >= LEAST_IN_ALL && middle > STRANGE) {
      strangers.set(name, middle);
    }
  }
  return strangers;
}
