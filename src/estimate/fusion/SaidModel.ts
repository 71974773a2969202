import { type LengthCalibration, type SaidCurve, saidOf } from "../Calibration.js";
import type { Gaussian, LinearForm } from "./Gaussian.js";

/** Lengths below this are noisy as this one is, m. */
const LEAST_SCALE_M = 0.03;
const SOFTNESS_M = 0.003;

/** A length on a scale on which its noise is the same everywhere: like ln, but linear at 0. */
export function stable(lengthM: number): number {
  return Math.asinh(lengthM / LEAST_SCALE_M);
}

/** d stable / d length, 1/m */
export function stableSlope(lengthM: number): number {
  return 1 / Math.hypot(lengthM, LEAST_SCALE_M);
}

/** What is known of the way a model says lengths before it has said any. */
export interface SaidPrior {
  /** Mean and standard deviation of ln(slope), of the offset and of the floor, m. */
  readonly logSlope: readonly [mean: number, sigma: number];
  readonly offsetM: readonly [mean: number, sigma: number];
  readonly floorM: readonly [mean: number, sigma: number] | undefined;
  /** Correlation of slope and offset. */
  readonly tied?: number;
  /** Standard deviation of what is said on the stable scale, and its weight in answers. */
  readonly noise: readonly [sigma: number, weight: number];
  /** How likely it is that neighbouring answers err alike, and for how long they do, s. */
  readonly alike: number;
  readonly correlationS: number;
  /** What answers that err each by themselves have in common all the same, on the stable scale. */
  readonly distinctError: number;
  readonly knots?: SaidCurve["knots"];
  /** How likely it is that the model says lengths as they are, but for scatter. */
  readonly plainShare?: number;
}

/**
 * A model that says lengths as they are: standard deviations of ln(slope), of the offset and of the
 * floor, m. Narrow: what is biased is for the prior's other share.
 */
const PLAIN = { logSlope: 0.15, offsetM: 0.015, floorM: 0.01 };

/**
 * For a model that nobody has calibrated. The middle is near what SpatialVLM's figure 5 shows of a
 * model trained for lengths; the width lets a model that says lengths too long by half be found
 * out. A share is kept for models that say lengths as they are: from one straight approach the two
 * cannot be told apart, and a correction that is not needed would be an error of its own.
 */
export const UNCALIBRATED: SaidPrior = {
  logSlope: [Math.log(0.75), 0.4],
  offsetM: [0.035, 0.05],
  floorM: [0.08, 0.05],
  noise: [0.28, 4],
  alike: 0.3,
  correlationS: 1,
  distinctError: 0.06,
  plainShare: 0.4,
};

/** Signed lengths: as far as known without regression to a mean or a floor. */
export const UNCALIBRATED_SIGNED: SaidPrior = {
  ...UNCALIBRATED,
  offsetM: [0, 0.03],
  floorM: undefined,
};

export function priorOf({ curve, spread, curveSigma, correlationS }: LengthCalibration): SaidPrior {
  const { knots, slope, offsetM, floorM } = curve;
  const { floorM: floorSigmaM = curveSigma.offsetM } = curveSigma;
  // On the stable scale a relative error is an absolute one; the absolute one counts near 0.
  const sigma = Math.hypot(spread.relativeSigma, spread.absoluteSigmaM * stableSlope(0.2));
  return {
    logSlope: [knots ? 0 : Math.log(slope), Math.max(curveSigma.relativeSlope, 0.02)],
    offsetM: [knots ? 0 : offsetM, Math.max(curveSigma.offsetM, 0.003)],
    floorM: floorM === undefined ? undefined : [floorM, Math.max(floorSigmaM, 0.003)],
    tied: curveSigma.correlation ?? 0,
    noise: [sigma, 20],
    alike: correlationS > 0 ? 0.8 : 0.05,
    correlationS: correlationS > 0 ? correlationS : 1,
    distinctError: 0.03,
    ...(knots && { knots }),
  };
}

/** What a model is expected to say of a length, on the stable scale. */
export interface ExpectedWords {
  readonly said: number;
  readonly perLength: number;
  readonly form: LinearForm;
}

/** Entries of the state that hold how a model says lengths: ln(slope), offset, floor. */
export class SaidModel {
  readonly prior: SaidPrior;
  readonly #at: number;

  /** @param at index of the first of the three entries */
  constructor(prior: SaidPrior, at: number) {
    this.prior = prior;
    this.#at = at;
  }

  /** The entries before any answer. `share` of the slope's spread stays; its mean is moved. */
  begin(belief: Gaussian, slopeShift: number, share: number): void {
    const { logSlope, offsetM, floorM, tied = 0 } = this.prior;
    const at = this.#at;
    belief.set(at, ...logSlope);
    belief.set(at + 1, ...offsetM);
    belief.addCovariance(at, at + 1, tied * logSlope[1] * offsetM[1]);
    belief.addCovariance(at + 1, at, tied * logSlope[1] * offsetM[1]);
    belief.part({ indices: [at], values: [1] }, slopeShift, share ** 2);
    belief.set(this.#at + 2, floorM?.[0] ?? 0, floorM?.[1] ?? 0);
  }

  /** The same for a model that says lengths as they are. */
  beginPlain(belief: Gaussian): void {
    belief.set(this.#at, 0, PLAIN.logSlope);
    belief.set(this.#at + 1, 0, PLAIN.offsetM);
    belief.set(this.#at + 2, PLAIN.floorM, this.prior.floorM ? PLAIN.floorM : 0);
  }

  expect(belief: Gaussian, lengthM: number): ExpectedWords {
    const at = this.#at;
    const slope = Math.exp(belief.mean[at] ?? 0);
    const base = this.#base(lengthM);
    const lineM = slope * base.saidM + (belief.mean[at + 1] ?? 0);
    let [saidM, passed] = [lineM, 1];
    if (this.prior.floorM) {
      const floorM = Math.max(belief.mean[at + 2] ?? 0, 0);
      const above = (lineM - floorM) / SOFTNESS_M;
      saidM = floorM + SOFTNESS_M * (Math.max(above, 0) + Math.log1p(Math.exp(-Math.abs(above))));
      passed = 1 / (1 + Math.exp(-above));
    }
    const scale = stableSlope(saidM);
    return {
      said: stable(saidM),
      perLength: scale * passed * slope * base.slope,
      form: {
        indices: [at, at + 1, at + 2],
        values: [
          scale * passed * slope * base.saidM,
          scale * passed,
          this.prior.floorM ? scale * (1 - passed) : 0,
        ],
      },
    };
  }

  /** The length behind words as the means have it, and its standard deviation, m. */
  invert(belief: Gaussian, saidM: number, noise: number): { lengthM: number; sigmaM: number } {
    let [low, high] = [0, 4];
    for (let i = 0; i < 24; i++) {
      const middle = 0.5 * (low + high);
      if (this.expect(belief, middle).said < stable(saidM)) low = middle;
      else high = middle;
    }
    const lengthM = Math.max(0.5 * (low + high), 0.03);
    const { perLength, form } = this.expect(belief, lengthM);
    const words = Math.sqrt(belief.variance(form) + noise ** 2);
    return { lengthM, sigmaM: Math.min(words / Math.max(perLength, 1e-3), 0.6 * lengthM + 0.05) };
  }

  #base(lengthM: number): { saidM: number; slope: number } {
    const { knots } = this.prior;
    if (!knots) return { saidM: lengthM, slope: 1 };
    return saidOf({ slope: 1, offsetM: 0, knots }, lengthM);
  }
}
