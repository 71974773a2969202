import type { ShapingSpec } from "../task/index.js";

/**
 * Potential-based shaping of one episode, F = scale · (gamma · Φ(s') − Φ(s))
 * (Ng, Harada, Russell 1999), with Φ = 0 in the terminal state.
 *
 * An image without a value for Φ keeps the last known Φ, for as long as it takes; so do images
 * after it. Hence, over images t = 0 … T, no matter what is missing,
 *
 *   sum over t = 1 … T of gamma^(t−1) · F_t = scale · (gamma^T · Φ_T − gamma^k · Φ_k)
 *
 * where k is the first image with a value for Φ (usually 0; F = 0 up to and including it), and Φ_T
 * = 0 when the episode has ended.
 */
export class Shaping {
  readonly #gamma: number;
  readonly #scale: number;
  #potential: number | undefined;

  constructor({ gamma, scale }: Pick<ShapingSpec, "gamma" | "scale">) {
    this.#gamma = gamma;
    this.#scale = scale;
  }

  /** One that goes on from here by itself. */
  fork(): Shaping {
    const fork = new Shaping({ gamma: this.#gamma, scale: this.#scale });
    fork.#potential = this.#potential;
    return fork;
  }

  /** F of the step to an image; `undefined` if the image has no value for Φ. */
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
