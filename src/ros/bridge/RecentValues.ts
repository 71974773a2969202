/** Numbers of the last while: latencies, or just how many there were. */
export class RecentValues {
  readonly #spanMs: number;
  readonly #nowMs: () => number;
  readonly #entries: { readonly atMs: number; readonly value: number }[] = [];

  constructor(spanMs: number, nowMs: () => number) {
    this.#spanMs = spanMs;
    this.#nowMs = nowMs;
  }

  add(value = 1): void {
    this.#entries.push({ atMs: this.#nowMs(), value });
    this.#forget();
  }

  /** Entries a second. */
  get rateHz(): number {
    this.#forget();
    return (this.#entries.length * 1000) / this.#spanMs;
  }

  /** NaN without any. @param share 0.5: the median */
  percentile(share: number): number {
    this.#forget();
    const sorted = this.#entries.map(({ value }) => value).sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
  }

  #forget(): void {
    const horizonMs = this.#nowMs() - this.#spanMs;
    const kept = this.#entries.findIndex(({ atMs }) => atMs > horizonMs);
    this.#entries.splice(0, kept < 0 ? this.#entries.length : kept);
  }
}
