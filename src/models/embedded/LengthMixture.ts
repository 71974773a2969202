/**
 * A distribution of lengths: a mixture of logistic distributions over u = asinh(v / scaleM),
 * which is logarithmic for lengths well above scaleM and linear about zero.
 */
export class LengthMixture {
  readonly #weights: readonly number[];
  readonly #means: ArrayLike<number>;
  readonly #scales: readonly number[];
  readonly #scaleM: number;

  /**
   * @param temperature widens (above 1) or narrows every component: what calibration found.
   */
  constructor(
    components: {
      readonly logWeights: ArrayLike<number>;
      readonly means: ArrayLike<number>;
      readonly scales: ArrayLike<number>;
    },
    scaleM: number,
    temperature = 1,
  ) {
    this.#weights = Array.from(components.logWeights, Math.exp);
    this.#means = components.means;
    this.#scales = Array.from(components.scales, (scale) => scale * temperature);
    this.#scaleM = scaleM;
  }

  /** The length in metres that the truth is below with probability `share`, 0 < share < 1. */
  quantile(share: number): number {
    // Each component's own quantile; the mixture's lies between the outermost.
    const logit = Math.log(share / (1 - share));
    const own = this.#scales.map((scale, index) => this.#means[index]! + scale * logit);
    let low = Math.min(...own);
    let high = Math.max(...own);
    // Halved until no double lies between.
    for (let middle = (low + high) / 2; low < middle && middle < high; middle = (low + high) / 2) {
      if (this.#below(middle) < share) low = middle;
      else high = middle;
    }
    return this.#scaleM * Math.sinh((low + high) / 2);
  }

  /** Half the width of the middle 68 %: the standard deviation, were the distribution a normal one. */
  get sigmaM(): number {
    return (this.quantile(0.84) - this.quantile(0.16)) / 2;
  }

  #below(u: number): number {
    return this.#weights.reduce(
      (sum, weight, index) =>
        sum + weight / (1 + Math.exp((this.#means[index]! - u) / this.#scales[index]!)),
      0,
    );
  }
}
