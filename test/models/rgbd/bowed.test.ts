import { describe, expect, it } from "vitest";
import { bowed } from "../../../bench/corruption/tableDamages.js";
import { castFrame } from "../../geometry/synthetic/castFrame.js";
import type { Solid } from "../../geometry/synthetic/Solid.js";
import { A, B, damagedDepth, lengthIn } from "./scenes.js";

const can = (id: number, x: number): Solid => ({
  ...{ id, shape: "cylinder", radius: 0.03, halfHeight: 0.05 },
  center: [x, 0, 0.05],
});

describe("depth that is bowed as a whole", () => {
  it.each([-0.015, -0.01, 0.01, 0.015])("widens heights: by %d at the corners", async (share) => {
    const solids = [can(1, 0), can(2, 0.36)];
    const pose = { eye: [0, -0.6, 0.6], target: [0, 0, 0.05] } as const;
    const frame = castFrame({ table: [0.6, 0.5], solids }, pose, { noiseM: 0.0005 });
    const depth = await damagedDepth(frame, bowed(share));
    const { valueM, sigmaM } = await lengthIn({ ...frame, depth }, "vertical_distance", A, B);
    expect(Math.abs(valueM)).toBeLessThan(2 * sigmaM);
  });
});
