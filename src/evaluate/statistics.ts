import {
  linearRegression,
  mean,
  median,
  sampleCorrelation,
  sampleRankCorrelation,
} from "simple-statistics";
import { itemAt } from "../base/index.js";

/** A value made from `n` of the `of` items that it is about; undefined if it has no meaning. */
export interface Figure {
  readonly value: number | undefined;
  readonly n: number;
  readonly of: number;
}

export function meanOf(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : mean(values);
}

export function medianOf(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : median(values);
}

/** Pearson's r; undefined if one side is constant. */
export function pearson(x: readonly number[], y: readonly number[]): number | undefined {
  return varies(x) && varies(y) ? sampleCorrelation(x, y) : undefined;
}

/**
 * Spearman's rho on mid-ranks (ties share the mean of their ranks); undefined if one side is
 * constant.
 */
export function spearman(x: readonly number[], y: readonly number[]): number | undefined {
  return varies(x) && varies(y) ? sampleRankCorrelation(x, y) : undefined;
}

/** Least-squares line of y on x: y ≈ slope · x + intercept; undefined if x is constant. */
export function leastSquares(
  x: readonly number[],
  y: readonly number[],
): { readonly slope: number; readonly intercept: number } | undefined {
  if (!varies(x)) return undefined;
  const { m, b } = linearRegression(x.map((value, i) => [value, itemAt(y, i)]));
  return { slope: m, intercept: b };
}

/**
 * Area under the ROC curve of a score for a label: how often a positive scores above a negative,
 * a tie counting half. Undefined without both labels.
 */
export function auroc(
  positives: readonly number[],
  negatives: readonly number[],
): number | undefined {
  if (positives.length === 0 || negatives.length === 0) return undefined;
  let wins = 0;
  for (const positive of positives) {
    for (const negative of negatives) {
      wins += positive > negative ? 1 : positive === negative ? 0.5 : 0;
    }
  }
  return wins / (positives.length * negatives.length);
}

function varies(values: readonly number[]): boolean {
  return values.some((value) => value !== values[0]);
}

/**
 * Kendall's tau-b of paired values, which counts ties, in O(n log n) by Knight's merge-sort method
 * (JASA 61, 1966). Undefined if one side is constant or there are fewer than two pairs.
 */
export function kendallTau(x: readonly number[], y: readonly number[]): number | undefined {
  const n = x.length;
  const points = x.map((value, i) => ({ x: value, y: itemAt(y, i) }));
  points.sort((a, b) => a.x - b.x || a.y - b.y);
  const pairs = (n * (n - 1)) / 2;
  const tiedX = tiedPairs(points, (a, b) => a.x === b.x);
  const tiedBoth = tiedPairs(points, (a, b) => a.x === b.x && a.y === b.y);
  const sorted = Float64Array.from(points, (point) => point.y);
  const swaps = mergeSort(sorted);
  const tiedY = tiedPairs(sorted, (a, b) => a === b);

  const spread = (pairs - tiedX) * (pairs - tiedY);
  if (!(spread > 0)) return undefined;
  return (pairs - tiedX - tiedY + tiedBoth - 2 * swaps) / Math.sqrt(spread);
}

/** Pairs within runs of equal neighbours of a sorted sequence. */
function tiedPairs<T>(sorted: Iterable<T>, areEqual: (a: T, b: T) => boolean): number {
  let pairs = 0;
  let run = 0;
  let previous: T | undefined;
  for (const item of sorted) {
    run = previous !== undefined && areEqual(previous, item) ? run + 1 : 0;
    pairs += run;
    previous = item;
  }
  return pairs;
}

/** Sorts in place and returns how many pairs stood in the wrong order. */
function mergeSort(values: Float64Array): number {
  const n = values.length;
  let from: Float64Array = values;
  let to: Float64Array = new Float64Array(n);
  let swaps = 0;
  for (let width = 1; width < n; width *= 2) {
    for (let start = 0; start < n; start += 2 * width) {
      const middle = Math.min(start + width, n);
      const end = Math.min(start + 2 * width, n);
      let left = start;
      let right = middle;
      for (let k = start; k < end; k++) {
        if (left < middle && (right >= end || from[left]! <= from[right]!)) {
          to[k] = from[left++]!;
        } else {
          to[k] = from[right++]!;
          swaps += middle - left;
        }
      }
    }
    [from, to] = [to, from];
  }
  if (from !== values) values.set(from);
  return swaps;
}
