import { describe, expect, it } from "vitest";
import { castFrame } from "../../geometry/synthetic/castFrame.js";
import type { Solid } from "../../geometry/synthetic/Solid.js";
import { A, B, lengthIn } from "./scenes.js";

const RADIUS_M = 0.045;
const ball = (x: number): Solid => ({
  ...{ id: 1, shape: "sphere", radius: RADIUS_M },
  center: [x, 0, RADIUS_M],
});

function seen(solids: readonly Solid[], eyeZ: number) {
  const pose = { eye: [0, -0.45, eyeZ], target: [0, 0, 0.05] } as const;
  return castFrame({ table: [0.9, 0.5], solids }, pose, { noiseM: 0.0005 });
}

describe("a ball", () => {
  it.each([-0.22, -0.1, 0, 0.17])("is as wide %d m beside the optical axis", async (x) => {
    const { valueM } = await lengthIn(seen([ball(x)], 0.5), "width");
    expect(Math.abs(valueM - 2 * RADIUS_M)).toBeLessThan(0.0025);
  });

  it.each([0.15, 0.35, 0.8])("ends where its back does, seen from %d m", async (eyeZ) => {
    const can: Solid = {
      ...{ id: 2, shape: "cylinder", radius: 0.03, halfHeight: 0.06 },
      center: [0.02, 0.16, 0.06],
    };
    const gap = await lengthIn(seen([ball(0), can], eyeZ), "gap", A, B);
    const middlesM = Math.hypot(0.02, 0.16);
    expect(Math.abs(gap.valueM - (middlesM - RADIUS_M - 0.03))).toBeLessThan(0.006);
  });
});
