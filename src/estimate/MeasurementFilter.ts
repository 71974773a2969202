import { medianSorted } from "simple-statistics";
import type { FilterSpec } from "../task/index.js";
import { beginMotion, correctMotion, type MotionState, predictMotion } from "./ConstantVelocity.js";
import { type Estimate, held, secondsBetween, type ValueFilter } from "./Estimate.js";

export interface QuantityFilterOptions {
  /** The quantity can be negative. */
  readonly signed: boolean;
  readonly stalenessS: number;
}

interface Sample {
  readonly stampNs: bigint;
  readonly z: number;
}

/** No model knows a length better than to a micrometre: keeps the gate open on exact answers. */
const LEAST_SIGMA_M = 1e-6;

/** The course of a length, and how far off the samples behind it are in common, metres. */
interface Course extends MotionState {
  readonly commonSigma: number;
}

/**
 * Filters a measured length: an outlier gate, then a constant-velocity Kalman filter with the
 * sample's own sigma and the real time steps.
 *
 * Samples of neighbouring images err alike: what hides an object in one image hides it in the next.
 * So averaging makes sigma no smaller than that of the samples, weighed as the value weighs them.
 * (Errors in common add by their size, independent ones by their variance; sigma is the larger.)
 *
 * A sample is an outlier when it lies further than `gateSigma` standard deviations both from the
 * prediction and from the median of the last `medianWindow` samples (carried forward at the
 * estimated velocity). While samples are outliers the prediction is reported as `stale` with a
 * sigma that grows. Once the median has followed to a new level, that is taken for real and the
 * filter continues from there: a jump shows at the (n + 1) / 2-th sample of a window of n.
 *
 * A miss (a refusal, an unreadable frame) holds the last value as `stale`, with growing sigma;
 * after `stalenessS` there is no value, and the next sample restarts. A filter serves one episode:
 * stamps do not go back. It cannot go below 0 if the quantity cannot.
 */
export class MeasurementFilter implements ValueFilter {
  readonly #spec: FilterSpec;
  readonly #signed: boolean;
  readonly #stalenessS: number;
  #motion: Course | undefined;
  /** Of the last sample that was taken in. */
  #stampNs = 0n;
  #lapsed = false;
  #recent: Sample[] = [];
  /** The last sample that was refused since one was taken in. */
  #outlier: Sample | undefined;

  constructor(spec: FilterSpec, { signed, stalenessS }: QuantityFilterOptions) {
    this.#spec = spec;
    this.#signed = signed;
    this.#stalenessS = stalenessS;
  }

  sample(stampNs: bigint, z: number, sampleSigma: number): Estimate {
    const sigma = Math.max(sampleSigma, LEAST_SIGMA_M);
    if (this.#lapsed) this.#reset();
    this.#recent.push({ stampNs, z });
    if (this.#recent.length > this.#spec.medianWindow) this.#recent.shift();

    if (!this.#motion || this.#spec.accelerationSigma === Number.POSITIVE_INFINITY) {
      return this.#take(stampNs, this.#begin(z, sigma));
    }
    const predicted = this.#predict(this.#motion, stampNs);
    const { gateSigma, medianWindow } = this.#spec;
    const distance = Math.abs(z - predicted.x);
    const isNear = distance <= gateSigma * Math.sqrt(predicted.pxx + sigma ** 2);
    // The prediction grows less sure with every outlier, until it would swallow a jump as a burst
    // of speed. So a sample that follows the outliers rather than the prediction is one of them.
    const isExpected = isNear && !(this.#distanceToOutlier(stampNs, z, predicted.v) < distance);
    if (isExpected || medianWindow === 1) {
      return this.#take(stampNs, corrected(predicted, z, sigma));
    }
    if (Math.abs(z - this.#median(stampNs, predicted.v)) <= gateSigma * Math.SQRT2 * sigma) {
      return this.#take(stampNs, { ...this.#begin(z, sigma), v: predicted.v });
    }
    this.#outlier = { stampNs, z };
    const spread = this.#spread(predicted);
    const reason = `outlier: ${metres(z)} where ${metres(predicted.x)} ± ${metres(spread)} was expected`;
    return this.#hold(stampNs, this.#bounded(predicted), reason);
  }

  miss(stampNs: bigint, reason: string): Estimate {
    if (!this.#motion) return held(undefined, 0, this.#stalenessS, reason);
    return this.#hold(
      stampNs,
      { ...this.#predict(this.#motion, stampNs), x: this.#motion.x },
      reason,
    );
  }

  #begin(z: number, sigma: number): Course {
    return { ...beginMotion(z, sigma, this.#spec.accelerationSigma), commonSigma: sigma };
  }

  #predict(motion: Course, stampNs: bigint): Course {
    const { accelerationSigma } = this.#spec;
    if (accelerationSigma === Number.POSITIVE_INFINITY) return motion;
    const dt = secondsBetween(this.#stampNs, stampNs);
    const { commonSigma } = motion;
    return { ...predictMotion(motion, dt, accelerationSigma), commonSigma };
  }

  /** Sigma of a state: since the last sample it grows from what that left. */
  #spread({ pxx, commonSigma }: Course): number {
    const left = this.#motion?.pxx ?? pxx;
    return Math.sqrt(Math.max(left, commonSigma ** 2) + Math.max(pxx - left, 0));
  }

  #take(stampNs: bigint, motion: Course): Estimate {
    const bounded = this.#bounded(motion);
    this.#motion = bounded;
    this.#stampNs = stampNs;
    this.#outlier = undefined;
    return { value: bounded.x, sigma: this.#spread(bounded), validity: "ok", reason: "" };
  }

  #hold(stampNs: bigint, motion: Course, reason: string): Estimate {
    const ageS = secondsBetween(this.#stampNs, stampNs);
    const last = { value: motion.x, sigma: this.#spread(motion) };
    const estimate = held(last, ageS, this.#stalenessS, reason);
    this.#lapsed = estimate.validity === "invalid";
    return estimate;
  }

  #reset(): void {
    this.#motion = undefined;
    this.#stampNs = 0n;
    this.#lapsed = false;
    this.#recent = [];
    this.#outlier = undefined;
  }

  #bounded(motion: Course): Course {
    if (this.#signed || motion.x >= 0) return motion;
    return { ...motion, x: 0, v: Math.max(motion.v, 0) };
  }

  #median(stampNs: bigint, velocity: number): number {
    const carried = this.#recent.map((sample) => carriedTo(stampNs, sample, velocity));
    return medianSorted(carried.sort((a, b) => a - b));
  }

  #distanceToOutlier(stampNs: bigint, z: number, velocity: number): number {
    if (!this.#outlier) return Number.POSITIVE_INFINITY;
    return Math.abs(z - carriedTo(stampNs, this.#outlier, velocity));
  }
}

function corrected(predicted: Course, z: number, sigma: number): Course {
  const share = predicted.pxx / (predicted.pxx + sigma ** 2);
  const commonSigma = (1 - share) * predicted.commonSigma + share * sigma;
  return { ...correctMotion(predicted, z, sigma), commonSigma };
}

function carriedTo(stampNs: bigint, sample: Sample, velocity: number): number {
  return sample.z + velocity * secondsBetween(sample.stampNs, stampNs);
}

function metres(value: number): string {
  return `${value.toFixed(3)} m`;
}
