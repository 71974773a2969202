/**
 * Probability that a standard normal variable is below z; absolute error below 7.5e-8
 * (Abramowitz and Stegun 26.2.17).
 */
export function normalCdf(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const tail =
    Math.exp((-z * z) / 2) *
    t *
    (0.127414796 + t * (-0.142248368 + t * (0.7107068705 + t * (-0.7265760135 + t * 0.530702715))));
  return z >= 0 ? 1 - tail : tail;
}
