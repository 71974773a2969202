import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mulberry32 } from "../../src/base/index.js";
import { fitCircle, fitSphere } from "../../src/geometry/index.js";

const within = (min: number, max: number) => fc.double({ min, max, noNaN: true });

describe("fitCircle", () => {
  it("finds a rim of which a third is a handle or hidden", () => {
    fc.assert(
      fc.property(within(-1, 1), within(-1, 1), within(0.03, 0.15), fc.nat(), (x, y, r, seed) => {
        const random = mulberry32(seed);
        const rim: number[] = [];
        for (let k = 0; k < 72; k++) {
          const far = k < 12 ? 1.4 : k < 24 ? 0.3 + 0.5 * random() : 1;
          const angle = (k / 72) * 2 * Math.PI;
          rim.push(x + far * r * Math.cos(angle), y + far * r * Math.sin(angle));
        }
        const found = fitCircle(Float64Array.from(rim), 0.0025, 2 * r)!;
        expect(Math.hypot(found.centerX - x, found.centerY - y)).toBeLessThan(0.0015);
        expect(Math.abs(found.radiusM - r)).toBeLessThan(0.0015);
      }),
    );
  });

  it("finds none in points on a line", () => {
    const line = Float64Array.from({ length: 40 }, (_, i) => (i % 2 ? 0 : i / 40));
    expect(fitCircle(line, 0.001, 0.5)).toBeUndefined();
  });
});

describe("fitSphere", () => {
  it("finds a ball from the half that faces the camera", () => {
    fc.assert(
      fc.property(within(-0.3, 0.3), within(0.5, 1.5), within(0.02, 0.15), (x, z, r) => {
        const xyz: number[] = [];
        for (let k = 0; k < 400; k++) {
          // A Fibonacci spiral over the near half.
          const depth = 1 - (k + 0.5) / 400;
          const angle = k * 2.399963;
          const flat = Math.sqrt(1 - depth * depth);
          xyz.push(x + r * flat * Math.cos(angle), r * flat * Math.sin(angle), z - r * depth);
        }
        const found = fitSphere({ count: 400, xyz: Float32Array.from(xyz) }, 0.002)!;
        expect(Math.hypot(found.center[0] - x, found.center[1], found.center[2] - z)).toBeLessThan(
          1e-4,
        );
        expect(found.radiusM).toBeCloseTo(r, 4);
        expect(found.share).toBe(1);
      }),
    );
  });

  it("finds none in a flat patch", () => {
    const flat = Float32Array.from({ length: 300 }, (_, i) => (i % 3 === 2 ? 1 : Math.sin(i)));
    expect(fitSphere({ count: 100, xyz: flat }, 0.002)).toBeUndefined();
  });
});
