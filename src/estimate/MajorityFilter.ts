import { type Estimate, held, secondsBetween, type ValueFilter } from "./Estimate.js";

/**
 * Filters yes/no answers and choices: the majority of the last `window` answers, 1 or 0 (a draw
 * keeps the newest). Sigma is the root mean square error of saying so, by the mean of the stated
 * confidences (as in `answerNumber`). No motion model: an answer shows after a majority has given
 * it. Misses hold and lapse as for quantities.
 */
export class MajorityFilter implements ValueFilter {
  readonly #window: number;
  readonly #stalenessS: number;
  /** Probabilities that the answer is 1. */
  #recent: number[] = [];
  #last: { readonly value: number; readonly sigma: number } | undefined;
  #stampNs = 0n;
  #lapsed = false;

  constructor(window: number, stalenessS: number) {
    this.#window = window;
    this.#stalenessS = stalenessS;
  }

  /** @param sigma √(1 − p) of an answer whose confidence is p */
  sample(stampNs: bigint, value: number, sigma: number): Estimate {
    if (this.#lapsed) this.#recent = [];
    this.#lapsed = false;
    this.#stampNs = stampNs;
    this.#recent.push(probabilityOfOne(value, sigma));
    if (this.#recent.length > this.#window) this.#recent.shift();
    const ones = this.#recent.filter((p) => p > 0.5).length;
    const lead = 2 * ones - this.#recent.length;
    const majority = lead === 0 ? value : lead > 0 ? 1 : 0;
    const one = this.#recent.reduce((sum, p) => sum + p, 0) / this.#recent.length;
    this.#last = { value: majority, sigma: Math.sqrt(majority === 1 ? 1 - one : one) };
    return { ...this.#last, validity: "ok", reason: "" };
  }

  miss(stampNs: bigint, reason: string): Estimate {
    const ageS = secondsBetween(this.#stampNs, stampNs);
    const estimate = held(this.#last, ageS, this.#stalenessS, reason);
    this.#lapsed = estimate.validity === "invalid";
    return estimate;
  }
}

function probabilityOfOne(value: number, sigma: number): number {
  const wrong = Math.min(sigma ** 2, 1);
  return value === 1 ? 1 - wrong : wrong;
}
