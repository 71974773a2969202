/** Stamps jitter: an image this part of a period early still fills its place. */
const EARLY_PARTS = 20n;

/**
 * Thins a stream of stamps to a rate: the first is kept, then each that reaches the next point of
 * a grid from the first on. It depends on the stamps alone. A stamp before the first (a looped
 * recording) begins a new grid.
 */
export class FrameRate {
  readonly #periodNs: bigint | undefined;
  #firstNs: bigint | undefined;
  #nextNs = 0n;

  /** @param rateHz Everything is kept where absent. */
  constructor(rateHz: number | undefined) {
    this.#periodNs = rateHz === undefined ? undefined : BigInt(Math.round(1e9 / rateHz));
  }

  keeps(stampNs: bigint): boolean {
    const periodNs = this.#periodNs;
    if (periodNs === undefined) return true;
    if (this.#firstNs === undefined || stampNs < this.#firstNs) {
      this.#firstNs = stampNs;
      this.#nextNs = stampNs + periodNs;
      return true;
    }
    const earlyNs = periodNs / EARLY_PARTS;
    if (stampNs + earlyNs < this.#nextNs) return false;
    const passed = (stampNs + earlyNs - this.#firstNs) / periodNs;
    this.#nextNs = this.#firstNs + (passed + 1n) * periodNs;
    return true;
  }
}
