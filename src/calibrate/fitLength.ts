import { itemAt, normalDensity, Random } from "../base/index.js";
import { AS_SAID, type LengthCalibration, type SaidCurve, saidOf } from "../estimate/index.js";
import { minimise } from "./minimise.js";
import type { Pair } from "./Pair.js";

/** What of a length's calibration comes from the pairs themselves; conformal factors come from others. */
export type FittedLength = Omit<LengthCalibration, "conformal">;

export interface FitOptions {
  /** The kinds can be negative: no floor, no scatter that grows with the length alone. */
  readonly signed: boolean;
  /** Resampled sets for how uncertain the curve is; 0: as in `near`. Default 24. */
  readonly replicates?: number;
  /** A given rising curve in place of line and floor. */
  readonly knots?: SaidCurve["knots"];
  /** The model is taken at its word; its spread alone is fitted. */
  readonly asSaid?: boolean;
  /** A fit of most of the same pairs: this one begins there. */
  readonly near?: FittedLength;
}

/** Fewer episodes than this say little about how a model differs between episodes. */
export const FEW_EPISODES = 4;

interface Prior {
  readonly mean: number;
  readonly sigma: number;
}

type Priors = Readonly<
  Record<"slope" | "offset" | "floor" | "relative" | "absolute" | "wild", Prior>
>;

/**
 * What is believed before any answer: that the model says about what is true. A few answers, or
 * answers at one length alone, change little.
 */
const PRIOR: Priors = {
  slope: { mean: 1, sigma: 0.4 },
  offset: { mean: 0, sigma: 0.06 },
  floor: { mean: 0.03, sigma: 0.06 },
  relative: { mean: Math.log(0.25), sigma: 0.7 },
  absolute: { mean: Math.log(0.02), sigma: 0.8 },
  wild: { mean: -3, sigma: 1 },
};
const LEAST_SLOPE = 0.03;
const MOST_WILD = 0.4;
/** A curve from one or two episodes is known no better than this. */
const LEAST_CURVE_SIGMA = { relativeSlope: 0.15, offsetM: 0.02 } as const;

/**
 * Fits curve, spread and correlation to pairs of said and true lengths: the likelihood of what was
 * said given the truth, normal about the curve with a share of wild answers without information,
 * times a prior. Answers with correlated errors count as fewer answers.
 */
export function fitLength(all: readonly Pair[], options: FitOptions): FittedLength {
  const pairs = thinned(all, options.replicates === 0 ? MOST_PAIRS / 2 : MOST_PAIRS);
  const isThorough = options.replicates !== 0;
  const first = fitOnce(pairs, options, 1, { start: options.near, isThorough });
  const correlationS = correlationOf(pairs, first);
  const weight = weightOf(pairs, correlationS);
  const best = weight < 1 ? fitOnce(pairs, options, weight, { start: first, isThorough }) : first;
  return {
    ...best,
    correlationS,
    range: rangeOf(all),
    curveSigma: curveSigmaOf(pairs, options, best, weight),
  };
}

/** More pairs than this add little but time. */
const MOST_PAIRS = 800;

/** Evenly of all, as many as can be used. */
function thinned(pairs: readonly Pair[], most: number): readonly Pair[] {
  const step = Math.ceil(pairs.length / most);
  return step === 1 ? pairs : pairs.filter((_, i) => i % step === 0);
}

/** Steps in which lengths are said, m, the coarsest first: of metres, feet and inches. */
const STEPS_M = [0.5, 0.3048, 0.25, 0.1524, 0.1, 0.05, 0.0254, 0.02, 0.01, 0.005] as const;
/** Nearly all answers lie on the steps, but for conversion and noise of a tenth of a millimetre. */
const ON_STEPS = 0.9;
const ON_STEP_M = 6e-4;

/** The scatter that rounding alone causes, m: of the coarsest steps on which the answers lie. */
function roundingOf(pairs: readonly Pick<Pair, "saidM">[]): number {
  const stepM = STEPS_M.find((step) => {
    const on = pairs.filter(
      ({ saidM }) => Math.abs(saidM - step * Math.round(saidM / step)) < ON_STEP_M,
    );
    return on.length >= ON_STEPS * pairs.length;
  });
  return (stepM ?? 0) / Math.sqrt(12);
}

/** Densities whose product a double holds with certainty. */
const TOGETHER = 8;

type Fit = Pick<LengthCalibration, "curve" | "spread">;

interface Search {
  /** A fit of nearly the same pairs. */
  readonly start?: Fit | undefined;
  readonly evaluations?: number;
  readonly prior?: Priors;
  /** Other beginnings are tried as well: a floor and a flat line may fit nearly alike. */
  readonly isThorough?: boolean;
  /** The pairs, those together that were drawn together. */
  readonly groups?: readonly Group[];
}

interface Group {
  readonly pairs: readonly Pair[];
  /** How often they were drawn. */
  readonly count: number;
}

/** ln p(said | true), of lengths in metres: a density per metre. */
export function logLikelihood(
  { saidM, trueM, trueSigmaM }: Pick<Pair, "saidM" | "trueM" | "trueSigmaM">,
  { curve, spread }: Fit,
): number {
  const expected = saidOf(curve, trueM).saidM;
  const variance =
    spread.absoluteSigmaM ** 2 +
    (spread.relativeSigma * expected) ** 2 +
    (curve.slope * trueSigmaM) ** 2;
  const density = normalDensity(saidM - expected, variance);
  // Wild answers may lie anywhere within a metre.
  return Math.log((1 - spread.wildShare) * density + Math.max(spread.wildShare, 1e-6));
}

/** Where a search begins, and how far it looks around at first: there, and near a fit. */
const STARTS = [
  [1, 0, 0.01, -1.6, -4, -3],
  [0.5, 0.08, 0.08, -1.4, -3.5, -3],
] as const;
const FAR_STEPS = [0.3, 0.05, 0.04, 0.5, 0.5, 1] as const;
const NEAR_STEPS = [0.1, 0.02, 0.015, 0.2, 0.2, 0.4] as const;

function fitOnce(
  pairs: readonly Pair[],
  { signed, knots, asSaid = false }: FitOptions,
  weight: number,
  {
    start,
    evaluations = 160,
    prior = PRIOR,
    isThorough = true,
    groups = [{ pairs, count: 1 }],
  }: Search = {},
): Fit {
  const widest = pairs.reduce((most, { saidM }) => Math.max(most, Math.abs(saidM)), 0.5);
  const onKnots =
    knots &&
    groups.map((group) =>
      group.pairs.map(({ trueM }) => saidOf({ slope: 1, offsetM: 0, knots }, trueM).saidM),
    );
  const wildDensity = 1 / ((signed ? 4 : 2) * widest);
  const rounding = roundingOf(pairs);
  const cost = (x: readonly number[]): number => {
    const [slope = 1, offset = 0, floor = 0, relative = 0, absolute = 0, wild = 0] = x;
    if (slope < LEAST_SLOPE || (!signed && floor < 0)) return 1e9;
    const curve = asSaid ? AS_SAID : curveOf(x, signed, knots);
    const [r, a, w] = [Math.exp(relative), Math.exp(absolute), wildOf(wild)];
    const own = rounding ** 2 + a * a;
    const costOf = (some: readonly Pair[], onCurve: readonly number[] | undefined): number => {
      let sum = 0;
      let product = 1;
      // Nearly all time of a fit goes by here; the logarithm of a few together costs what one does.
      for (let i = 0; i < some.length; i++) {
        const { saidM, trueM, trueSigmaM } = itemAt(some, i);
        const at = saidOf(curve, trueM);
        const expected = onCurve?.[i] ?? at.saidM;
        const variance = own + (r * expected) ** 2 + (at.slope * trueSigmaM) ** 2;
        const density = normalDensity(saidM - expected, variance);
        product *= (1 - w) * density + w * wildDensity;
        if (i % TOGETHER === 0) {
          sum -= Math.log(product);
          product = 1;
        }
      }
      return sum - Math.log(product);
    };
    const sum = groups.reduce(
      (all, group, i) => all + group.count * costOf(group.pairs, onKnots?.[i]),
      0,
    );
    return (
      weight * sum +
      unlike(prior.slope, slope) +
      unlike(prior.offset, offset) +
      (signed ? 0 : unlike(prior.floor, floor)) +
      unlike(prior.relative, relative) +
      unlike(prior.absolute, absolute) +
      unlike(prior.wild, wild)
    );
  };
  const begun = start ? [{ from: numbersOf(start), steps: NEAR_STEPS, most: evaluations }] : [];
  const others = start && !isThorough ? [] : STARTS;
  const most = start ? evaluations : 400;
  const [found] = [...begun, ...others.map((from) => ({ from, steps: FAR_STEPS, most }))]
    .map(({ from, steps, most }) => minimise(cost, from, steps, most))
    .map((x) => ({ x, y: cost(x) }))
    .sort((one, other) => one.y - other.y);
  const x = found?.x ?? [];
  const [, , , relative = 0, absolute = 0, wild = 0] = x;
  return {
    curve: asSaid ? AS_SAID : curveOf(x, signed, knots),
    spread: {
      relativeSigma: Math.exp(relative),
      absoluteSigmaM: Math.hypot(rounding, Math.exp(absolute)),
      wildShare: wildOf(wild),
    },
  };
}

function curveOf(x: readonly number[], signed: boolean, knots: SaidCurve["knots"]): SaidCurve {
  const [slope = 1, offsetM = 0, floorM = 0] = x;
  if (knots) return { slope, offsetM, knots };
  return signed ? { slope, offsetM } : { slope, offsetM, floorM };
}

function numbersOf({ curve, spread }: Fit): number[] {
  const { slope, offsetM, floorM = 0 } = curve;
  const share = Math.min(Math.max(spread.wildShare / MOST_WILD, 1e-4), 1 - 1e-4);
  return [
    slope,
    offsetM,
    floorM,
    Math.log(spread.relativeSigma),
    Math.log(spread.absoluteSigmaM),
    Math.log(share / (1 - share)),
  ];
}

function drawnPrior(random: Random): Priors {
  const drawn = ({ mean, sigma }: Prior): Prior => ({
    mean: mean + sigma * random.normal(),
    sigma,
  });
  return {
    ...PRIOR,
    slope: drawn(PRIOR.slope),
    offset: drawn(PRIOR.offset),
    floor: drawn(PRIOR.floor),
  };
}

function wildOf(x: number): number {
  return MOST_WILD / (1 + Math.exp(-x));
}

function unlike({ mean, sigma }: Prior, x: number): number {
  return 0.5 * ((x - mean) / sigma) ** 2;
}

/** Errors of the answers in standard deviations; wild ones left out. */
function normalErrors(
  pairs: readonly Pair[],
  { curve, spread }: Fit,
): (Pair & { readonly z: number })[] {
  return pairs.flatMap((pair) => {
    const { saidM } = saidOf(curve, pair.trueM);
    const sigma = Math.hypot(spread.absoluteSigmaM, spread.relativeSigma * saidM);
    const z = (pair.saidM - saidM) / sigma;
    return Math.abs(z) < 3 ? [{ ...pair, z }] : [];
  });
}

/** Lags up to this are looked at, s: what lasts longer is a difference between episodes. */
const LONGEST_LAG_S = 2;

/**
 * Correlation time (1/e) of the errors of answers, s; 0 if neighbouring ones are not correlated. From
 * the sum of the autocorrelation up to where it has died away (the initial positive sequence of
 * Geyer, Statistical Science 7 (1992) 473) in proportion to that of neighbours: what each answer has for
 * itself, such as rounding and wild answers, lowers all lags alike.
 */
function correlationOf(pairs: readonly Pair[], fit: Fit): number {
  const errors = normalErrors(pairs, fit);
  const series = groupBy(errors, ({ episode, measurement }) => `${episode} ${measurement}`).map(
    (some) => some.toSorted((a, b) => a.timeS - b.timeS),
  );
  const dt = spacingOf(series);
  if (dt === undefined) return 0;
  const lags = Math.max(Math.floor(LONGEST_LAG_S / dt), 1);
  const sums = Array.from({ length: lags + 1 }, () => ({ product: 0, count: 0 }));
  for (const some of series) {
    for (const [i, { z, timeS }] of some.entries()) {
      for (const other of some.slice(i)) {
        const lag = sums[Math.round((other.timeS - timeS) / dt)];
        if (!lag) break;
        lag.product += z * other.z;
        lag.count += 1;
      }
    }
  }
  const likeness = sums.map(({ product, count }) => (count === 0 ? 0 : product / count));
  const [square = 0, next = 0] = likeness;
  const count = sums[1]?.count ?? 0;
  // Within chance: errors of their own.
  if (count < 20 || next < (2 * square) / Math.sqrt(count)) return 0;
  let sum = next;
  for (let lag = 2; lag < lags; lag += 2) {
    const two = (likeness[lag] ?? 0) + (likeness[lag + 1] ?? 0);
    if (two <= 0) break;
    sum += two;
  }
  // Of c·e^(−m·dt/τ), the sum over m ≥ 1 is 1 / (1 − e^(−dt/τ)) of its first term.
  return -dt / Math.log(1 - Math.min(next / sum, 0.99));
}

/** Median time between neighbours, s. */
function spacingOf(series: readonly (readonly Pair[])[]): number | undefined {
  const dts = series
    .flatMap((some) => some.slice(1).map(({ timeS }, i) => timeS - (some[i]?.timeS ?? timeS)))
    .filter((dt) => dt > 0)
    .sort((a, b) => a - b);
  return dts[dts.length >> 1];
}

/** How much evidence each answer adds when neighbouring errors are correlated. */
function weightOf(pairs: readonly Pair[], correlationS: number): number {
  if (correlationS === 0) return 1;
  const series = groupBy(pairs, ({ episode, measurement }) => `${episode} ${measurement}`).map(
    (some) => some.toSorted((a, b) => a.timeS - b.timeS),
  );
  const dt = spacingOf(series) ?? correlationS;
  const likeness = Math.exp(-dt / correlationS);
  return (1 - likeness) / (1 + likeness);
}

/** 1 % of the lengths lie below and above. */
function rangeOf(pairs: readonly Pair[]): LengthCalibration["range"] {
  const sorted = pairs.map(({ trueM }) => trueM).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  return { fromM: at(0.01), toM: at(0.99) };
}

/**
 * How the curve varies between resampled episodes; of few episodes, between their parts. Each time the
 * prior's means are drawn from the prior (Bardsley and others, SIAM J. Sci. Comput. 36 (2014) A1895):
 * where the data say nothing of a slope, it is as uncertain as before, not as certain as its prior's mean.
 */
function curveSigmaOf(
  pairs: readonly Pair[],
  options: FitOptions,
  best: Fit,
  weight: number,
): LengthCalibration["curveSigma"] {
  const { replicates = 24 } = options;
  if (replicates === 0) return options.near?.curveSigma ?? LEAST_CURVE_SIGMA;
  const episodes = new Set(pairs.map(({ episode }) => episode)).size;
  const isFew = episodes < FEW_EPISODES;
  const clusters = groupBy(pairs, ({ episode, timeS }) =>
    isFew ? `${episode} ${Math.floor(timeS / 2)}` : episode,
  );
  const random = new Random(1, "curve");
  const drawn = Array.from({ length: replicates }, () => {
    const chosen = clusters.map(() => random.integer(0, clusters.length - 1));
    const sample = chosen.flatMap((index) => itemAt(clusters, index));
    // What was drawn twice counts twice, and is looked at once.
    const groups = clusters.flatMap((pairs, index): Group[] => {
      const count = chosen.filter((each) => each === index).length;
      return count === 0 ? [] : [{ pairs, count }];
    });
    const search = { start: best, evaluations: 120, prior: drawnPrior(random), groups };
    return fitOnce(sample, options, weight, search).curve;
  });
  const least = isFew ? LEAST_CURVE_SIGMA : { relativeSlope: 0, offsetM: 0 };
  const unseen = isFew ? 1 : unseenSpread(episodes);
  const sigmaOf = (values: readonly number[], prior: Prior) => {
    const seen = deviation(values);
    // No data are worse than none.
    return Math.max(seen, Math.min(unseen * seen, prior.sigma));
  };
  const [slopes, offsets] = [drawn.map(({ slope }) => slope), drawn.map(({ offsetM }) => offsetM)];
  const floors = drawn.flatMap(({ floorM }) => floorM ?? []);
  return {
    relativeSlope: Math.max(least.relativeSlope, sigmaOf(slopes, PRIOR.slope) / best.curve.slope),
    offsetM: Math.max(least.offsetM, sigmaOf(offsets, PRIOR.offset)),
    correlation: correlationBetween(slopes, offsets),
    ...(floors.length > 0 && { floorM: sigmaOf(floors, PRIOR.floor) }),
  };
}

/**
 * How much wider a mean is known than resampling n episodes shows: the bootstrap's variance is too
 * small by (n − 1) / n, and that of Student's t is larger by (n − 1) / (n − 3).
 */
function unseenSpread(episodes: number): number {
  return Math.sqrt(episodes / Math.max(episodes - 3, 1));
}

export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return [...groups.values()];
}

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1 || 1));
}

function correlationBetween(a: readonly number[], b: readonly number[]): number {
  const [meanA, meanB] = [a, b].map((all) => all.reduce((sum, x) => sum + x, 0) / all.length);
  const sum = a.reduce((all, x, i) => all + (x - (meanA ?? 0)) * ((b[i] ?? 0) - (meanB ?? 0)), 0);
  const whole = deviation(a) * deviation(b) * (a.length - 1);
  return whole > 0 ? sum / whole : 0;
}
