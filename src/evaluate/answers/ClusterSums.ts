import { quantileSorted } from "d3-array";
import { fnv1a, itemAt, mulberry32 } from "../../base/index.js";
import type { IntervalFigure } from "./AnswerMetrics.js";

/** Resampled sets behind each interval. */
const REPLICATES = 500;

/** P(X ≤ k) of a Poisson variable of mean 1, k = 0, 1, …; beyond that float64 knows no more. */
const POISSON_CDF = cumulativePoisson(12);

/** Fewer clusters than this give no information on their spread. */
const FEWEST_CLUSTERS = 5;

/** How often each resampled set contains a cluster. */
export type Weights = Uint8Array;

/**
 * How often a cluster is drawn into each resampled set: Poisson(1), which is what drawing n of n
 * with replacement comes to for large n. It depends on seed and name alone, so that rows of one
 * cluster are drawn together wherever they stand in a stream of unknown length
 * (Chamandy et al., "Estimating uncertainty for massive data streams", 2012).
 */
export function clusterWeights(cluster: string, seed: number): Weights {
  const random = mulberry32(fnv1a(cluster) ^ Math.imul(seed + 1, 0x9e3779b1));
  return Uint8Array.from({ length: REPLICATES }, () => {
    const u = random();
    let k = 0;
    while (u > (POISSON_CDF[k] ?? Number.POSITIVE_INFINITY)) k++;
    return k;
  });
}

/** A quantity with its 95 % interval; undefined if it has no meaning, or too little is known. */
export interface Estimate {
  readonly value: number | undefined;
  readonly interval: readonly [low: number, high: number] | undefined;
}

/**
 * Sums over rows, and the same sums over resampled sets of clusters: any figure that is a function
 * of sums gets its bootstrap interval in one pass, in memory that does not grow with the rows.
 */
export class ClusterSums {
  readonly total: Float64Array;
  readonly #replicates: Float64Array;
  readonly #clusters = new Set<string>();

  constructor(readonly size: number) {
    this.total = new Float64Array(size);
    this.#replicates = new Float64Array(size * REPLICATES);
  }

  add(cluster: string, weights: Weights, row: Float64Array): void {
    if (this.#clusters.size < FEWEST_CLUSTERS) this.#clusters.add(cluster);
    const { size } = this;
    const replicates = this.#replicates;
    for (let i = 0; i < size; i++) this.total[i]! += row[i]!;
    for (let b = 0; b < REPLICATES; b++) {
      const weight = weights[b]!;
      if (weight === 0) continue;
      const at = b * size;
      for (let i = 0; i < size; i++) replicates[at + i]! += weight * row[i]!;
    }
  }

  /** A function of the sums with the 2.5 and 97.5 percentiles of what resampling makes of it. */
  #estimate(of: (sums: Float64Array) => number | undefined): Estimate {
    const value = finite(of(this.total));
    if (value === undefined || this.#clusters.size < FEWEST_CLUSTERS) {
      return { value, interval: undefined };
    }
    const resampled: number[] = [];
    for (let b = 0; b < REPLICATES; b++) {
      const drawn = finite(of(this.#replicates.subarray(b * this.size, (b + 1) * this.size)));
      if (drawn !== undefined) resampled.push(drawn);
    }
    // Where most sets leave the figure without meaning, the rest are not a fair sample of it.
    if (resampled.length < REPLICATES / 2) return { value, interval: undefined };
    resampled.sort((a, b) => a - b);
    const [low = value, high = value] = [0.025, 0.975].map((p) => quantileSorted(resampled, p));
    return { value, interval: [low, high] };
  }

  /** An estimate with the sums that say of how many it speaks, by their positions. */
  figure(
    of: (sums: Float64Array) => number | undefined,
    known: number,
    asked: number,
  ): IntervalFigure {
    const { value, interval } = this.#estimate(of);
    const [n, all] = [itemAt(this.total, known), itemAt(this.total, asked)];
    return { value, n, of: all, ...(interval && { interval }) };
  }

  /** One sum as a part of another: of so many, out of so many that were asked. */
  share(part: number, whole: number, asked: number): IntervalFigure {
    return this.figure((sums) => itemAt(sums, part) / itemAt(sums, whole), whole, asked);
  }
}

function finite(value: number | undefined): number | undefined {
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

function cumulativePoisson(n: number): Float64Array {
  const cdf = new Float64Array(n);
  let term = Math.exp(-1);
  let sum = 0;
  for (let k = 0; k < n; k++) {
    sum += term;
    cdf[k] = sum;
    term /= k + 1;
  }
  return cdf;
}
