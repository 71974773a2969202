/** A normal distribution of a mixture. */
export interface MixturePart {
  readonly weight: number;
  readonly meanM: number;
  readonly sigmaM: number;
}

/**
 * The median of a mixture of normal distributions: of all values the one with the least expected
 * error. A logistic curve stands for the normal one (they differ by less than 0.01).
 */
export function medianOf(parts: readonly MixturePart[], sum: number): number {
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
