import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { trimmedExtremes } from "../../src/geometry/PointCloud.js";

describe("trimmedExtremes", () => {
  it("leaves out as many values of each side as sorting them would", () => {
    const values = fc.array(fc.float({ noNaN: true, min: -10, max: 10 }), { minLength: 1 });
    fc.assert(
      fc.property(values, fc.constantFrom(0, 0.1, 0.3), fc.nat(8), (list, trim, most) => {
        const sorted = list.toSorted((a, b) => a - b);
        const skipped = Math.min(most, Math.floor(trim * list.length));
        const [low, high] = trimmedExtremes(Float32Array.from(list), trim, most);
        expect(low).toBeCloseTo(sorted[skipped] ?? Number.NaN, 12);
        expect(high).toBeCloseTo(sorted[list.length - 1 - skipped] ?? Number.NaN, 12);
      }),
    );
  });
});
