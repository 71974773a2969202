import { mean, sampleStandardDeviation } from "simple-statistics";
import { UserError } from "../base/index.js";
import {
  type Calibration,
  type CalibrationProvenance,
  type CurveSigma,
  calibrated,
  type LengthCalibration,
  type SaidCurve,
  saidOf,
} from "../estimate/index.js";
import { kindInfo, type QuantityKind, UNMEASURED } from "../language/index.js";
import { type CalibrationFigure, clusterInterval } from "./clusterInterval.js";
import { FEW_EPISODES, type FittedLength, fitLength, groupBy, logLikelihood } from "./fitLength.js";
import type { Pair } from "./Pair.js";
import { risingCurve } from "./risingCurve.js";

/** There is nothing to calibrate with. */
export class CalibrationDataError extends UserError {
  override readonly code = "calibration.data";
}

/** What answers of episodes that were left out of the fit came to. */
export interface CalibrationFigures {
  readonly answers: number;
  /** Mean absolute errors, m. */
  readonly rawErrorM: CalibrationFigure;
  readonly calibratedErrorM: CalibrationFigure;
  /** Shares of truths within one and two sigmas, and within the conformal widths. */
  readonly within1Sigma: CalibrationFigure;
  readonly within2Sigma: CalibrationFigure;
  readonly within68: CalibrationFigure;
  readonly within95: CalibrationFigure;
}

/** An answer of an episode that was left out, before and after. */
export interface LeftOut {
  readonly pair: Pair;
  readonly valueM: number;
  readonly sigmaM: number;
}

export interface CalibrationResult {
  readonly calibration: Calibration;
  readonly leftOut: readonly LeftOut[];
  /** Of all answers, then by kind. */
  readonly overall: CalibrationFigures;
  readonly figures: ReadonlyMap<QuantityKind, CalibrationFigures>;
  /** Limits of the data, in words. */
  readonly warnings: readonly string[];
}

/** Fewer answers, or lengths that span less than this, and a kind takes the curve of all lengths. */
const LEAST_OF_KIND = 60;
const LEAST_SPAN_M = 0.1;
/** Fewer answers than this in all, and nothing is fitted. */
const LEAST_IN_ALL = 20;
/** A curve of many knots needs as much. */
const LEAST_FOR_KNOTS = 200;
/** It has to be this much better on episodes left out. */
const BETTER = 0.95;
const MOST_FOLDS = 6;
/** Conformal factors of data that do not support them are at least these. */
const CAUTIOUS = { factor68: 1.5, factor95: 3 } as const;
/**
 * Episodes whose answers are this many sigmas off on the median are probably about another object.
 */
const STRANGE = 1.8;

/**
 * Fits a calibration to what a model said and what was true, and says what it is worth on episodes
 * that were left out of the fit. Data that do not support it change little, and widen sigma.
 *
 * @throws CalibrationDataError if there is no answer with a truth
 */
export function calibrate(
  given: readonly Pair[],
  model: string,
  about: Omit<CalibrationProvenance, "episodes" | "answers">,
): CalibrationResult {
  if (given.length === 0) {
    throw new CalibrationDataError("no answer of the model has a known truth");
  }
  const first = leaveOut(given, model, about);
  const strangers = strangersOf(first.leftOut);
  const pairs = given.filter(({ episode }) => !strangers.has(episode));
  const { warnings, isWeak } = supportOf(pairs);
  const fit = strangers.size === 0 ? first : leaveOut(pairs, model, about);
  const worse = madeWorse(fit);
  const asSaid = new Map([...worse].filter(([key]) => !foretellsBetter(pairs, key, fit.fitted)));
  const { leftOut, fitted } = asSaid.size === 0 ? fit : leaveOut(pairs, model, about, asSaid);
  const unsigned = pairs.filter(({ kind }) => !kindInfo(kind).signed);
  const factors = factorsOf(leftOut, isWeak);
  const provenance = {
    ...about,
    episodes: new Set(pairs.map(({ episode }) => episode)).size,
    answers: pairs.length,
  };
  const calibration = assembled(fitted, isWeak, factors, model, provenance);
  const byKind = groupBy(leftOut, ({ pair }) => pair.kind);
  const poor = unsigned.length > 0 && fitted.pooled === undefined;
  return {
    calibration,
    leftOut,
    overall: figuresOf(leftOut, factors),
    figures: new Map(
      byKind.flatMap((some) => {
        const [first] = some;
        return first ? [[first.pair.kind, figuresOf(some, factors)] as const] : [];
      }),
    ),
    warnings: [
      ...[...strangers].map(
        ([name, sigmas]) =>
          `${name} is left out: its answers are ${sigmas.toFixed(1)} sigmas from the estimate of the other ` +
          "episodes. Was a different object grasped there?",
      ),
      ...warnings,
      ...[...worse].map(
        ([key, { saidM, calibratedM }]) =>
          `${key === "all" ? "lengths of all kinds together" : key}: on episodes left out, calibrated ` +
          `lengths are ${centimetres(calibratedM)} off and those that the model said ` +
          `${centimetres(saidM)}: ` +
          (asSaid.has(key)
            ? "they are used as they are said, and only sigma is learnt"
            : "a single answer gains nothing; the curve is kept because it foretells what is said " +
              "better than the truth itself, which fusion uses"),
      ),
      ...(poor
        ? [`${unsigned.length} answers are too few for a fit: they are used unchanged`]
        : []),
    ],
  };
}

/** A kind with a curve of its own, or all others together. */
type LengthKey = QuantityKind | "all";

/** Fits of all, and what is said in each episode by those of the others alone. */
interface Fitted {
  readonly fitted: Lengths;
  readonly leftOut: readonly LeftOut[];
}

/** What is fitted: kinds with data of their own, and all unsigned lengths together. */
interface Lengths {
  readonly kinds: ReadonlyMap<QuantityKind, FittedLength>;
  readonly pooled?: FittedLength;
}

/** Fits all, and what is said in each episode with the others alone. */
function leaveOut(
  pairs: readonly Pair[],
  model: string,
  about: Omit<CalibrationProvenance, "episodes" | "answers">,
  asSaid: Pick<ReadonlyMap<LengthKey, unknown>, "has"> = new Map(),
): Fitted {
  const { isWeak } = supportOf(pairs);
  const fitted = lengthsOf(pairs, { asSaid });
  const provenance = { ...about, episodes: 0, answers: 0 };
  const leftOut = foldsOf(pairs).flatMap(({ fit, test }) => {
    const partial = assembled(
      lengthsOf(fit, { asSaid, near: fitted }),
      isWeak,
      new Map(),
      model,
      provenance,
    );
    return test.flatMap((pair): LeftOut[] => {
      const found = calibrated(partial, pair.kind, pair.saidM);
      return found ? [{ pair, valueM: found.valueM, sigmaM: found.sigmaM }] : [];
    });
  });
  return { fitted, leftOut };
}

interface FittingOptions {
  /** Whose curve is not fitted. */
  readonly asSaid: Pick<ReadonlyMap<LengthKey, unknown>, "has">;
  /** The fit of all, of which these pairs are a part. */
  readonly near?: Lengths;
}

function lengthsOf(pairs: readonly Pair[], { asSaid, near }: FittingOptions): Lengths {
  const replicates = near ? 0 : 24;
  const kinds = new Map<QuantityKind, FittedLength>();
  for (const own of groupBy(pairs, ({ kind }) => kind)) {
    const kind = own[0]?.kind;
    if (kind === undefined || own.length < LEAST_OF_KIND || spanOf(own) < LEAST_SPAN_M) continue;
    const { signed } = kindInfo(kind);
    const before = near?.kinds.get(kind);
    if (near && !before) continue;
    const line = fitLength(own, { signed, replicates, ...(before && { near: before }) });
    if (asSaid.has(kind)) {
      kinds.set(kind, spreadAlone(own, signed, line));
      continue;
    }
    const isBent = near ? before?.curve.knots !== undefined : knotsAreBetter(own, line, kind);
    const knots = isBent ? risingCurve(own) : undefined;
    kinds.set(kind, knots ? fitLength(own, { signed, replicates, knots, near: line }) : line);
  }
  const unsigned = pairs.filter(({ kind }) => !kindInfo(kind).signed);
  if (unsigned.length < LEAST_IN_ALL) return { kinds };
  // One kind alone is all there is.
  const [only] = kinds.values();
  if (only && kinds.size === 1 && unsigned.every(({ kind }) => kinds.has(kind))) {
    return { kinds, pooled: only };
  }
  const all = near?.pooled;
  const line = fitLength(unsigned, { signed: false, replicates, ...(all && { near: all }) });
  const pooled = asSaid.has("all") ? spreadAlone(unsigned, false, line) : line;
  return {
    kinds,
    pooled: near ? pooled : { ...pooled, curveSigma: ofNewKind(pooled, kinds, pairs) },
  };
}

/** Lengths below this differ as this one does, m. */
const LEAST_SCALE_M = 0.03;

/**
 * How uncertain the curve of all lengths is for a kind that was not among them: as the curves of
 * those that were differ from it, so may that one's (the variance of a random effect, and its mean's).
 */
function ofNewKind(
  { curve, curveSigma }: FittedLength,
  kinds: Lengths["kinds"],
  pairs: readonly Pair[],
): CurveSigma {
  const differences = [...kinds].flatMap(([kind, own]) => {
    if (kindInfo(kind).signed) return [];
    const squares = pairs
      .filter((pair) => pair.kind === kind)
      .map(({ trueM }) => {
        const { saidM } = saidOf(curve, trueM);
        const difference = saidOf(own.curve, trueM).saidM - saidM;
        return (difference / Math.max(saidM, LEAST_SCALE_M)) ** 2;
      });
    return [mean(squares)];
  });
  const count = differences.length;
  if (count < 2) return curveSigma;
  const variance = ((count + 1) / (count - 1)) * mean(differences);
  const { relativeSlope, correlation = 0 } = curveSigma;
  const wider = Math.hypot(relativeSlope, Math.sqrt(variance));
  return {
    ...curveSigma,
    relativeSlope: wider,
    correlation: wider > 0 ? (correlation * relativeSlope) / wider : 0,
  };
}

/** The model is taken at its word; how uncertain a curve would be stays known. */
function spreadAlone(pairs: readonly Pair[], signed: boolean, line: FittedLength): FittedLength {
  const fitted = fitLength(pairs, { signed, replicates: 0, asSaid: true });
  return { ...fitted, curveSigma: line.curveSigma };
}

interface Worsened {
  readonly saidM: number;
  readonly calibratedM: number;
}

/**
 * Where calibrated lengths are further from the truth than those that were said, on episodes left
 * out, by more than their difference between episodes leaves open: those kinds with a curve of
 * their own, and the others together.
 */
function madeWorse({ leftOut, fitted }: Fitted): ReadonlyMap<LengthKey, Worsened> {
  const curveOf = ({ kind }: Pair): LengthKey => (fitted.kinds.has(kind) ? kind : "all");
  const worse = new Map<LengthKey, Worsened>();
  for (const own of groupBy(leftOut, ({ pair }) => curveOf(pair))) {
    const key = own[0] && curveOf(own[0].pair);
    // A constant answer is a curve that no word improves.
    if (key === undefined || new Set(own.map(({ pair }) => pair.saidM)).size === 1) continue;
    const saidM = mean(own.map(({ pair }) => Math.abs(pair.saidM - pair.trueM)));
    const calibratedM = mean(own.map(({ pair, valueM }) => Math.abs(valueM - pair.trueM)));
    const differences = groupBy(own, ({ pair }) => pair.episode).map((some) =>
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
function foretellsBetter(pairs: readonly Pair[], key: LengthKey, fitted: Lengths): boolean {
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

function centimetres(lengthM: number): string {
  return `${(100 * lengthM).toFixed(lengthM < 0.001 ? 3 : 2)} cm`;
}

/** Whether a curve of many knots foretells what is said in episodes left out better than a line. */
function knotsAreBetter(pairs: readonly Pair[], line: FittedLength, kind: QuantityKind): boolean {
  const episodes = new Set(pairs.map(({ episode }) => episode)).size;
  if (pairs.length < LEAST_FOR_KNOTS || episodes <= FEW_EPISODES) return false;
  const { signed } = kindInfo(kind);
  const options = { signed, replicates: 0, near: line } as const;
  const errorOf = (curveOf: (fit: readonly Pair[]) => SaidCurve): number => {
    const errors = foldsOf(pairs).flatMap(({ fit, test }) => {
      const curve = curveOf(fit);
      return test.map(({ saidM, trueM }) => Math.abs(saidOf(curve, trueM).saidM - saidM));
    });
    return errors.reduce((sum, error) => sum + error, 0) / errors.length;
  };
  const asLine = errorOf((fit) => fitLength(fit, options).curve);
  const asKnots = errorOf((fit) => {
    const knots = risingCurve(fit);
    return knots ? { slope: line.curve.slope, offsetM: 0, knots } : line.curve;
  });
  return asKnots < BETTER * asLine;
}

type Factors = LengthCalibration["conformal"];

function assembled(
  { kinds, pooled }: Lengths,
  isWeak: boolean,
  factors: ReadonlyMap<LengthKey, Factors>,
  model: string,
  provenance: CalibrationProvenance,
): Calibration {
  const whole = (length: FittedLength, key: LengthKey): LengthCalibration => ({
    ...length,
    ...(isWeak && { spread: widened(length.spread) }),
    conformal:
      factors.get(key) ?? factors.get("all") ?? (isWeak ? CAUTIOUS : { factor68: 1, factor95: 2 }),
  });
  return {
    model,
    kinds: new Map([...kinds].map(([kind, length]) => [kind, whole(length, kind)])),
    pooled: pooled ? whole(pooled, "all") : UNFITTED,
    provenance,
  };
}

/** Where nothing can be fitted: what is said, as uncertain as any model that nobody has measured. */
const UNFITTED: LengthCalibration = {
  curve: { slope: 1, offsetM: 0 },
  spread: UNMEASURED,
  correlationS: 0,
  range: { fromM: 0, toM: 1 },
  curveSigma: { relativeSlope: 0.4, offsetM: 0.06 },
  conformal: CAUTIOUS,
};

/** Half as much again: what a few answers show is not all that there is. */
function widened({ relativeSigma, absoluteSigmaM, wildShare }: LengthCalibration["spread"]) {
  return {
    relativeSigma: 1.5 * relativeSigma,
    absoluteSigmaM: 1.5 * absoluteSigmaM,
    wildShare: Math.max(wildShare, 0.05),
  };
}

function supportOf(pairs: readonly Pair[]): {
  readonly warnings: string[];
  readonly isWeak: boolean;
} {
  const warnings: string[] = [];
  const episodes = new Set(pairs.map(({ episode }) => episode)).size;
  const widen = "the calibration changes the values little and widens sigma";
  if (pairs.length < LEAST_IN_ALL)
    warnings.push(`only ${pairs.length} answers have a truth: ${widen}`);
  if (episodes === 1)
    warnings.push(`only one episode: differences between episodes are unknown; ${widen}`);
  else if (episodes < FEW_EPISODES) warnings.push(`only ${episodes} episodes: ${widen}`);
  const span = spanOf(pairs);
  if (span < LEAST_SPAN_M) {
    warnings.push(`the true lengths span only ${(100 * span).toFixed(1)} cm: ${widen}`);
  }
  const said = new Set(pairs.map(({ saidM }) => saidM));
  if (said.size === 1 && pairs.length > 1) {
    const [only = 0] = said;
    warnings.push(`the model always said ${only.toFixed(3)} m: its answers contain no information`);
  }
  return { warnings, isWeak: warnings.length > 0 };
}

function spanOf(pairs: readonly Pair[]): number {
  const lengths = pairs.map(({ trueM }) => trueM).sort((a, b) => a - b);
  const at = (share: number) => lengths[Math.round(share * (lengths.length - 1))] ?? 0;
  return at(0.98) - at(0.02);
}

interface Fold {
  readonly fit: readonly Pair[];
  readonly test: readonly Pair[];
}

/** Whole episodes are left out; of a single one, one half of its time after the other. */
function foldsOf(pairs: readonly Pair[]): Fold[] {
  const episodes = [...new Set(pairs.map(({ episode }) => episode))];
  if (episodes.length < 2) {
    const times = pairs.map(({ timeS }) => timeS).sort((a, b) => a - b);
    const middle = times[times.length >> 1] ?? 0;
    const [early, late] = [
      pairs.filter(({ timeS }) => timeS < middle),
      pairs.filter(({ timeS }) => timeS >= middle),
    ];
    return [
      { fit: early, test: late },
      { fit: late, test: early },
    ];
  }
  const count = Math.min(MOST_FOLDS, episodes.length);
  const foldOf = new Map(episodes.map((episode, i) => [episode, i % count]));
  return Array.from({ length: count }, (_, fold) => ({
    fit: pairs.filter(({ episode }) => foldOf.get(episode) !== fold),
    test: pairs.filter(({ episode }) => foldOf.get(episode) === fold),
  }));
}

/** Split conformal prediction: the quantiles of the errors of episodes left out, in sigmas. */
function factorsOf(leftOut: readonly LeftOut[], isWeak: boolean): ReadonlyMap<LengthKey, Factors> {
  const factors = new Map<LengthKey, Factors>();
  const add = (key: LengthKey, some: readonly LeftOut[]) => {
    const errors = some.map(({ pair, valueM, sigmaM }) => Math.abs(pair.trueM - valueM) / sigmaM);
    const [factor68, factor95] = [quantile(errors, 0.68), quantile(errors, 0.95)];
    factors.set(key, {
      factor68: isWeak ? Math.max(factor68, CAUTIOUS.factor68) : factor68,
      factor95: isWeak ? Math.max(factor95, CAUTIOUS.factor95) : factor95,
    });
  };
  if (leftOut.length === 0) return factors;
  add("all", leftOut);
  for (const own of groupBy(leftOut, ({ pair }) => pair.kind)) {
    const [first] = own;
    if (first && own.length >= LEAST_OF_KIND) add(first.pair.kind, own);
  }
  return factors;
}

/** With the correction for a finite number: the ⌈(n + 1) · share⌉-th of n. */
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const index = Math.min(sorted.length, Math.ceil((sorted.length + 1) * share)) - 1;
  return sorted[Math.max(0, index)] ?? 1;
}

function figuresOf(
  leftOut: readonly LeftOut[],
  factors: ReadonlyMap<LengthKey, Factors>,
): CalibrationFigures {
  const cautious = { factor68: CAUTIOUS.factor68, factor95: CAUTIOUS.factor95 };
  const factorOf = ({ kind }: Pair) => factors.get(kind) ?? factors.get("all") ?? cautious;
  const figure = (of: (each: LeftOut) => number) =>
    clusterInterval(leftOut.map((each) => ({ cluster: each.pair.episode, value: of(each) })));
  const error = ({ pair, valueM }: LeftOut) => Math.abs(valueM - pair.trueM);
  const within = (sigmas: (pair: Pair) => number) => (each: LeftOut) =>
    error(each) <= sigmas(each.pair) * each.sigmaM ? 1 : 0;
  return {
    answers: leftOut.length,
    rawErrorM: figure(({ pair }) => Math.abs(pair.saidM - pair.trueM)),
    calibratedErrorM: figure(error),
    within1Sigma: figure(within(() => 1)),
    within2Sigma: figure(within(() => 2)),
    within68: figure(within((pair) => factorOf(pair).factor68)),
    within95: figure(within((pair) => factorOf(pair).factor95)),
  };
}

/**
 * Episodes whose answers do not go with those of all others, with how many sigmas they are off:
 * there the gripper held another object than the task says, or the model referred to one.
 */
function strangersOf(leftOut: readonly LeftOut[]): ReadonlyMap<string, number> {
  const episodes = groupBy(leftOut, ({ pair }) => pair.episode);
  const strangers = new Map<string, number>();
  if (episodes.length < FEW_EPISODES) return strangers;
  for (const own of episodes) {
    const misfits = own.map(({ pair, valueM, sigmaM }) => Math.abs(valueM - pair.trueM) / sigmaM);
    const middle = quantile(misfits, 0.5);
    const name = own[0]?.pair.episode;
    if (name !== undefined && own.length >= LEAST_IN_ALL && middle > STRANGE) {
      strangers.set(name, middle);
    }
  }
  return strangers;
}
