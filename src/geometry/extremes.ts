/**
 * Smallest and largest value without the `trim` · n outermost on either side (at most `most`
 * values): what strays survive the outlier removal do not set an object's size. `values` is
 * sorted in place.
 */
export function trimmedExtremes(
  values: Float32Array,
  trim = 0.004,
  most = 8,
): readonly [low: number, high: number] {
  const sorted = values.sort();
  const skipped = Math.min(most, Math.floor(trim * sorted.length));
  return [sorted[skipped]!, sorted[sorted.length - 1 - skipped]!];
}
