import { inverted } from "../base/index.js";

/** Values of a model's parameters that fit best, and how sure they are. */
export interface Fitted {
  readonly values: readonly number[];
  /** Standard deviation of each value. */
  readonly sigmas: readonly number[];
  /** Mean of the robust cost of a sample, in squares of the tolerance: 1 is what a stray one costs. */
  readonly cost: number;
}

/** How far samples may be from where they should be, metres and share of the distance. */
const TOLERANCE_M = 0.015;
const TOLERANCE_SHARE = 0.01;

/** Of a sample at a distance, m. */
export function toleranceM(distanceM: number): number {
  return TOLERANCE_M + TOLERANCE_SHARE * Math.abs(distanceM);
}

/** How much wider at first. */
const WIDE = 5;
/** Of the samples, as many are independent: what is hidden of a thing changes slowly. */
const EFFECTIVE = 6;

/** What is to be small: three residuals for each sample, in units of the tolerance. */
export interface Model {
  readonly residuals: (values: readonly number[], out: Float64Array) => void;
  /** By how much each value changes the residuals, where that is the same whatever the values are. */
  readonly slopes?: readonly Float64Array[];
}

/**
 * The robust fit that is found from a start which may be far from it: there only a wide tolerance shows
 * the way.
 *
 * @param modelOf of a width of the tolerance, 1: as usual
 * @param slack by how much the tolerance is wider than usual in the end
 */
export function fitFromAfar(
  start: readonly number[],
  samples: number,
  modelOf: (width: number) => Model,
  slack: number,
): Fitted | undefined {
  const near = fitRoughly(start, samples, modelOf, slack);
  return near && fitRobustly(near.values, samples, modelOf(slack), EFFECTIVE);
}

/** The first half of that: what is near to the best, by a wide tolerance. */
export function fitRoughly(
  start: readonly number[],
  samples: number,
  modelOf: (width: number) => Model,
  slack: number,
): Fitted | undefined {
  return fitRobustly(start, samples, modelOf(WIDE * slack), EFFECTIVE);
}

const ITERATIONS = 12;
const DELTA = 1e-4;

/**
 * Gauss-Newton with the weights of Geman and McClure: a sample far beyond the tolerance costs 1,
 * wherever it is.
 *
 * @param effective how many of the samples count as independent of each other
 */
function fitRobustly(
  start: readonly number[],
  samples: number,
  { residuals, slopes: known }: Model,
  effective: number,
): Fitted | undefined {
  let values = [...start];
  const at = new Float64Array(3 * samples);
  const moved = new Float64Array(3 * samples);
  const slopes = known ?? values.map(() => new Float64Array(3 * samples));
  const weights = new Float64Array(samples);
  let sigmas = values.map(() => Number.POSITIVE_INFINITY);
  residuals(values, at);
  let cost = costOf(at, samples);
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    if (!known) {
      slopes.forEach((column, k) => {
        residuals(values.with(k, (values[k] ?? 0) + DELTA), moved);
        for (let i = 0; i < column.length; i++) {
          column[i] = ((moved[i] ?? 0) - (at[i] ?? 0)) / DELTA;
        }
      });
    }
    const counted = weigh(weights, at);
    const matrix = slopes.map((column) =>
      Float64Array.from(slopes, (other) => weightedProduct(column, other, weights)),
    );
    const uphill = slopes.map((column) => weightedProduct(column, at, weights));
    const inverse = inverted(matrix);
    if (!inverse) return undefined;
    const next = values.map((value, k) => value - sumOfProducts(inverse[k] ?? [], uphill));
    residuals(next, moved);
    const nextCost = costOf(moved, samples);
    const rest = Math.max(cost / Math.max(1e-9, 1 - cost), 0.01);
    sigmas = inverse.map((row, k) =>
      Math.sqrt(Math.abs(row[k] ?? 0) * (rest / 3) * Math.max(1, counted / effective)),
    );
    if (!(nextCost < cost)) break;
    const gain = cost - nextCost;
    [values, cost] = [next, nextCost];
    at.set(moved);
    if (gain < 1e-7) break;
  }
  return { values, sigmas, cost };
}

/** The weight of each sample, and their sum. */
function weigh(weights: Float64Array, residuals: Float64Array): number {
  let sum = 0;
  for (let s = 0; s < weights.length; s++) {
    const weight = 1 / (1 + squareOf(residuals, s)) ** 2;
    weights[s] = weight;
    sum += weight;
  }
  return sum;
}

/** Of two columns of residuals or slopes, by the weights of the samples. */
function weightedProduct(a: Float64Array, b: Float64Array, weights: Float64Array): number {
  let sum = 0;
  for (let s = 0, i = 0; s < weights.length; s++, i += 3) {
    const own =
      (a[i] ?? 0) * (b[i] ?? 0) +
      (a[i + 1] ?? 0) * (b[i + 1] ?? 0) +
      (a[i + 2] ?? 0) * (b[i + 2] ?? 0);
    sum += own * (weights[s] ?? 0);
  }
  return sum;
}

function sumOfProducts(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

function squareOf(residuals: Float64Array, sample: number): number {
  const at = 3 * sample;
  const x = residuals[at] ?? 0;
  const y = residuals[at + 1] ?? 0;
  const z = residuals[at + 2] ?? 0;
  return x * x + y * y + z * z;
}

function costOf(residuals: Float64Array, samples: number): number {
  let sum = 0;
  for (let s = 0; s < samples; s++) {
    const square = squareOf(residuals, s);
    sum += Number.isFinite(square) ? square / (1 + square) : 1;
  }
  return sum / samples;
}
