import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { convexHull, minAreaRectangle } from "../../src/geometry/index.js";

const coordinate = fc.integer({ min: -40, max: 40 });
const points = fc
  .array(fc.tuple(coordinate, coordinate), { minLength: 1, maxLength: 120 })
  .map((pairs) => Float64Array.from(pairs.flat()));

function corners(hull: Float64Array): [number, number][] {
  return Array.from({ length: hull.length / 2 }, (_, i) => [hull[2 * i]!, hull[2 * i + 1]!]);
}

function leftTurn(a: [number, number], b: [number, number], c: readonly number[]): number {
  return (b[0] - a[0]) * (c[1]! - a[1]) - (b[1] - a[1]) * (c[0]! - a[0]);
}

describe("convexHull", () => {
  it("has every point on its left side or on it, and turns left at each corner", () => {
    fc.assert(
      fc.property(points, (cloud) => {
        const hull = corners(convexHull(cloud));
        if (hull.length < 3) return;
        for (const [i, a] of hull.entries()) {
          const b = hull[(i + 1) % hull.length]!;
          const c = hull[(i + 2) % hull.length]!;
          expect(leftTurn(a, b, c)).toBeGreaterThan(0);
          for (const p of corners(cloud)) expect(leftTurn(a, b, p)).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });

  it("consists of given points", () => {
    fc.assert(
      fc.property(points, (cloud) => {
        const given = new Set(corners(cloud).map(String));
        for (const corner of corners(convexHull(cloud))) expect(given).toContain(String(corner));
      }),
    );
  });

  it("is one corner for one point and two for a line", () => {
    expect([...convexHull(Float64Array.of(1, 2, 1, 2))]).toEqual([1, 2]);
    expect([...convexHull(Float64Array.of(0, 0, 2, 2, 1, 1, 3, 3))]).toEqual([0, 0, 3, 3]);
  });
});

describe("minAreaRectangle", () => {
  it("recovers a turned rectangle from points on its outline", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 0.5, noNaN: true }),
        fc.double({ min: 0.2, max: 0.9, noNaN: true }),
        fc.double({ min: -1.5, max: 1.5, noNaN: true }),
        (length, ratio, angle) => {
          const width = length * ratio;
          const outline: number[] = [];
          for (let k = 0; k <= 20; k++)
            for (const [u, v] of [
              [(k / 20 - 0.5) * length, width / 2],
              [(k / 20 - 0.5) * length, -width / 2],
            ] as const)
              outline.push(
                0.3 + u * Math.cos(angle) - v * Math.sin(angle),
                -0.1 + u * Math.sin(angle) + v * Math.cos(angle),
              );
          const found = minAreaRectangle(convexHull(Float64Array.from(outline)));
          expect(found.centerX).toBeCloseTo(0.3, 6);
          expect(found.centerY).toBeCloseTo(-0.1, 6);
          expect(found.lengthM).toBeCloseTo(length, 6);
          expect(found.widthM).toBeCloseTo(width, 6);
          expect(Math.abs(Math.sin(found.angle - angle))).toBeLessThan(1e-5);
        },
      ),
    );
  });

  it("is never larger than the upright rectangle", () => {
    fc.assert(
      fc.property(points, (cloud) => {
        const { lengthM, widthM } = minAreaRectangle(convexHull(cloud));
        const xs = corners(cloud).map(([x]) => x);
        const ys = corners(cloud).map(([, y]) => y);
        const upright = (Math.max(...xs) - Math.min(...xs)) * (Math.max(...ys) - Math.min(...ys));
        expect(lengthM * widthM).toBeLessThanOrEqual(upright + 1e-9);
      }),
    );
  });
});
