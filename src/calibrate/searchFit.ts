import { clamp, itemAt, normalDensity } from "../base/index.js";
import { AS_SAID, type LengthCalibration, type SaidCurve, saidOf } from "../estimate/index.js";
import { minimise } from "./minimise.js";
import type { Pair } from "./Pair.js";

export interface Prior {
  readonly mean: number;
  readonly sigma: number;
}

export type Priors = Readonly<
  Record<"slope" | "offset" | "floor" | "relative" | "absolute" | "wild", Prior>
>;

/**
 * What is believed before any answer: that the model says about what is true. A few answers, or
 * answers at one length alone, change little.
 */
export const PRIOR: Priors = {
  slope: { mean: 1, sigma: 0.4 },
  offset: { mean: 0, sigma: 0.06 },
  floor: { mean: 0.03, sigma: 0.06 },
  relative: { mean: Math.log(0.25), sigma: 0.7 },
  absolute: { mean: Math.log(0.02), sigma: 0.8 },
  wild: { mean: -3, sigma: 1 },
};
const LEAST_SLOPE = 0.03;
const MOST_WILD = 0.4;

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

export type Fit = Pick<LengthCalibration, "curve" | "spread">;

/** Which curves are looked at. */
export interface Curved {
  /** The kinds can be negative: no floor, no scatter that grows with the length alone. */
  readonly signed: boolean;
  /** A given rising curve in place of line and floor. */
  readonly knots?: SaidCurve["knots"];
  /** The model is taken at its word; its spread alone is fitted. */
  readonly asSaid?: boolean;
}

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

export interface Group {
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

/** Curve and spread at which the cost is least. */
export function searchFit(
  pairs: readonly Pair[],
  { signed, knots, asSaid = false }: Curved,
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
    const at = { saidM: 0, slope: 0 };
    const costOf = (some: readonly Pair[], onCurve: readonly number[] | undefined): number => {
      let sum = 0;
      let product = 1;
      // Nearly all time of a fit goes by here; the logarithm of a few together costs what one does.
      for (let i = 0; i < some.length; i++) {
        const { saidM, trueM, trueSigmaM } = itemAt(some, i);
        saidOf(curve, trueM, at);
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
  const share = clamp(spread.wildShare / MOST_WILD, 1e-4, 1 - 1e-4);
  return [
    slope,
    offsetM,
    floorM,
    Math.log(spread.relativeSigma),
    Math.log(spread.absoluteSigmaM),
    Math.log(share / (1 - share)),
  ];
}

function wildOf(x: number): number {
  return MOST_WILD / (1 + Math.exp(-x));
}

function unlike({ mean, sigma }: Prior, x: number): number {
  return 0.5 * ((x - mean) / sigma) ** 2;
}
