import { describe, expect, it } from "vitest";
import { footprintOf } from "../../src/geometry/index.js";

/** A disc of 12 cm with one side cut off at x = 2 cm, and another one obliquely: a wedge with a round back. */
function roundedWedge() {
  const xyz: number[] = [];
  for (let radiusM = 0.042; radiusM < 0.061; radiusM += 0.006)
    for (let degrees = 0; degrees < 360; degrees += 4) {
      const angle = (degrees * Math.PI) / 180;
      const x = Math.min(radiusM * Math.cos(angle), 0.02);
      xyz.push(0.6 + x, Math.min(radiusM * Math.sin(angle), 0.016 + x), 0.01);
    }
  return { count: xyz.length / 3, xyz: Float32Array.from(xyz) };
}

describe("the footprint of what two rectangles and a circle fit", () => {
  it("is doubted by both, though the others' centres lie on opposite sides of its own", () => {
    const cloud = roundedWedge();
    const { apart } = footprintOf(cloud, new Uint8Array(cloud.count));
    expect(apart).toHaveLength(2);
    const [x, y] = [0, 1].map((axis) => apart.reduce((sum, at) => sum + (at[axis] ?? 0), 0));
    expect(Math.hypot(x ?? 0, y ?? 0)).toBeLessThan(0.006);
    expect(Math.hypot(...apart.flat())).toBeGreaterThan(0.012);
  });
});
