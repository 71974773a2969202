import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mulberry32, type Vec3 } from "../../src/base/index.js";
import type { Look } from "../../src/consistency/Evidence.js";
import { judge } from "../../src/consistency/judge.js";
import { PLAIN_LOOK } from "./plainLook.js";

const GRIPPER = 1;

/** A gripper that goes about is seen with some noise, by depth with a constant error and a lens that stretches. */
function looksOf(seed: number, spanM: number, offM: number, stretch: number): Look[] {
  const random = mulberry32(seed);
  const between = (span: number) => span * 2 * (random() - 0.5);
  return Array.from({ length: 24 }, (_, image) => {
    const position: Vec3 = [between(spanM), between(spanM), 1 + between(spanM)];
    const grown = ((position[2] + offM) / position[2]) * stretch;
    const noise = () => between(0.004);
    const middle: Vec3 = [
      position[0] * grown + noise(),
      position[1] * grown + noise(),
      position[2] + offM + noise(),
    ];
    return {
      ...{ timeS: image, asked: new Set([GRIPPER]), gripperId: GRIPPER },
      ...PLAIN_LOOK,
      told: { position, rotation: [0, 0, 0, 1] },
      seen: new Map([[GRIPPER, { middle, area: 0.01, spanM: 0.1, isCutOff: false }]]),
      support: { offM: offM + noise() / 2, toldM: 1.2 },
    };
  });
}

const seeds = fc.integer({ min: 1, max: 1e6 });
const runs = { numRuns: 25 };

describe("what may be wrong with lengths", () => {
  it("is nothing where all is right", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        expect(judge(looksOf(seed, 0.2, 0, 1))).toMatchObject({});
        expect(judge(looksOf(seed, 0.2, 0, 1)).doubt?.share ?? 0).toBeLessThan(0.012);
      }),
      runs,
    );
  });

  it("is as large as a lens is off by the gripper's motion", () => {
    const off = fc.double({ min: 0.05, max: 0.07, noNaN: true });
    fc.assert(
      fc.property(seeds, off, fc.boolean(), (seed, size, isShort) => {
        const { found, doubt } = judge(looksOf(seed, 0.2, 0, isShort ? 1 - size : 1 + size));
        expect(found).toBeUndefined();
        expect(doubt?.by).toBe("gripper");
        expect(doubt?.share).toBeGreaterThan(size - 0.02);
        expect(doubt?.share).toBeLessThan(size + 0.025);
      }),
      runs,
    );
  });

  // The noise of what is seen decides: up to a tenth is not certain.
  it("or is refused as what it is, where the lens is off by nearly a tenth", () => {
    const off = fc.double({ min: 0.07, max: 0.09, noNaN: true });
    fc.assert(
      fc.property(seeds, off, fc.boolean(), (seed, size, isShort) => {
        const { found, doubt } = judge(looksOf(seed, 0.2, 0, isShort ? 1 - size : 1 + size));
        if (found) expect(found).toMatchObject({ kind: "track", cause: "fx and fy" });
        const share = found?.kind === "track" ? Math.abs(found.values[0] ?? 0) : doubt?.share;
        expect(share).toBeGreaterThan(size - 0.02);
        expect(share).toBeLessThan(size + 0.025);
      }),
      runs,
    );
  });

  it("is told by the support where the gripper rests", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        expect(judge(looksOf(seed, 0.002, 0.08, 1)).doubt).toMatchObject({ by: "support" });
      }),
      runs,
    );
  });
});

describe("depth with a constant error", () => {
  it("is found where gripper and support say the same", () => {
    const off = fc.double({ min: 0.05, max: 0.1, noNaN: true });
    fc.assert(
      fc.property(seeds, off, fc.boolean(), (seed, size, isNear) => {
        const offM = isNear ? -size : size;
        const { found } = judge(looksOf(seed, 0.2, offM, 1));
        expect(found?.kind).toBe("depth");
        expect(found?.kind === "depth" && Math.abs(found.offM - offM)).toBeLessThan(0.01);
      }),
      runs,
    );
  });

  it("is not what is wrong where only one of both says so", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const byLens = looksOf(seed, 0.2, 0, 1.08);
        const byPlace = looksOf(seed, 0.2, 0, 1).map((look) => ({
          ...look,
          support: { offM: 0.08, toldM: 1.2 },
        }));
        for (const looks of [byLens, byPlace]) expect(judge(looks).found).toBeUndefined();
      }),
      runs,
    );
  });
});
