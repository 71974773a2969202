import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { auroc, kendallTau, leastSquares, pearson, spearman } from "../../src/evaluate/index.js";

/** tau-b by its definition, pair by pair. */
function slowKendall(x: readonly number[], y: readonly number[]): number | undefined {
  let concordance = 0;
  let untiedX = 0;
  let untiedY = 0;
  for (let i = 0; i < x.length; i++) {
    for (let j = 0; j < i; j++) {
      const dx = Math.sign(x[i]! - x[j]!);
      const dy = Math.sign(y[i]! - y[j]!);
      concordance += dx * dy;
      untiedX += Math.abs(dx);
      untiedY += Math.abs(dy);
    }
  }
  const spread = untiedX * untiedY;
  return spread === 0 ? undefined : concordance / Math.sqrt(spread);
}

// Small integers, so that ties are common.
const pairs = fc.array(fc.tuple(fc.integer({ min: -5, max: 5 }), fc.integer({ min: -5, max: 5 })), {
  maxLength: 60,
});

describe("kendallTau", () => {
  it("is tau-b, ties and all", () => {
    fc.assert(
      fc.property(pairs, (drawn) => {
        const x = drawn.map(([value]) => value);
        const y = drawn.map(([, value]) => value);
        const expected = slowKendall(x, y);
        if (expected === undefined) expect(kendallTau(x, y)).toBeUndefined();
        else expect(kendallTau(x, y)).toBeCloseTo(expected, 12);
      }),
      { numRuns: 500 },
    );
  });

  it("agrees with scipy.stats.kendalltau", () => {
    expect(kendallTau([12, 2, 1, 12, 2], [1, 4, 7, 1, 0])).toBeCloseTo(-0.47140452079103173, 12);
  });

  it("takes a hundred thousand pairs", () => {
    const n = 100_000;
    const x = Array.from({ length: n }, (_, i) => (i * 7919) % n);
    expect(
      kendallTau(
        x,
        x.map((value) => -value),
      ),
    ).toBe(-1);
  });
});

describe("spearman", () => {
  it("gives ties the mean of their ranks, so the order of the pairs does not matter", () => {
    // scipy.stats.spearmanr
    expect(spearman([1, 2, 2, 3], [1, 2, 3, 4])).toBeCloseTo(0.9486832980505138, 12);
    expect(spearman([3, 2, 2, 1], [4, 3, 2, 1])).toBeCloseTo(0.9486832980505138, 12);
  });

  it("sees through any monotone distortion, where pearson does not", () => {
    const x = [0.1, 0.2, 0.4, 0.9];
    const y = x.map((value) => value ** 5);
    expect(spearman(x, y)).toBeCloseTo(1, 12);
    expect(pearson(x, y)).toBeLessThan(0.95);
  });

  it("is undefined for a constant series", () => {
    expect(spearman([1, 2, 3], [0.1, 0.1, 0.1])).toBeUndefined();
    expect(pearson([0.1, 0.1, 0.1], [1, 2, 3])).toBeUndefined();
    expect(spearman([], [])).toBeUndefined();
  });
});

describe("leastSquares", () => {
  it("finds the line that made the points", () => {
    const x = [0, 0.3, 0.7];
    const line = leastSquares(
      x,
      x.map((value) => 0.57 * value + 0.06),
    );
    expect(line?.slope).toBeCloseTo(0.57, 12);
    expect(line?.intercept).toBeCloseTo(0.06, 12);
  });
});

describe("auroc", () => {
  it("is the chance that a positive scores above a negative, ties counting half", () => {
    expect(auroc([3, 2], [1, 0])).toBe(1);
    expect(auroc([0], [1])).toBe(0);
    expect(auroc([1, 1], [1])).toBe(0.5);
    expect(auroc([3, 1], [2, 1])).toBe(0.625);
  });

  it("is undefined without both labels", () => {
    expect(auroc([1], [])).toBeUndefined();
  });
});
