import { Credit } from "../annotate/index.js";
import { BusyError } from "../http/index.js";
import { type SpatialVlm, wrapVlm } from "../models/index.js";

/** Frames that a model is asked about before anything is known of its pace, s each. */
const FIRST_GUESS_S = 0.1;
/** Weight of the newest time in the running mean. */
const NEWEST = 0.1;

/**
 * Admits work to a model: as much at a time as it wishes, first come, first served; and no more
 * waits than the limit, so that an answer is never older than its client's patience.
 */
export class Turns {
  readonly #most: number;
  readonly #concurrency: number;
  readonly #credit: Credit;
  #admitted = 0;
  #meanS = FIRST_GUESS_S;

  constructor(most: number, concurrency: number) {
    this.#most = most;
    this.#concurrency = concurrency;
    this.#credit = new Credit(concurrency);
  }

  /** Steps that wait or are at work. */
  get admitted(): number {
    return this.#admitted;
  }

  /**
   * Does work that asks the model so many times.
   *
   * @throws BusyError where more would wait than may
   */
  async admit<T>(count: number, work: () => Promise<T>): Promise<T> {
    if (this.#admitted > 0 && this.#admitted + count > this.#most) {
      const seconds = Math.ceil((this.#admitted * this.#meanS) / this.#concurrency);
      throw new BusyError(
        `${this.#admitted} steps are waiting, and the server lets ${this.#most} wait: try again in ${seconds} s`,
        Math.max(1, seconds),
      );
    }
    this.#admitted += count;
    try {
      return await work();
    } finally {
      this.#admitted -= count;
    }
  }

  /** The model, asked in turn. */
  gate(vlm: SpatialVlm): SpatialVlm {
    return wrapVlm(vlm, {
      ask: async (frame, questions, signal) => {
        await this.#credit.take();
        try {
          signal.throwIfAborted();
          const startMs = performance.now();
          const answers = await vlm.ask(frame, questions, signal);
          const seconds = (performance.now() - startMs) / 1000;
          this.#meanS += NEWEST * (seconds - this.#meanS);
          return answers;
        } finally {
          this.#credit.give();
        }
      },
    });
  }
}
