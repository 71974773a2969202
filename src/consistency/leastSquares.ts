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

/** Three residuals for each sample, in units of the tolerance. */
type Residuals = (values: readonly number[], out: Float64Array) => void;

/**
 * The robust fit that is found from a start which may be far from it: there only a wide tolerance shows
 * the way.
 *
 * @param residualsOf of a width of the tolerance, 1: as usual
 * @param slack by how much the tolerance is wider than usual in the end
 */
export function fitFromAfar(
  start: readonly number[],
  samples: number,
  residualsOf: (width: number) => Residuals,
  slack: number,
): Fitted | undefined {
  const near = fitRobustly(start, samples, residualsOf(WIDE * slack), EFFECTIVE);
  return near && fitRobustly(near.values, samples, residualsOf(slack), EFFECTIVE);
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
  residuals: Residuals,
  effective: number,
): Fitted | undefined {
  const n = start.length;
  let values = [...start];
  const at = new Float64Array(3 * samples);
  const moved = new Float64Array(3 * samples);
  const jacobian = values.map(() => new Float64Array(3 * samples));
  let sigmas = values.map(() => Number.POSITIVE_INFINITY);
  residuals(values, at);
  let cost = costOf(at, samples);
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    for (let k = 0; k < n; k++) {
      residuals(values.with(k, (values[k] ?? 0) + DELTA), moved);
      const column = jacobian[k]!;
      for (let i = 0; i < column.length; i++) column[i] = (moved[i]! - at[i]!) / DELTA;
    }
    const matrix = values.map(() => new Float64Array(n + 1));
    let weights = 0;
    for (let s = 0; s < samples; s++) {
      const weight = 1 / (1 + squareOf(at, s)) ** 2;
      weights += weight;
      for (let axis = 3 * s; axis < 3 * s + 3; axis++) {
        for (let j = 0; j < n; j++) {
          const row = matrix[j]!;
          const slope = weight * jacobian[j]![axis]!;
          for (let k = 0; k <= j; k++) row[k]! += slope * jacobian[k]![axis]!;
          row[n]! -= slope * at[axis]!;
        }
      }
    }
    for (let j = 0; j < n; j++) for (let k = j + 1; k < n; k++) matrix[j]![k] = matrix[k]![j]!;
    const inverse = inverted(matrix.map((row) => row.subarray(0, n)));
    if (!inverse) return undefined;
    const step = inverse.map((row) => row.reduce((sum, v, k) => sum + v * matrix[k]![n]!, 0));
    const next = values.map((value, k) => value + step[k]!);
    residuals(next, moved);
    const nextCost = costOf(moved, samples);
    const rest = Math.max(cost / Math.max(1e-9, 1 - cost), 0.01);
    sigmas = inverse.map((row, k) =>
      Math.sqrt(Math.abs(row[k]!) * (rest / 3) * Math.max(1, weights / effective)),
    );
    if (!(nextCost < cost)) break;
    const gain = cost - nextCost;
    [values, cost] = [next, nextCost];
    at.set(moved);
    if (gain < 1e-7) break;
  }
  return { values, sigmas, cost };
}

function squareOf(residuals: Float64Array, sample: number): number {
  const at = 3 * sample;
  return residuals[at]! ** 2 + residuals[at + 1]! ** 2 + residuals[at + 2]! ** 2;
}

function costOf(residuals: Float64Array, samples: number): number {
  let sum = 0;
  for (let s = 0; s < samples; s++) {
    const square = squareOf(residuals, s);
    sum += Number.isFinite(square) ? square / (1 + square) : 1;
  }
  return sum / samples;
}

/** A square matrix's inverse, by Gauss and Jordan with pivots; undefined where it has none. */
export function inverted(matrix: readonly Float64Array[]): number[][] | undefined {
  const n = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...Array.from({ length: n }, (_, j) => +(i === j))]);
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let row = column + 1; row < n; row++) {
      if (Math.abs(rows[row]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = row;
    }
    const [chosen, top] = [rows[pivot]!, rows[column]!];
    if (!(Math.abs(chosen[column]!) > 1e-12)) return undefined;
    [rows[column], rows[pivot]] = [chosen, top];
    const scale = chosen[column]!;
    for (let k = 0; k < 2 * n; k++) chosen[k]! /= scale;
    for (const row of rows) {
      if (row === chosen) continue;
      const factor = row[column]!;
      for (let k = 0; k < 2 * n; k++) row[k]! -= factor * chosen[k]!;
    }
  }
  return rows.map((row) => row.slice(n));
}
