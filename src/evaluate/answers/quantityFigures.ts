import { errorFunction } from "simple-statistics";
import { itemAt } from "../../base/index.js";
import type { BinMetrics, CalibrationPoint, IntervalFigures } from "./AnswerMetrics.js";
import { ClusterSums, type Weights } from "./ClusterSums.js";

/**
 * Relative figures leave smaller truths out: a ratio to them mostly shows the truth's own error.
 */
export const LEAST_RELATIVE_M = 0.005;

/** Ratios at a bound count as inside, regardless of the last bit. */
const LAST_BIT = 1e-9;

const RATIO_RANGES = {
  within_50_200: [0.5, 2],
  within_67_150: [2 / 3, 1.5],
  within_90_110: [0.9, 1.1],
  within_25: [0.75, 1.25],
  delta_2: [1 / 2, 2],
  delta_1_25: [1 / 1.25, 1.25],
} as const;
const RANGES = Object.entries(RATIO_RANGES);

/** What is summed over the questions, by position. */
const SUM = {
  asked: 0,
  answered: 1,
  /** Asked, and the truth is large enough for a ratio. */
  comparable: 2,
  /** The same, and answered. */
  ratios: 3,
  relative: 4,
  mra: 5,
  absolute: 6,
  squares: 7,
  x: 8,
  y: 9,
  xx: 10,
  xy: 11,
  /** Answered with a sigma above 0. */
  sigmas: 12,
  within1: 13,
  within2: 14,
  ranges: 15,
} as const;
const SIZE = SUM.ranges + RANGES.length;

/** A length with its sigma, as a predictor gave it. */
export interface SaidLength {
  readonly valueM: number;
  readonly sigmaM: number;
}

/** Figures of questions about lengths, gathered one by one; formulas in docs/evaluation.md. */
export class QuantityFigures {
  readonly #sums = new ClusterSums(SIZE);
  readonly #row = new Float64Array(SIZE);

  /** @param said undefined: refused */
  add(cluster: string, weights: Weights, truthM: number, said: SaidLength | undefined): void {
    const row = this.#row.fill(0);
    const isComparable = Math.abs(truthM) >= LEAST_RELATIVE_M;
    row[SUM.asked] = 1;
    if (isComparable) row[SUM.comparable] = 1;
    if (said) {
      addError(row, truthM, said);
      if (isComparable) addRatio(row, said.valueM / truthM);
    }
    this.#sums.add(cluster, weights, row);
  }

  figures() {
    const sums = this.#sums;
    const share = (part: number, n: number, of: number) => sums.share(part, n, of);
    const { asked, answered, comparable, ratios, sigmas } = SUM;
    return {
      answered: share(answered, asked, asked),
      ...Object.fromEntries(
        RANGES.flatMap(([name], i) => [
          [name, share(SUM.ranges + i, ratios, comparable)],
          [`${name}_of_all`, share(SUM.ranges + i, comparable, comparable)],
        ]),
      ),
      abs_rel_error: share(SUM.relative, ratios, comparable),
      mra: share(SUM.mra, ratios, comparable),
      mra_of_all: share(SUM.mra, comparable, comparable),
      mae: share(SUM.absolute, answered, asked),
      mse: share(SUM.squares, answered, asked),
      bias_slope: sums.figure((s) => lineOf(s)?.slope, answered, asked),
      bias_intercept: sums.figure((s) => lineOf(s)?.intercept, answered, asked),
      within_1_sigma: share(SUM.within1, sigmas, asked),
      within_2_sigma: share(SUM.within2, sigmas, asked),
    } satisfies IntervalFigures;
  }
}

function addError(row: Float64Array, truthM: number, { valueM, sigmaM }: SaidLength): void {
  const error = Math.abs(valueM - truthM);
  row[SUM.answered] = 1;
  row[SUM.absolute] = error;
  row[SUM.squares] = error * error;
  row[SUM.x] = truthM;
  row[SUM.y] = valueM;
  row[SUM.xx] = truthM * truthM;
  row[SUM.xy] = truthM * valueM;
  if (!(sigmaM > 0)) return;
  row[SUM.sigmas] = 1;
  if (error <= sigmaM * (1 + LAST_BIT)) row[SUM.within1] = 1;
  if (error <= 2 * sigmaM * (1 + LAST_BIT)) row[SUM.within2] = 1;
}

function addRatio(row: Float64Array, ratio: number): void {
  const relative = Math.abs(ratio - 1);
  row[SUM.ratios] = 1;
  row[SUM.relative] = relative;
  row[SUM.mra] = meanRelativeAccuracy(relative);
  RANGES.forEach(([, [low, high]], i) => {
    if (ratio >= low - LAST_BIT && ratio <= high + LAST_BIT) row[SUM.ranges + i] = 1;
  });
}

/** Share of the thresholds θ of .5, .55, …, .95 for which the relative error is at most 1 − θ. */
function meanRelativeAccuracy(relativeError: number): number {
  let passed = 0;
  for (let percent = 5; percent <= 50; percent += 5) {
    if (relativeError <= percent / 100 + LAST_BIT) passed += 1;
  }
  return passed / 10;
}

/** Least squares of said on true. */
function lineOf(s: Float64Array): { slope: number; intercept: number } | undefined {
  const n = itemAt(s, SUM.answered);
  const [x, y] = [itemAt(s, SUM.x), itemAt(s, SUM.y)];
  const [xx, xy] = [itemAt(s, SUM.xx), itemAt(s, SUM.xy)];
  const spread = n * xx - x ** 2;
  // One value again and again has no slope; what is left of it is rounding.
  if (!(spread > 1e-9 * n * xx)) return undefined;
  const slope = (n * xy - x * y) / spread;
  return { slope, intercept: (y - slope * x) / n };
}

/** Bins of about a factor of two; what is above the last edge is one bin. */
const EDGES_M = [0, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10];

/** Figures of questions about lengths, by some length that each question has. */
export class LengthBins {
  readonly #bins = new Map<number, QuantityFigures>();

  add(
    lengthM: number,
    cluster: string,
    weights: Weights,
    truthM: number,
    said: SaidLength | undefined,
  ): void {
    // A length at an edge belongs to the bin above it.
    const bin = EDGES_M.findLastIndex((edge) => lengthM >= edge);
    let figures = this.#bins.get(bin);
    if (!figures) {
      figures = new QuantityFigures();
      this.#bins.set(bin, figures);
    }
    figures.add(cluster, weights, truthM, said);
  }

  /** Of bins that have questions. */
  metrics(): BinMetrics[] {
    return [...this.#bins]
      .sort(([a], [b]) => a - b)
      .map(([bin, figures]) => {
        const fromM = itemAt(EDGES_M, bin);
        const toM = EDGES_M[bin + 1] ?? Number.POSITIVE_INFINITY;
        return { ...namesOf(fromM, toM), fromM, toM, figures: figures.figures() };
      });
  }
}

function namesOf(fromM: number, toM: number): { name: string; label: string } {
  if (toM === Number.POSITIVE_INFINITY) return { name: `over_${fromM}m`, label: `over ${fromM} m` };
  const [scale, unit] = toM <= 1 ? [100, "cm"] : [1, "m"];
  const [from, to] = [Math.round(fromM * scale), Math.round(toM * scale)];
  return { name: `${from}_${to}${unit}`, label: `${from}–${to} ${unit}` };
}

const SIGMAS = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3] as const;

/** How often the truth is within k of the sigmas that came with an answer. */
export class SigmaCalibration {
  readonly #sums = new ClusterSums(1 + SIGMAS.length);
  readonly #row = new Float64Array(1 + SIGMAS.length);
  #asked = 0;

  add(cluster: string, weights: Weights, truthM: number, said: SaidLength | undefined): void {
    this.#asked += 1;
    if (!said || !(said.sigmaM > 0)) return;
    const inSigmas = Math.abs(said.valueM - truthM) / said.sigmaM;
    const row = this.#row.fill(0);
    row[0] = 1;
    for (const [i, sigmas] of SIGMAS.entries()) if (inSigmas <= sigmas) row[1 + i] = 1;
    this.#sums.add(cluster, weights, row);
  }

  points(): CalibrationPoint[] {
    if (this.#sums.total[0] === 0) return [];
    return SIGMAS.map((sigmas, i) => {
      const inside = { ...this.#sums.share(1 + i, 0, 0), of: this.#asked };
      return { sigmas, expected: errorFunction(sigmas / Math.SQRT2), inside };
    });
  }
}
