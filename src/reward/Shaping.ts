import type { ShapingSpec } from "../task/index.js";

/**
 * Potential-based shaping of one episode, F = scale · (gamma · Φ(s') − Φ(s))
 * (Ng, Harada, Russell 1999), with Φ = 0 in the terminal state.
 *
 * An image that does not tell Φ keeps the last known Φ, for as long as it takes; so do images
 * after it. Hence, over images t = 0 … T, whatever is missing,
 *
 *   sum over t = 1 … T of gamma^(t−1) · F_t = scale · (gamma^T · Φ_T − gamma^k · Φ_k)
 *
 * where k is the first image that tells Φ (0, as a rule; F = 0 up to and including it), and
 * Φ_T = 0 when the episode has ended.
 */
export class Shaping {
  readonly #gamma: number;
  readonly #scale: number;
  #potential: number | undefined;

  constructor({ gamma, scale }: Pick<ShapingSpec, "gamma" | "scale">) {
    this.#gamma = gamma;
    this.#scale = scale;
  }

  /** F of the step to an image; `undefined` where the image does not tell Φ. */
  step(potential: number | undefined): number {
    const before = this.#potential;
    const now = potential ?? before;
    this.#potential = now;
    if (before === undefined || now === undefined) return 0;
    return this.#scale * (this.#gamma * now - before);
  }

  /** F of the step into the terminal state. */
  end(): number {
    return this.step(0);
  }
}
