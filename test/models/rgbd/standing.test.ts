import { describe, expect, it } from "vitest";
import { distanceBetween, type Vec3 } from "../../../src/base/index.js";
import { castFrame } from "../../geometry/synthetic/castFrame.js";
import type { Solid } from "../../geometry/synthetic/Solid.js";
import { A, B, lengthIn } from "./scenes.js";

const EYE: Vec3 = [0, -0.6, 0.45];

describe("a thing on which another stands", () => {
  /** A tile, and on it a plaque whose face begins where the tile's top is: it hides the tile's far part. */
  const TILE: Solid = {
    id: 1,
    shape: "box",
    half: [0.03, 0.028, 0.006],
    yaw: 0,
    center: [0, 0, 0.006],
  };
  const CAN: Solid = {
    id: 2,
    shape: "cylinder",
    radius: 0.03,
    halfHeight: 0.04,
    center: [0.15, 0, 0.04],
  };
  const withPlaque = (yaw: number, y: number) => {
    const plaque: Solid = {
      id: 3,
      shape: "box",
      half: [0.035, 0.004, 0.035],
      yaw,
      center: [0.005, y, 0.047],
    };
    return castFrame(
      { table: [0.6, 0.5], solids: [TILE, CAN, plaque] },
      { eye: EYE, target: [0.05, 0, 0.02] },
      { noiseM: 0.0005 },
    );
  };

  const trueM = distanceBetween(EYE, TILE.center) - distanceBetween(EYE, CAN.center);

  it.each([0, 0.3, 0.5, -0.4])("may go on behind that, turned by %d rad", async (yaw) => {
    for (const y of [-0.015, 0, 0.01]) {
      const { valueM, sigmaM } = await lengthIn(withPlaque(yaw, y), "behind_difference", A, B);
      expect(Math.abs(valueM - trueM)).toBeLessThan(3 * sigmaM);
    }
  });
});
