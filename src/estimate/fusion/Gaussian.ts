/** A linear form of a state: coefficient `values[i]` of the entry `indices[i]`. */
export interface LinearForm {
  readonly indices: readonly number[];
  readonly values: readonly number[];
}

/** A normal distribution over a state, changed in place: thousands of updates a second. */
export class Gaussian {
  readonly size: number;
  readonly mean: Float64Array;
  /** Row-major, symmetric. */
  readonly covariance: Float64Array;
  readonly #gain: Float64Array;

  constructor(size: number) {
    this.size = size;
    this.mean = new Float64Array(size);
    this.covariance = new Float64Array(size * size);
    this.#gain = new Float64Array(size);
  }

  clone(): Gaussian {
    const copy = new Gaussian(this.size);
    copy.mean.set(this.mean);
    copy.covariance.set(this.covariance);
    return copy;
  }

  at(row: number, column: number): number {
    return this.covariance[row * this.size + column] ?? 0;
  }

  /** Makes an entry independent of all others. */
  set(index: number, mean: number, sigma: number): void {
    const { size, covariance } = this;
    for (let i = 0; i < size; i++) {
      covariance[index * size + i] = 0;
      covariance[i * size + index] = 0;
    }
    covariance[index * size + index] = sigma ** 2;
    this.mean[index] = mean;
  }

  /** Adds independent noise to an entry. */
  widen(index: number, sigma: number): void {
    const at = index * this.size + index;
    this.covariance[at] = (this.covariance[at] ?? 0) + sigma ** 2;
  }

  /** Of a linear form. */
  variance({ indices, values }: LinearForm): number {
    const { size, covariance } = this;
    let sum = 0;
    for (let i = 0; i < indices.length; i++) {
      const row = (indices[i] ?? 0) * size;
      const value = values[i] ?? 0;
      for (let j = 0; j < indices.length; j++) {
        sum += value * (values[j] ?? 0) * (covariance[row + (indices[j] ?? 0)] ?? 0);
      }
    }
    return Math.max(sum, 0);
  }

  /**
   * Kalman update by a linear form that was seen `residual` away from where it was expected, with
   * `variance` of the residual (state and noise), taken for true with probability `share`. The
   * covariance carries the doubt (Bar-Shalom and Tse 1975).
   */
  update(form: LinearForm, residual: number, variance: number, share = 1): void {
    const spread = share * (1 - share) * (residual / variance) ** 2 - share / variance;
    this.tilt(form, (share * residual) / variance, spread);
  }

  /**
   * The update with a likelihood that is not normal, by the first and second derivative of its
   * logarithm by the form h: mean += first·P·h and P += second·P·h·hᵀ·P.
   */
  tilt({ indices, values }: LinearForm, first: number, second: number): void {
    const { size, mean, covariance } = this;
    const gain = this.#gain;
    for (let i = 0; i < size; i++) {
      const row = i * size;
      let sum = 0;
      for (let j = 0; j < indices.length; j++) {
        sum += (values[j] ?? 0) * (covariance[row + (indices[j] ?? 0)] ?? 0);
      }
      gain[i] = sum;
    }
    for (let i = 0; i < size; i++) {
      const gi = gain[i] ?? 0;
      if (gi === 0) continue;
      mean[i] = (mean[i] ?? 0) + first * gi;
      const row = i * size;
      const scaled = second * gi;
      for (let j = 0; j < size; j++) {
        covariance[row + j] = (covariance[row + j] ?? 0) + scaled * (gain[j] ?? 0);
      }
    }
  }

  /** Three entries become matrix · entries + shift. */
  transform(index: number, matrix: readonly number[], shift: readonly number[]): void {
    const { size, mean, covariance } = this;
    const turned = (a: number, b: number, c: number, row: number) =>
      (matrix[3 * row] ?? 0) * a + (matrix[3 * row + 1] ?? 0) * b + (matrix[3 * row + 2] ?? 0) * c;
    const turn = (values: Float64Array, first: number, step: number) => {
      const a = values[first] ?? 0;
      const b = values[first + step] ?? 0;
      const c = values[first + 2 * step] ?? 0;
      for (let row = 0; row < 3; row++) values[first + row * step] = turned(a, b, c, row);
    };
    turn(mean, index, 1);
    for (let row = 0; row < 3; row++) {
      mean[index + row] = (mean[index + row] ?? 0) + (shift[row] ?? 0);
    }
    for (let i = 0; i < size; i++) turn(covariance, i * size + index, 1);
    for (let i = 0; i < size; i++) turn(covariance, index * size + i, size);
  }

  /** An entry becomes a linear form of the state, plus a constant and independent noise. */
  assign(index: number, { indices, values }: LinearForm, constant: number, sigma: number): void {
    const { size, mean, covariance } = this;
    const row = this.#gain;
    let value = constant;
    let variance = sigma ** 2;
    for (let j = 0; j < indices.length; j++) {
      value += (values[j] ?? 0) * (mean[indices[j] ?? 0] ?? 0);
    }
    for (let i = 0; i < size; i++) {
      let sum = 0;
      for (let j = 0; j < indices.length; j++) {
        sum += (values[j] ?? 0) * (covariance[i * size + (indices[j] ?? 0)] ?? 0);
      }
      row[i] = sum;
    }
    for (let j = 0; j < indices.length; j++)
      variance += (values[j] ?? 0) * (row[indices[j] ?? 0] ?? 0);
    for (let i = 0; i < size; i++) {
      covariance[index * size + i] = row[i] ?? 0;
      covariance[i * size + index] = row[i] ?? 0;
    }
    covariance[index * size + index] = Math.max(variance, 0);
    mean[index] = value;
  }

  /** Adds covariance between two entries (once for each order). */
  addCovariance(row: number, column: number, amount: number): void {
    const at = row * this.size + column;
    this.covariance[at] = (this.covariance[at] ?? 0) + amount;
  }

  /**
   * Moves by `shift` standard deviations along what a linear form varies with, of whose variance
   * `left` is kept: one part of a normal distribution that was split.
   */
  part(form: LinearForm, shift: number, left: number): void {
    const variance = this.variance(form);
    if (variance > 0) this.tilt(form, shift / Math.sqrt(variance), (left - 1) / variance);
  }

  /** An entry decays towards 0: multiplied by `kept`, with noise added. */
  decay(index: number, kept: number, noiseVariance: number): void {
    const { size, mean, covariance } = this;
    mean[index] = kept * (mean[index] ?? 0);
    for (let i = 0; i < size; i++) {
      covariance[index * size + i] = kept * (covariance[index * size + i] ?? 0);
      covariance[i * size + index] = kept * (covariance[i * size + index] ?? 0);
    }
    const at = index * size + index;
    covariance[at] = (covariance[at] ?? 0) + noiseVariance;
  }

  /** Becomes the mixture of itself and another in the given proportion (moments matched). */
  merge(other: Gaussian, share: number): void {
    const { size, mean, covariance } = this;
    for (let i = 0; i < size; i++) {
      const di = (other.mean[i] ?? 0) - (mean[i] ?? 0);
      for (let j = 0; j < size; j++) {
        const dj = (other.mean[j] ?? 0) - (mean[j] ?? 0);
        const at = i * size + j;
        covariance[at] =
          (1 - share) * (covariance[at] ?? 0) +
          share * (other.covariance[at] ?? 0) +
          share * (1 - share) * di * dj;
      }
    }
    for (let i = 0; i < size; i++) {
      mean[i] = (mean[i] ?? 0) + share * ((other.mean[i] ?? 0) - (mean[i] ?? 0));
    }
  }
}
