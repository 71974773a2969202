import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../src/base/index.js";
import { MUG_RADIUS_M, TABLE_HALF_M, TRAY_HALF_M } from "../../src/sim/scene/constants.js";
import { sampleLayout } from "../../src/sim/scene/TabletopLayout.js";

describe("sampleLayout", () => {
  it("places all objects on the table and none in another, for any seed", () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const { mug, tray, distractors } = sampleLayout(seed);
        const circles = [
          { ...mug, radius: MUG_RADIUS_M },
          { ...tray, radius: Math.hypot(TRAY_HALF_M.x, TRAY_HALF_M.y) },
          ...distractors.map(({ x, y, shape }) => ({ x, y, radius: shape.footprintM })),
        ];
        expect(distractors.length).toBeGreaterThanOrEqual(2);
        expect(distractors.length).toBeLessThanOrEqual(6);
        circles.forEach((a, i) => {
          expect(Math.abs(a.x) + a.radius).toBeLessThan(TABLE_HALF_M.x);
          expect(Math.abs(a.y) + a.radius).toBeLessThan(TABLE_HALF_M.y);
          for (const b of circles.slice(i + 1)) {
            expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(a.radius + b.radius);
          }
        });
      }),
    );
  });

  it("has one red and one blue thing, and no two things of one name", () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const names = sampleLayout(seed).distractors.map(({ name }) => name);
        expect(new Set(names).size).toBe(names.length);
        for (const name of names) expect(name).not.toMatch(/red|blue/);
      }),
    );
  });

  it("looks down at the table by 30 to 50 degrees from about a metre", () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        for (const { pose } of sampleLayout(seed).cameras) {
          const [x, y, z, w] = pose.rotation;
          // The z component of the optical axis in the world.
          const pitch = Math.asin(-(1 - 2 * (x * x + y * y)));
          expect(Math.hypot(x, y, z, w)).toBeCloseTo(1, 9);
          expect((pitch * 180) / Math.PI).toBeGreaterThan(30);
          expect((pitch * 180) / Math.PI).toBeLessThan(50);
        }
      }),
    );
  });
});

describe("Random", () => {
  it("repeats for a seed and a name, and differs for others", () => {
    const draw = (seed: number, stream: string) => {
      const random = new Random(seed, stream);
      return Array.from({ length: 8 }, () => random.next());
    };
    expect(draw(7, "a")).toEqual(draw(7, "a"));
    expect(draw(7, "a")).not.toEqual(draw(8, "a"));
    expect(draw(7, "a")).not.toEqual(draw(7, "b"));
  });

  it("is uniform in [0, 1)", () => {
    const random = new Random(1, "uniform");
    const bins = new Array<number>(10).fill(0);
    for (let i = 0; i < 20_000; i++) bins[Math.floor(random.next() * 10)]!++;
    for (const count of bins) expect(Math.abs(count - 2000)).toBeLessThan(200);
  });
});
