import {
  linearRegression,
  mean,
  median,
  sampleCorrelation,
  sampleRankCorrelation,
} from "simple-statistics";

/** A value made from `n` of the `of` things that it speaks of; undefined where it has no meaning. */
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

/** Pearson's r; undefined where one side is constant. */
export function pearson(x: readonly number[], y: readonly number[]): number | undefined {
  return varies(x) && varies(y) ? sampleCorrelation(x, y) : undefined;
}

/** Spearman's rho on mid-ranks (ties share the mean of their ranks); undefined where one side is constant. */
export function spearman(x: readonly number[], y: readonly number[]): number | undefined {
  return varies(x) && varies(y) ? sampleRankCorrelation(x, y) : undefined;
}

/** Least-squares line of y on x: y ≈ slope · x + intercept; undefined where x is constant. */
export function leastSquares(
  x: readonly number[],
  y: readonly number[],
): { readonly slope: number; readonly intercept: number } | undefined {
  if (!varies(x)) return undefined;
  const { m, b } = linearRegression(x.map((value, i) => [value, y[i]!]));
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
