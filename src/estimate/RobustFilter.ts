import { clamp, normalDensity } from "../base/index.js";
import type { Reliability } from "../language/index.js";
import type { MotionState } from "./ConstantVelocity.js";
import { type Estimate, held, secondsBetween, type ValueFilter } from "./Estimate.js";
import type { QuantityFilterOptions } from "./MeasurementFilter.js";

/**
 * How fast a measured length changes, m/s (standard deviation), and for how long it stays similar,
 * s.
 */
const SPEED_M_S = 0.1;
const SPEED_LASTS_S = 1;
/**
 * The spread of answers about their course before any was seen, its weight in answers, and how
 * much of the whole error it is at most.
 */
const NOISE_BEFORE = 0.3;
const NOISE_WEIGHT = 4;
const NOISE_SHARE = 0.6;
/** The spread of at most so many answers is remembered. */
const NOISE_MEMORY = 40;
/** Wild answers are spread evenly over so many metres. */
const WILD_RANGE_M = 1;
/** No model knows a length better than to a micrometre. */
const LEAST_SIGMA_M = 1e-6;
/** For answers whose sigma covers all of their error, except occasional wrong labels. */
const EXACT_WILD = 0.01;
/** An answer that is wild with more than this probability is said to be an outlier. */
const OUTLIER = 0.8;
/** Answers younger than this, and at least `LEAST_RECENT`, bound the value. */
const RECENT_S = 1;
const LEAST_RECENT = 5;
/** Lengths below this are noisy as this one is, m. */
const LEAST_SCALE_M = 0.05;

interface Said {
  readonly stampNs: bigint;
  readonly z: number;
}

/**
 * Filters lengths that a model said and that are worth less than their words: a Kalman filter
 * with a mixture likelihood. An answer is either about the length, with noise in proportion to
 * it, or wild; it moves the state by the probability that it is not wild (probabilistic data
 * association, Bar-Shalom and Tse 1975). How noisy the answers are is learnt from how far they
 * scatter about their course (an inverse-gamma prior on the variance). The rate of change is an
 * Ornstein-Uhlenbeck process: it dies away by itself, so that a rate which a few noisy answers
 * invented carries the value nowhere. The value never leaves the range of the recent answers by
 * more than their spread.
 *
 * Averaging takes off what scatters, not what all answers have in common. The reliability says the
 * whole error T of one answer, the scatter s is seen in the steps from answer to answer; so sigma²
 * = P + max(T² − s², 0) with the filter's variance P.
 *
 * Misses hold and lapse as in MeasurementFilter; what was learnt stays.
 */
export class RobustFilter implements ValueFilter {
  readonly #options: QuantityFilterOptions;
  #motion: MotionState | undefined;
  #stampNs = 0n;
  /** Of the inverse gamma: weight in answers, and sum of squares of relative residuals. */
  #weight = NOISE_WEIGHT;
  #squares = NOISE_WEIGHT * NOISE_BEFORE ** 2;
  /**
   * The same of the steps from answer to answer: what neighbouring answers err alike is not a step.
   */
  #stepWeight = NOISE_WEIGHT;
  #stepSquares = NOISE_WEIGHT * NOISE_BEFORE ** 2;
  #lastSane: number | undefined;
  #recent: Said[] = [];
  #reliability: Reliability | undefined;

  constructor(options: QuantityFilterOptions) {
    this.#options = options;
  }

  /** @param sigma of the answer's wording; without a reliability, of all of its error */
  sample(stampNs: bigint, z: number, sigma: number, reliability?: Reliability): Estimate {
    this.#reliability = reliability;
    const scatters = reliability ? 1 : 0;
    this.#remember(stampNs, z);
    if (!this.#motion) {
      if (reliability && this.#weight === NOISE_WEIGHT) {
        const whole = Math.hypot(reliability.absoluteSigmaM, reliability.relativeSigma * z);
        const share = Math.min(NOISE_BEFORE, (NOISE_SHARE * whole) / scaleOf(z));
        this.#squares = NOISE_WEIGHT * share ** 2;
        this.#stepSquares = this.#squares;
      }
      const noiseM = Math.hypot(sigma, scatters * this.#noise * scaleOf(z), LEAST_SIGMA_M);
      return this.#take(stampNs, begin(z, noiseM));
    }
    const predicted = predict(this.#motion, secondsBetween(this.#stampNs, stampNs));
    const scaleM = scaleOf(predicted.x);
    const noiseM = Math.hypot(sigma, scatters * scaleM * this.#noise, LEAST_SIGMA_M);
    const variance = predicted.pxx + noiseM ** 2;
    const residual = scaleM * (stable(z) - stable(predicted.x));
    const sane = saneShare(residual, variance, reliability?.wildShare ?? EXACT_WILD);
    const next = correct(predicted, residual, variance, sane);
    if (reliability) this.#learnStep(z, sane);
    if (reliability) this.#learn((stable(z) - stable(next.x)) ** 2 + next.pxx / scaleM ** 2, sane);
    const estimate = this.#take(stampNs, next);
    if (sane >= 1 - OUTLIER) return estimate;
    const reason = `outlier: ${metres(z)} where ${metres(predicted.x)} ± ${metres(Math.sqrt(variance))} was expected`;
    return { ...estimate, validity: "stale", reason };
  }

  miss(stampNs: bigint, reason: string): Estimate {
    const { stalenessS } = this.#options;
    if (!this.#motion) return held(undefined, 0, stalenessS, reason);
    const ageS = secondsBetween(this.#stampNs, stampNs);
    const { pxx } = predict(this.#motion, ageS);
    const last = this.#reported({ ...this.#motion, pxx });
    return held(last, ageS, stalenessS, reason);
  }

  get #noise(): number {
    return Math.sqrt(this.#squares / this.#weight);
  }

  #take(stampNs: bigint, motion: MotionState): Estimate {
    const [low, high] = this.#bounds();
    const x = clamp(motion.x, low, high);
    this.#motion = { ...motion, x };
    this.#stampNs = stampNs;
    return { ...this.#reported(this.#motion), validity: "ok", reason: "" };
  }

  #reported({ x, pxx }: MotionState): { value: number; sigma: number } {
    const { relativeSigma = 0, absoluteSigmaM = 0 } = this.#reliability ?? {};
    const step = this.#stepSquares / this.#stepWeight;
    const scatter = Math.min(step, this.#noise ** 2) * scaleOf(x) ** 2;
    const whole = absoluteSigmaM ** 2 + (relativeSigma * x) ** 2;
    return { value: x, sigma: Math.sqrt(pxx + Math.max(whole - scatter, 0)) };
  }

  #remember(stampNs: bigint, z: number): void {
    this.#recent.push({ stampNs, z });
    while (
      this.#recent.length > LEAST_RECENT &&
      secondsBetween(this.#recent[0]?.stampNs ?? stampNs, stampNs) > RECENT_S
    ) {
      this.#recent.shift();
    }
  }

  #bounds(): [low: number, high: number] {
    const values = this.#recent.map(({ z }) => z);
    const mean = values.reduce((sum, z) => sum + z, 0) / values.length;
    const spread = Math.sqrt(values.reduce((sum, z) => sum + (z - mean) ** 2, 0) / values.length);
    const low = Math.min(...values) - spread;
    return [this.#options.signed ? low : Math.max(low, 0), Math.max(...values) + spread];
  }

  #learnStep(z: number, sane: number): void {
    const before = this.#lastSane;
    if (sane < 0.5) return;
    this.#lastSane = z;
    if (before === undefined) return;
    this.#stepWeight += sane;
    this.#stepSquares += (sane * (stable(z) - stable(before)) ** 2) / 2;
    if (this.#stepWeight <= NOISE_MEMORY) return;
    this.#stepSquares *= NOISE_MEMORY / this.#stepWeight;
    this.#stepWeight = NOISE_MEMORY;
  }

  #learn(squared: number, share: number): void {
    this.#weight += share;
    this.#squares += share * squared;
    if (this.#weight <= NOISE_MEMORY) return;
    this.#squares *= NOISE_MEMORY / this.#weight;
    this.#weight = NOISE_MEMORY;
  }
}

function begin(z: number, sigma: number): MotionState {
  return { x: z, v: 0, pxx: sigma ** 2, pxv: 0, pvv: SPEED_M_S ** 2 };
}

/** The integrated Ornstein-Uhlenbeck process, its noise to the leading order in dt. */
function predict({ x, v, pxx, pxv, pvv }: MotionState, dt: number): MotionState {
  const kept = Math.exp(-dt / SPEED_LASTS_S);
  const gone = SPEED_LASTS_S * (1 - kept);
  // Variances that the process itself adds (Gillespie 1996, eqs. 2.9, 2.11, 2.12).
  const s2 = SPEED_M_S ** 2;
  const qvv = s2 * (1 - kept ** 2);
  const qxv = s2 * SPEED_LASTS_S * (1 - kept) ** 2;
  const qxx = s2 * SPEED_LASTS_S * (2 * dt - SPEED_LASTS_S * (3 - 4 * kept + kept ** 2));
  return {
    x: x + gone * v,
    v: kept * v,
    pxx: pxx + 2 * gone * pxv + gone ** 2 * pvv + Math.max(qxx, 0),
    pxv: kept * (pxv + gone * pvv) + qxv,
    pvv: kept ** 2 * pvv + qvv,
  };
}

/** The probability that an answer is about the length at all. */
function saneShare(residual: number, variance: number, wildShare: number): number {
  if (wildShare === 0) return 1;
  const sane = normalDensity(residual, variance);
  return ((1 - wildShare) * sane) / ((1 - wildShare) * sane + wildShare / WILD_RANGE_M);
}

/** Kalman update by a share, with the spread of not knowing whether to update at all. */
function correct(
  { x, v, pxx, pxv, pvv }: MotionState,
  residual: number,
  variance: number,
  sane: number,
): MotionState {
  const kx = pxx / variance;
  const kv = pxv / variance;
  const left = sane * (1 - sane) * residual ** 2 - sane * variance;
  return {
    x: x + sane * kx * residual,
    v: v + sane * kv * residual,
    pxx: pxx + kx * kx * left,
    pxv: pxv + kx * kv * left,
    pvv: pvv + kv * kv * left,
  };
}

/** A length on a scale on which its noise is the same everywhere: like ln z, but linear at 0. */
function stable(z: number): number {
  return Math.asinh(z / LEAST_SCALE_M);
}

/** dz / d stable(z) */
function scaleOf(z: number): number {
  return Math.hypot(z, LEAST_SCALE_M);
}

function metres(value: number): string {
  return `${value.toFixed(3)} m`;
}
