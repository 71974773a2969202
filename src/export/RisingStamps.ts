import { UserError } from "../base/index.js";

/** A recording from which no row of a data set can be made. */
export class ExportError extends UserError {
  override readonly code = "export.rows";
}

/** Messages may come this much later than those that were stamped after them, ns. */
const REORDER_NS = 1_000_000_000n;

/**
 * Watches that the stamps of a recording rise. Rows take what is known at their stamp: where stamps
 * come twice (a looped recording, a simulator that was reset), there would be two answers.
 */
export class RisingStamps {
  readonly #path: string;
  readonly #newest = new Map<string, bigint>();

  constructor(path: string) {
    this.#path = path;
  }

  /** @param name of the topic or camera @throws ExportError */
  check(name: string, stampNs: bigint): void {
    const newest = this.#newest.get(name) ?? stampNs;
    if (newest - stampNs > REORDER_NS) {
      const seconds = Number(newest - stampNs) / 1e9;
      throw new ExportError(
        `${this.#path}: the stamps of ${name} jump back by ${seconds.toFixed(1)} s (a looped ` +
          "recording, a simulator that was reset): split the recording there, and export the parts",
      );
    }
    if (stampNs >= newest) this.#newest.set(name, stampNs);
  }
}
