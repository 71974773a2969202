/** One line of the benchmark table: ours against a base, measured in the same run. */
export interface BenchRow {
  readonly name: string;
  /** Measured figures, in `unit`. */
  readonly ours: number;
  readonly base: number;
  readonly unit: string;
  /** What `base` is: `sharp alone`, `bare @mcap/core`, … */
  readonly baseName: string;
  /** ours / base must not exceed this; absent where the row only informs. */
  readonly goalRatio?: number;
}

/** A benchmark file's default export. */
export type Bench = () => Promise<readonly BenchRow[]>;
