import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { distanceBetween } from "../../src/base/vectors.js";
import { canonicalFrame, measureObject, type SpatialObject } from "../../src/geometry/index.js";

interface Roll {
  readonly eyeUp: number;
  readonly x: number;
  readonly yaw: number;
  readonly radius: number;
  readonly length: number;
}

const AHEAD_M = 0.9;
const STEP_M = 0.002;

/** A roll that lies on the support, measured by what faces the camera of its side and of its two ends, which are flat. */
function measuredRoll({ eyeUp, x, yaw, radius, length }: Roll): SpatialObject {
  const [c, s] = [Math.cos(yaw), Math.sin(yaw)];
  const xyz: number[] = [];
  /** A point of the surface along the roll, across it and up from its middle, and the normal there. */
  const add = (at: readonly number[], normal: readonly number[]): void => {
    const turned = ([along = 0, across = 0, up = 0]: readonly number[]) =>
      [c * along - s * across, -up, s * along + c * across] as const;
    const [dx, dy, dz] = turned(at);
    const [nx, ny, nz] = turned(normal);
    const [px, py, pz] = [x + dx, eyeUp - radius + dy, AHEAD_M + dz];
    if (px * nx + py * ny + pz * nz < 0) xyz.push(px, py, pz);
  };
  const turns = Math.round((2 * Math.PI * radius) / STEP_M);
  for (let turn = 0; turn < turns; turn++) {
    const angle = (2 * Math.PI * turn) / turns;
    const [across, up] = [Math.cos(angle), Math.sin(angle)];
    for (let along = -length / 2; along <= length / 2; along += STEP_M)
      add([along, radius * across, radius * up], [0, across, up]);
    for (let out = STEP_M; out <= radius; out += STEP_M)
      for (const end of [-1, 1]) add([(end * length) / 2, out * across, out * up], [end, 0, 0]);
  }
  const points = { count: xyz.length / 3, xyz: Float32Array.from(xyz) };
  const none = new Uint8Array(points.count);
  return measureObject(
    {
      ...{ points, pitchM: STEP_M, noiseM: 0, lostShare: 0, tornShare: 0 },
      ...{ holesM: [0, 0], blindM: [0, 0] },
      outline: {
        ...{ hiddenShare: 0, hiddenAboveShare: 0, hiddenBelowShare: 0, droppingBelowShare: 0 },
        ...{ nearHidden: none, nearCut: none, cuts: [] },
        reachPx: { left: 0, right: 0, above: 0, below: 0 },
      },
    },
    canonicalFrame({ normal: [0, -1, 0], offsetM: eyeUp, residualM: 0.0006, inliers: 999 }),
  );
}

const errorOf = (roll: Roll, { center }: SpatialObject) =>
  distanceBetween(center, [roll.x, roll.eyeUp - roll.radius, AHEAD_M]);

const widthErrorOf = ({ length, radius, yaw }: Roll, { size }: SpatialObject) =>
  (size?.widthM ?? 0) - (length * Math.abs(Math.cos(yaw)) + 2 * radius * Math.abs(Math.sin(yaw)));

describe("a roll that lies on the support", () => {
  it("is completed by its round front where its back falls too little to see", () => {
    for (const yaw of [-0.5, -0.2, 0, 0.2, 0.5]) {
      const roll = { eyeUp: 0.33, x: 0.05, yaw, radius: 0.035, length: 0.16 };
      expect(errorOf(roll, measuredRoll(roll)), `yaw ${yaw}`).toBeLessThan(0.005);
    }
  });

  it("is as wide as its outer end, of which the far corner is hidden", () => {
    const roll = { eyeUp: 0.4, x: 0.25, yaw: -0.26, radius: 0.037, length: 0.137 };
    const object = measuredRoll(roll);
    const offM = Math.abs(widthErrorOf(roll, object));
    expect(offM).toBeLessThan(3 * (object.size?.sigmas?.widthM ?? 0));
  });

  it("is where its sigma says, from any side", () => {
    fc.assert(
      fc.property(
        fc.record({
          eyeUp: fc.double({ min: 0.35, max: 1.2, noNaN: true }),
          x: fc.double({ min: -0.2, max: 0.2, noNaN: true }),
          yaw: fc.double({ min: -1.5, max: 1.5, noNaN: true }),
          radius: fc.double({ min: 0.02, max: 0.045, noNaN: true }),
          length: fc.double({ min: 0.12, max: 0.25, noNaN: true }),
        }),
        (roll) => {
          const object = measuredRoll(roll);
          expect(errorOf(roll, object)).toBeLessThan(3 * object.centerSigmaM + 0.002);
          const widthSigmaM = object.size?.sigmas?.widthM ?? 0;
          expect(Math.abs(widthErrorOf(roll, object))).toBeLessThan(3 * widthSigmaM + 0.003);
        },
      ),
      { numRuns: 60 },
    );
  });
});
