import { quickselect } from "d3-array";
import type { PointCloud } from "./PointCloud.js";

/**
 * Indices of the points whose mean distance to their nearest `neighbours` points is at most
 * `sigmas` standard deviations above the mean of that distance over all points: Open3D's
 * statistical outlier removal. Clouds of no more than `neighbours` points are kept whole.
 *
 * Brute force over pairs: made for a few hundred points.
 */
export function statisticalInliers(
  { count, xyz }: PointCloud,
  neighbours = 50,
  sigmas = 1.2,
): Uint32Array {
  if (count <= neighbours) return Uint32Array.from({ length: count }, (_, i) => i);
  const meanDistance = new Float64Array(count);
  const squares = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < count; j++) {
      const dx = xyz[3 * i]! - xyz[3 * j]!;
      const dy = xyz[3 * i + 1]! - xyz[3 * j + 1]!;
      const dz = xyz[3 * i + 2]! - xyz[3 * j + 2]!;
      squares[j] = dx * dx + dy * dy + dz * dz;
    }
    // The point itself is the nearest, at distance 0.
    quickselect(squares, neighbours);
    let sum = 0;
    for (let k = 0; k <= neighbours; k++) sum += Math.sqrt(squares[k]!);
    meanDistance[i] = sum / neighbours;
  }
  const mean = meanDistance.reduce((sum, d) => sum + d, 0) / count;
  const variance = meanDistance.reduce((sum, d) => sum + (d - mean) ** 2, 0) / count;
  const limit = mean + sigmas * Math.sqrt(variance);
  const kept = new Uint32Array(count);
  let n = 0;
  for (let i = 0; i < count; i++) if (meanDistance[i]! <= limit) kept[n++] = i;
  return kept.subarray(0, n);
}
