/** More points than a chart has pixels draw nothing that one could see. */
const MOST_BUCKETS = 900;

/**
 * Indices that draw a curve as all of its points would: of each bucket of neighbours the lowest
 * and the highest, the first missing value (it breaks the line), and the ends. All indices where
 * there are few.
 */
export function decimated(values: readonly number[]): number[] {
  const n = values.length;
  const width = Math.ceil(n / MOST_BUCKETS);
  if (width <= 2) return values.map((_, i) => i);
  const kept = new Set([0, n - 1]);
  for (let start = 0; start < n; start += width) {
    let low: number | undefined;
    let high: number | undefined;
    let missing: number | undefined;
    for (let i = start; i < Math.min(start + width, n); i++) {
      const value = values[i]!;
      if (Number.isNaN(value)) missing ??= i;
      else {
        if (low === undefined || value < values[low]!) low = i;
        if (high === undefined || value > values[high]!) high = i;
      }
    }
    for (const index of [low, high, missing]) if (index !== undefined) kept.add(index);
  }
  return [...kept].sort((a, b) => a - b);
}

/** At most `most` indices, evenly spread, with both ends. */
export function thinned(n: number, most: number): number[] {
  if (n <= most) return Array.from({ length: n }, (_, i) => i);
  return Array.from({ length: most }, (_, i) => Math.round((i * (n - 1)) / (most - 1)));
}
