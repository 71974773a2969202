import { describe, expect, it } from "vitest";
import { decodeDepth, depthImageOf } from "../../../src/camera/index.js";
import { castFrame } from "../../geometry/synthetic/castFrame.js";
import type { Solid } from "../../geometry/synthetic/Solid.js";
import { A, B, lengthIn } from "./scenes.js";

const can = (id: number, x: number): Solid => ({
  ...{ id, shape: "cylinder", radius: 0.03, halfHeight: 0.05 },
  center: [x, 0, 0.05],
});

describe("depth that is bowed as a whole", () => {
  it.each([-0.015, -0.01, 0.01, 0.015])("widens heights: by %d at the corners", async (share) => {
    const solids = [can(1, 0), can(2, 0.36)];
    const pose = { eye: [0, -0.6, 0.6], target: [0, 0, 0.05] } as const;
    const frame = castFrame({ table: [0.6, 0.5], solids }, pose, { noiseM: 0.0005 });
    if (!frame.depth) throw new Error("a cast frame has depth");
    const { depthM, width, height } = await decodeDepth(frame.depth);
    const bowedM = depthM.map((z, i) => {
      const [x, y] = [(2 * (i % width)) / width - 1, (2 * Math.floor(i / width)) / height - 1];
      return z * (1 + (share * (x * x + y * y)) / 2);
    });
    const depth = depthImageOf({ width, height, depthM: bowedM });
    const { valueM, sigmaM } = await lengthIn({ ...frame, depth }, "vertical_distance", A, B);
    expect(Math.abs(valueM)).toBeLessThan(2 * sigmaM);
  });
});
