import { describe, expect, it } from "vitest";
import { distanceBetween } from "../../../src/base/index.js";
import { decodeDepth, decodeLabels, depthImageOf } from "../../../src/camera/index.js";
import { castFrame } from "../../geometry/synthetic/castFrame.js";
import type { Solid } from "../../geometry/synthetic/Solid.js";
import { A, B, lengthIn } from "./scenes.js";

describe("a shiny thing of which most has no depth", () => {
  const ball: Solid = { id: 1, shape: "sphere", radius: 0.045, center: [-0.1, 0.05, 0.045] };
  const can: Solid = {
    ...{ id: 2, shape: "cylinder", radius: 0.03 },
    halfHeight: 0.04,
    center: [0.1, 0, 0.04],
  };
  const whole = castFrame(
    { table: [0.6, 0.5], solids: [ball, can] },
    { eye: [0, -0.53, 0.5], target: [0, 0, 0.05] },
    { noiseM: 0.0005 },
  );

  it.each([
    [0, 2.7],
    [0.7, 1.8],
    [1.4, 2.7],
    [4.2, 5.4],
    [4.9, 4.5],
  ])("is as unsure of its centre as it may be elsewhere: %d, %d rad", async (p, q) => {
    if (!whole.labels || !whole.depth) throw new Error("a cast frame has depth and labels");
    const { ids } = decodeLabels(whole.labels);
    const { depthM, width, height } = await decodeDepth(whole.depth);
    const shiny = Float32Array.from(depthM, (z, i) => {
      const [u, v] = [i % width, Math.floor(i / width)];
      const reflects = Math.sin(0.11 * u + p) * Math.sin(0.07 * v + q) > -0.2;
      return ids[i] === 1 && reflects ? 0 : z;
    });
    const frame = { ...whole, depth: depthImageOf({ width, height, depthM: shiny }) };
    const { valueM, sigmaM } = await lengthIn(frame, "distance", A, B);
    expect(Math.abs(valueM - distanceBetween(ball.center, can.center))).toBeLessThan(3 * sigmaM);
    const higher = await lengthIn(frame, "vertical_distance", A, B);
    expect(Math.abs(higher.valueM - 0.005)).toBeLessThan(3 * higher.sigmaM);
  });
});
