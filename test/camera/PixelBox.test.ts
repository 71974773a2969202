import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { boxOverlap, labelBoxes, type PixelBox } from "../../src/camera/index.js";

const side = fc.double({ min: 0.5, max: 50, noNaN: true });
const box = fc
  .tuple(side, side, side, side)
  .map(([left, top, width, height]): PixelBox => [left, top, left + width, top + height]);

describe("PixelBox", () => {
  it("overlaps itself whole, another alike from both sides, and one beside it not at all", () => {
    fc.assert(
      fc.property(box, box, (a, b) => {
        expect(boxOverlap(a, a)).toBeCloseTo(1, 9);
        expect(boxOverlap(a, b)).toBeCloseTo(boxOverlap(b, a), 9);
        expect(boxOverlap(a, b)).toBeLessThanOrEqual(1);
        expect(boxOverlap(a, [a[2], b[1], a[2] + 1, b[3]])).toBe(0);
      }),
    );
  });

  it("is around all pixels of an id, and around no id 0", () => {
    const width = 7;
    const labels = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 42, maxLength: 42 });
    fc.assert(
      fc.property(labels, (ids) => {
        const found = labelBoxes({ width, height: 6, ids: Uint16Array.from(ids) });
        expect([...found.keys()].sort()).toEqual([...new Set(ids)].filter(Boolean).sort());
        for (const [id, { box, pixels }] of found) {
          const own = ids.flatMap((it, pixel) => (it === id ? [pixel] : []));
          const columns = own.map((pixel) => pixel % width);
          const rows = own.map((pixel) => Math.floor(pixel / width));
          expect(pixels).toBe(own.length);
          expect(box).toEqual([
            Math.min(...columns),
            Math.min(...rows),
            Math.max(...columns) + 1,
            Math.max(...rows) + 1,
          ]);
        }
      }),
    );
  });
});
