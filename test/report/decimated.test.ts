import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decimated, thinned } from "../../src/report/chart.js";

describe("decimated", () => {
  it("keeps every point of a short series", () => {
    expect(decimated([3, 1, 2])).toEqual([0, 1, 2]);
    expect(decimated([])).toEqual([]);
  });

  it("keeps ends, extremes and gaps of any long one, in order and bounded", () => {
    const value = fc.oneof(
      { weight: 20, arbitrary: fc.double({ min: -1, max: 1, noNaN: true }) },
      { weight: 1, arbitrary: fc.constant(Number.NaN) },
    );
    fc.assert(
      fc.property(fc.array(value, { minLength: 2000, maxLength: 6000, size: "max" }), (values) => {
        const kept = decimated(values);
        expect(kept.length).toBeLessThanOrEqual(3 * 900 + 2);
        expect([kept[0], kept.at(-1)]).toEqual([0, values.length - 1]);
        expect(kept.every((index, i) => i === 0 || index > kept[i - 1]!)).toBe(true);
        const known = (list: readonly number[]) => list.filter((v) => !Number.isNaN(v));
        const drawn = kept.map((i) => values[i]!);
        expect(Math.max(...known(drawn))).toBe(Math.max(...known(values)));
        expect(Math.min(...known(drawn))).toBe(Math.min(...known(values)));
        expect(drawn.some(Number.isNaN)).toBe(values.some(Number.isNaN));
      }),
      { numRuns: 30 },
    );
  });
});

describe("thinned", () => {
  it("spreads at most so many indices from the first to the last", () => {
    expect(thinned(5, 10)).toEqual([0, 1, 2, 3, 4]);
    expect(thinned(101, 5)).toEqual([0, 25, 50, 75, 100]);
  });
});
