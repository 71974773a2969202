import { describe, expect, it } from "vitest";
import { fattened } from "../../../bench/corruption/tableDamages.js";
import type { Vec3 } from "../../../src/base/index.js";
import { castFrame } from "../../geometry/synthetic/castFrame.js";
import type { Solid } from "../../geometry/synthetic/Solid.js";
import { A, damagedDepth, lengthIn } from "./scenes.js";

const box = (half: Vec3, center: Vec3): Solid => ({ id: 1, shape: "box", half, yaw: 0, center });

describe("a rim that stereo takes for higher than it is", () => {
  it.each([2, 3, 4])("is not sure of it: %d px", async (px) => {
    const heightM = 0.05;
    const wall = (half: Vec3, x: number, y: number) => box(half, [x, y, heightM / 2]);
    const solids = [
      box([0.1, 0.08, 0.002], [0, 0, 0.002]),
      wall([0.1, 0.002, heightM / 2], 0, -0.08),
      wall([0.1, 0.002, heightM / 2], 0, 0.08),
      wall([0.002, 0.08, heightM / 2], -0.1, 0),
      wall([0.002, 0.08, heightM / 2], 0.1, 0),
    ];
    const pose = { eye: [0, -0.8, 0.8], target: [0, 0, 0.02] } as const;
    const frame = castFrame({ table: [0.6, 0.5], solids }, pose, { noiseM: 0.0005 });
    const depth = await damagedDepth(frame, fattened(px));
    const { valueM, sigmaM } = await lengthIn({ ...frame, depth }, "height", A);
    expect(Math.abs(valueM - heightM)).toBeLessThan(2.5 * sigmaM);
    expect((await lengthIn(frame, "height", A)).sigmaM).toBeLessThan(0.003);
  });
});
