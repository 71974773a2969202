import { setTimeout as sleep } from "node:timers/promises";

/** Lateness that is made up for: drawing takes longer than the moments between two images. */
const SLACK_MS = 250;

/**
 * Holds a simulation to the wall clock. One that is late by more than a moment continues from where
 * it is: the simulated time never skips, and is not hurried afterwards.
 */
export class Pacer {
  #lastMs: number | undefined;
  #lastS = 0;

  /** Waits until the simulated time is due, at `speed` simulated seconds a second. */
  async until(timeS: number, speed: number, signal: AbortSignal): Promise<void> {
    const nowMs = performance.now();
    const dueMs =
      this.#lastMs === undefined ? nowMs : this.#lastMs + ((timeS - this.#lastS) * 1000) / speed;
    this.#lastMs = Math.max(dueMs, nowMs - SLACK_MS);
    this.#lastS = timeS;
    // At least one turn of the event loop, in which services are answered.
    await sleep(Math.max(0, dueMs - nowMs), undefined, { signal });
  }

  /** The next moment is due at once, whichever it is. */
  restart(): void {
    this.#lastMs = undefined;
  }
}
