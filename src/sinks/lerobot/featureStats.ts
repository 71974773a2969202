/** Of the shares of values below them, by LeRobot's names. */
const QUANTILES = { q01: 0.01, q10: 0.1, q50: 0.5, q90: 0.9, q99: 0.99 } as const;
const MOMENTS = ["min", "max", "mean", "std"] as const;
const NAMES = [...MOMENTS, ...(Object.keys(QUANTILES) as (keyof typeof QUANTILES)[])];

type StatName = (typeof NAMES)[number];

/**
 * What LeRobot keeps of a feature to normalise it: one number for each of its values (of a picture:
 * for each channel, 0 to 1), and how many rows or pictures they are of.
 */
export type FeatureStats = Readonly<Record<StatName, readonly number[]>> & {
  readonly count: number;
};

/**
 * The statistics of one episode's values. What is not known (NaN) is left out; LeRobot's own code
 * does not take it at all.
 *
 * @param columns for each of the feature's values, those of the episode's rows
 * @returns undefined where one of them is never known
 */
export function statsOf(columns: readonly ArrayLike<number>[]): FeatureStats | undefined {
  const known = columns.map((column) => Float64Array.from(column).filter(Number.isFinite));
  if (known.length === 0 || known.some(({ length }) => length === 0)) return undefined;
  const counted = known.map((values) => summary(values, new Float64Array(values.length).fill(1)));
  return assembled(counted, Math.max(...known.map(({ length }) => length)));
}

/** A side from which on LeRobot looks at every so many pixels only, and the side that is left. */
const LARGE_PX = 300;
const TARGET_PX = 150;

/** The statistics of an episode's pictures, by LeRobot's rule of which of them and which pixels. */
export class PictureStats {
  readonly #wanted: ReadonlySet<number>;
  /** How often each value from 0 to 255 occurs, by channel. */
  readonly #counts = [0, 1, 2].map(() => new Float64Array(256));
  #pictures = 0;

  /** @param length pictures of the episode */
  constructor(length: number) {
    this.#wanted = new Set(sampledIndices(length));
  }

  /** @param index counts the episode's pictures from 0 */
  wants(index: number): boolean {
    return this.#wanted.has(index);
  }

  add({
    width,
    height,
    data,
  }: {
    readonly width: number;
    readonly height: number;
    /** Packed r, g, b. */
    readonly data: Uint8Array;
  }): void {
    const isLarge = Math.max(width, height) >= LARGE_PX;
    const longer = width > height ? width : height;
    const step = isLarge ? Math.max(1, Math.floor(longer / TARGET_PX)) : 1;
    const [red, green, blue] = this.#counts as [Float64Array, Float64Array, Float64Array];
    for (let y = 0; y < height; y += step) {
      for (let x = 0; x < width; x += step) {
        const at = 3 * (y * width + x);
        bump(red, data[at]);
        bump(green, data[at + 1]);
        bump(blue, data[at + 2]);
      }
    }
    this.#pictures += 1;
  }

  /** Undefined before the first picture. */
  stats(): FeatureStats | undefined {
    if (this.#pictures === 0) return undefined;
    const summaries = this.#counts.map((counts) => {
      const values = [...counts.keys()].filter((value) => (counts[value] ?? 0) > 0);
      const weights = values.map((value) => counts[value] ?? 0);
      return summary(Float64Array.from(values), Float64Array.from(weights));
    });
    const scaled = summaries.map((each) =>
      Object.fromEntries(NAMES.map((name) => [name, each[name] / 255])),
    ) as Summary[];
    return assembled(scaled, this.#pictures);
  }
}

function bump(counts: Float64Array, value = 0): void {
  counts[value] = (counts[value] ?? 0) + 1;
}

/** Which pictures of an episode LeRobot looks at: all up to 100, then fewer and fewer. */
function sampledIndices(length: number): number[] {
  const least = Math.min(100, length);
  const count = Math.max(least, Math.min(Math.trunc(length ** 0.75), 10_000));
  if (count === 1) return [0];
  return Array.from({ length: count }, (_, i) => evenRound((i * (length - 1)) / (count - 1)));
}

/** As NumPy rounds: halves to the even neighbour. */
function evenRound(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/**
 * The statistics of several episodes together. Quantiles are the episodes' means weighted by their
 * counts, which is LeRobot's approximation.
 */
export function joinStats(parts: readonly FeatureStats[]): FeatureStats | undefined {
  const [first] = parts;
  if (!first) return undefined;
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  const joined = first.mean.map((_, i) => {
    const of = (name: StatName) => parts.map((part) => part[name][i] ?? 0);
    const weighted = (values: readonly number[]) =>
      values.reduce((sum, value, k) => sum + value * (parts[k]?.count ?? 0), 0) / count;
    const mean = weighted(of("mean"));
    const means = of("mean");
    const variance = weighted(of("std").map((std, k) => std ** 2 + ((means[k] ?? 0) - mean) ** 2));
    return Object.fromEntries(
      NAMES.map((name) => {
        if (name === "min") return [name, Math.min(...of(name))];
        if (name === "max") return [name, Math.max(...of(name))];
        if (name === "std") return [name, Math.sqrt(variance)];
        return [name, weighted(of(name))];
      }),
    ) as Summary;
  });
  return assembled(joined, count);
}

type Summary = Record<StatName, number>;

function assembled(summaries: readonly Summary[], count: number): FeatureStats {
  const lists = NAMES.map((name) => [name, summaries.map((each) => each[name])]);
  return { ...(Object.fromEntries(lists) as Record<StatName, number[]>), count };
}

/** Of values that occur so often. */
function summary(values: Float64Array, weights: Float64Array): Summary {
  let [min, max, total, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (const [i, value] of values.entries()) {
    const weight = weights[i] ?? 0;
    min = Math.min(min, value);
    max = Math.max(max, value);
    total += weight;
    sum += weight * value;
  }
  const mean = sum / total;
  let squares = 0;
  for (const [i, value] of values.entries()) squares += (weights[i] ?? 0) * (value - mean) ** 2;
  const moments = { min, max, mean, std: Math.sqrt(squares / total) };
  if (total < 2) {
    const all = Object.keys(QUANTILES).map((name) => [name, mean]);
    return { ...moments, ...(Object.fromEntries(all) as Record<keyof typeof QUANTILES, number>) };
  }
  return { ...moments, ...quantiles(values, weights, total, min, max) };
}

/** Bins of the histogram that quantiles are read from, and the margin around it. */
const BINS = 5000;
const MARGIN = 1e-10;

function quantiles(
  values: Float64Array,
  weights: Float64Array,
  total: number,
  min: number,
  max: number,
): Record<keyof typeof QUANTILES, number> {
  const low = min - MARGIN;
  const width = (max + MARGIN - low) / BINS;
  const sums = new Float64Array(BINS);
  for (const [i, value] of values.entries()) {
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor((value - low) / width)));
    sums[bin] = (sums[bin] ?? 0) + (weights[i] ?? 0);
  }
  for (let bin = 1; bin < BINS; bin++) sums[bin] = (sums[bin] ?? 0) + (sums[bin - 1] ?? 0);
  const at = (share: number): number => {
    const wanted = share * total;
    const bin = sums.findIndex((sum) => sum >= wanted);
    if (bin === 0) return low;
    if (bin < 0) return low + BINS * width;
    const before = sums[bin - 1] ?? 0;
    return low + width * (bin + (wanted - before) / ((sums[bin] ?? 0) - before));
  };
  const found = Object.entries(QUANTILES).map(([name, share]) => [name, at(share)]);
  return Object.fromEntries(found) as Record<keyof typeof QUANTILES, number>;
}
