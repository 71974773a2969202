import type { LinearForm } from "./Gaussian.js";
import type { Hypothesis } from "./Hypothesis.js";

/** An exact observation with normal noise. */
export function see(
  hypothesis: Hypothesis,
  form: LinearForm,
  residual: number,
  sigma: number,
): void {
  const { belief } = hypothesis;
  const variance = belief.variance(form) + sigma ** 2;
  hypothesis.logWeight += -0.5 * (residual ** 2 / variance + Math.log(2 * Math.PI * variance));
  belief.update(form, residual, variance);
}

/**
 * Two things are at one place but for `sigmaM`; where that is not so, they would be anywhere within
 * `regionM` of each other.
 */
export function meet(
  hypothesis: Hypothesis,
  form: LinearForm,
  residual: number,
  sigmaM: number,
  regionM: number,
): void {
  const { belief } = hypothesis;
  const variance = belief.variance(form) + sigmaM ** 2;
  const density = -0.5 * (residual ** 2 / variance + Math.log(2 * Math.PI * variance));
  hypothesis.logWeight += density + Math.log(regionM);
  belief.update(form, residual, variance);
}
