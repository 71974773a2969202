import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LengthMixture } from "../../../src/models/embedded/LengthMixture.js";

const SCALE_M = 0.03;

interface Component {
  readonly weight: number;
  readonly mean: number;
  readonly scale: number;
}

const component = fc.record({
  weight: fc.double({ min: 0.05, max: 1, noNaN: true }),
  mean: fc.double({ min: -3, max: 6, noNaN: true }),
  scale: fc.double({ min: 0.02, max: 0.8, noNaN: true }),
});
const components = fc.array(component, { minLength: 1, maxLength: 3 }).map((parts) => {
  const sum = parts.reduce((sum, { weight }) => sum + weight, 0);
  return parts.map((part) => ({ ...part, weight: part.weight / sum }));
});
const shares = fc.double({ min: 0.02, max: 0.98, noNaN: true });

function mixture(parts: readonly Component[], temperature?: number): LengthMixture {
  return new LengthMixture(
    {
      logWeights: parts.map(({ weight }) => Math.log(weight)),
      means: parts.map(({ mean }) => mean),
      scales: parts.map(({ scale }) => scale),
    },
    SCALE_M,
    temperature,
  );
}

/** The probability density of u. */
function density(parts: readonly Component[], u: number): number {
  return parts.reduce((sum, { weight, mean, scale }) => {
    const e = Math.exp(-Math.abs(u - mean) / scale);
    return sum + (weight * e) / (scale * (1 + e) ** 2);
  }, 0);
}

/** The probability of lengths below `metres`, by Simpson's rule. */
function integrated(parts: readonly Component[], metres: number): number {
  const end = Math.asinh(metres / SCALE_M);
  const start = -30;
  const steps = 20_000;
  const width = (end - start) / steps;
  let sum = density(parts, start) + density(parts, end);
  for (let step = 1; step < steps; step++) {
    sum += (step % 2 === 0 ? 2 : 4) * density(parts, start + step * width);
  }
  return (sum * width) / 3;
}

describe("LengthMixture", () => {
  it("has as much probability below a quantile as it says", () => {
    fc.assert(
      fc.property(components, shares, (parts, share) => {
        expect(integrated(parts, mixture(parts).quantile(share))).toBeCloseTo(share, 4);
      }),
      { numRuns: 40 },
    );
  });

  it("has the quantiles of the logistic distribution where it has one component", () => {
    const lengths = mixture([{ weight: 1, mean: 2, scale: 0.1 }]);
    expect(lengths.quantile(0.5)).toBeCloseTo(SCALE_M * Math.sinh(2), 12);
    expect(lengths.quantile(0.84)).toBeCloseTo(
      SCALE_M * Math.sinh(2 + 0.1 * Math.log(0.84 / 0.16)),
      12,
    );
  });

  it("has quantiles that grow with their share, and a positive sigma", () => {
    fc.assert(
      fc.property(components, shares, shares, (parts, a, b) => {
        const lengths = mixture(parts);
        if (a < b) expect(lengths.quantile(a)).toBeLessThanOrEqual(lengths.quantile(b));
        expect(lengths.sigmaM).toBeGreaterThan(0);
      }),
    );
  });

  it("is half as wide as the middle 68 %", () => {
    fc.assert(
      fc.property(components, (parts) => {
        const lengths = mixture(parts);
        const width = lengths.quantile(0.84) - lengths.quantile(0.16);
        expect(lengths.sigmaM).toBeCloseTo(width / 2, 12);
      }),
    );
  });

  it("is wider about the same median at a higher temperature", () => {
    const one = [{ weight: 1, mean: 2, scale: 0.1 }];
    expect(mixture(one, 2).quantile(0.5)).toBeCloseTo(mixture(one).quantile(0.5), 12);
    expect(mixture(one, 2).sigmaM).toBeGreaterThan(1.9 * mixture(one).sigmaM);
  });

  it("mirrors: what is as far below zero has the opposite quantile", () => {
    fc.assert(
      fc.property(components, shares, (parts, share) => {
        const mirrored = parts.map((part) => ({ ...part, mean: -part.mean }));
        const value = mixture(parts).quantile(share);
        expect(mixture(mirrored).quantile(1 - share)).toBeCloseTo(-value, 9);
      }),
    );
  });

  it("ends, whatever the model gives", () => {
    const odd = [{ weight: 1, mean: Number.NaN, scale: 0.1 }];
    expect(mixture(odd).quantile(0.5)).toBeNaN();
    expect(mixture([{ weight: 1, mean: 1e4, scale: 0.1 }]).quantile(0.5)).toBe(Infinity);
  });
});
