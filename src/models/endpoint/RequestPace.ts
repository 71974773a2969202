/**
 * When requests may be sent: evenly spaced under a rate limit, and not before a server that asked
 * for a pause wants to hear from anyone again.
 */
export class RequestPace {
  readonly #spacingMs: number;
  #nextMs = 0;
  #pausedUntilMs = 0;

  constructor(ratePerMinute: number | undefined) {
    this.#spacingMs = ratePerMinute === undefined ? 0 : 60_000 / ratePerMinute;
  }

  /** Takes the next free place: how long from now its request has to wait, ms. */
  waitMs(nowMs: number): number {
    const atMs = Math.max(nowMs, this.#pausedUntilMs, this.#nextMs);
    this.#nextMs = atMs + this.#spacingMs;
    return atMs - nowMs;
  }

  /** The server wants no request before this time. */
  pauseUntil(untilMs: number): void {
    this.#pausedUntilMs = Math.max(this.#pausedUntilMs, untilMs);
  }
}
