import { describe, expect, it } from "vitest";
import { mulberry32 } from "../../src/base/index.js";
import { objectPoints, statisticalInliers } from "../../src/geometry/index.js";

/** Points spread evenly in a box. */
function box(
  count: number,
  center: readonly number[],
  half: readonly number[],
  seed = 1,
): number[] {
  const random = mulberry32(seed);
  return Array.from(
    { length: 3 * count },
    (_, i) => center[i % 3]! + half[i % 3]! * (2 * random() - 1),
  );
}

function cloudOf(...parts: readonly number[][]) {
  const xyz = Float32Array.from(parts.flat());
  return { count: xyz.length / 3, xyz };
}

const body = box(1500, [0, 0, 1], [0.04, 0.05, 0.002]);

describe("objectPoints", () => {
  it("keeps every point of a solid body, its rim too", () => {
    expect(objectPoints(cloudOf(body)).length).toBe(1500);
  });

  it("drops a bleeding mask's background and single strays", () => {
    const wall = box(90, [0.02, 0, 1.9], [0.05, 0.05, 0.01], 2);
    const strays = box(8, [0, 0, 1.2], [0.2, 0.2, 0.1], 3);
    const kept = objectPoints(cloudOf(body, wall, strays));
    expect(kept.length).toBeGreaterThanOrEqual(1500);
    expect(kept.length).toBeLessThan(1503);
  });

  it("keeps both fingers of an open gripper, also where one is mostly hidden", () => {
    const finger = (x: number, count: number) => box(count, [x, 0, 1], [0.006, 0.04, 0.002], count);
    expect(objectPoints(cloudOf(finger(-0.06, 600), finger(0.06, 560))).length).toBe(1160);
    expect(objectPoints(cloudOf(finger(-0.06, 600), finger(0.06, 40))).length).toBe(640);
  });
});

describe("statisticalInliers", () => {
  it("drops points far from the others and keeps small clouds whole", () => {
    const far = cloudOf(box(300, [0, 0, 1], [0.05, 0.05, 0.01]), [0.5, 0, 1], [0, 0.6, 1.4]);
    const kept = new Set(statisticalInliers(far));
    expect(kept.has(300) || kept.has(301)).toBe(false);
    expect(kept.size).toBeGreaterThan(240);
    expect(statisticalInliers(cloudOf(box(50, [0, 0, 1], [1, 1, 1]))).length).toBe(50);
  });
});
