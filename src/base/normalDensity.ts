/** Of a normal distribution with mean 0, at a residual. */
export function normalDensity(residual: number, variance: number): number {
  return Math.exp((-0.5 * residual ** 2) / variance) / Math.sqrt(2 * Math.PI * variance);
}
