import { Random } from "../base/index.js";

/** A figure with its 95 % interval, resampling episodes; without one where there are too few. */
export interface CalibrationFigure {
  readonly value: number;
  readonly interval?: readonly [number, number];
}

const REPLICATES = 400;
/** Fewer clusters than this give no information on their spread. */
const FEWEST_CLUSTERS = 4;

/** The mean of values, with its 95 % percentile bootstrap interval that resamples clusters. */
export function clusterInterval(
  items: readonly { readonly cluster: string; readonly value: number }[],
): CalibrationFigure {
  const sums = new Map<string, { sum: number; count: number }>();
  for (const { cluster, value } of items) {
    const own = sums.get(cluster) ?? { sum: 0, count: 0 };
    sums.set(cluster, { sum: own.sum + value, count: own.count + 1 });
  }
  const clusters = [...sums.values()];
  const mean = (some: readonly { readonly sum: number; readonly count: number }[]) =>
    some.reduce((total, { sum }) => total + sum, 0) /
    Math.max(
      1,
      some.reduce((total, { count }) => total + count, 0),
    );
  const value = mean(clusters);
  if (clusters.length < FEWEST_CLUSTERS) return { value };
  const random = new Random(1, "intervals");
  const drawn = Array.from({ length: REPLICATES }, () =>
    mean(clusters.map(() => random.pick(clusters))),
  ).sort((a, b) => a - b);
  const at = (share: number) => drawn[Math.floor(share * (drawn.length - 1))] ?? value;
  return { value, interval: [at(0.025), at(0.975)] };
}
