import type { Vec3 } from "../../base/index.js";
import type { Gaussian } from "./Gaussian.js";
import { formAlong, type Place } from "./lengths.js";

/** What a mixture of normal distributions says, where most of it says something. */

const MOST_OF_IT = 0.5;

/** A normal distribution of a mixture. */
export interface MixturePart {
  readonly weight: number;
  readonly meanM: number;
  readonly sigmaM: number;
}

/** A length that the joint belief gives. */
export interface FusedLength {
  readonly valueM: number;
  readonly sigmaM: number;
  /** Lengths that are each as likely, m; the k-th of all lengths of an image belong together. */
  readonly drawsM: readonly number[];
}

/**
 * The median of a length, its spread, and draws of it.
 *
 * @param all undefined where a part does not say anything
 * @param drawn for each draw, the index of its part
 * @param normals for each draw
 */
export function fusedLength(
  all: readonly (MixturePart | undefined)[],
  drawn: readonly number[],
  normals: Float64Array,
): FusedLength | undefined {
  const parts = all.filter((part) => part !== undefined);
  let [sum, first, second] = [0, 0, 0];
  for (const { weight, meanM, sigmaM } of parts) {
    sum += weight;
    first += weight * meanM;
    second += weight * (meanM ** 2 + sigmaM ** 2);
  }
  if (sum < MOST_OF_IT) return undefined;
  const meanM = first / sum;
  const valueM = medianOf(parts, sum);
  const variance = second / sum - meanM ** 2;
  const drawsM = drawn.map((index, k) => {
    const part = all[index];
    return part ? part.meanM + part.sigmaM * (normals[k] ?? 0) : valueM;
  });
  return { valueM, sigmaM: Math.sqrt(Math.max(variance, 0) + (valueM - meanM) ** 2), drawsM };
}

/**
 * The median of a mixture of normal distributions: of all values the one with the least expected
 * error. A logistic curve stands for the normal one (they differ by less than 0.01).
 */
function medianOf(parts: readonly MixturePart[], sum: number): number {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const { meanM } of parts) {
    low = Math.min(low, meanM);
    high = Math.max(high, meanM);
  }
  while (high - low > 5e-4) {
    const middle = (low + high) / 2;
    let below = 0;
    for (const { weight, meanM, sigmaM } of parts) {
      below += weight / (1 + Math.exp((-1.702 * (middle - meanM)) / (sigmaM + 1e-6)));
    }
    if (below < sum / 2) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Where a hypothesis has an object. */
export interface PlacePart {
  readonly weight: number;
  readonly belief: Gaussian;
  readonly place: Place;
}

export interface FusedPlace {
  /** In the fixed frame, m. */
  readonly positionM: Vec3;
  /** Row-major, 3x3, m². */
  readonly covarianceM2: readonly number[];
}

/** The mean of a place and its covariance. */
export function fusedPlace(parts: readonly PlacePart[]): FusedPlace | undefined {
  let known = 0;
  const mean = [0, 0, 0];
  const second = new Array<number>(9).fill(0);
  for (const { weight, belief, place } of parts) {
    known += weight;
    for (const row of [0, 1, 2] as const) {
      const at = place.position[row];
      mean[row] = (mean[row] ?? 0) + weight * at;
      for (const column of [0, 1, 2] as const) {
        const square = at * place.position[column] + covariance(belief, place, row, column);
        second[3 * row + column] = (second[3 * row + column] ?? 0) + weight * square;
      }
    }
  }
  if (known < MOST_OF_IT) return undefined;
  const [x = 0, y = 0, z = 0] = mean.map((sum) => sum / known);
  const positionM: Vec3 = [x, y, z];
  const covarianceM2 = second.map(
    (sum, i) => sum / known - (positionM[Math.floor(i / 3)] ?? 0) * (positionM[i % 3] ?? 0),
  );
  return { positionM, covarianceM2 };
}

/** Of two coordinates of a place in the fixed frame, m²: by var(a + b) = var a + 2 cov + var b. */
function covariance(belief: Gaussian, place: Place, row: number, column: number): number {
  const axis = (i: number): Vec3 => [i === 0 ? 1 : 0, i === 1 ? 1 : 0, i === 2 ? 1 : 0];
  const along = (direction: Vec3) => belief.variance(formAlong(place, direction, 1));
  if (row === column) return along(axis(row));
  const [a, b] = [axis(row), axis(column)];
  const both: Vec3 = [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
  return (along(both) - along(a) - along(b)) / 2;
}
