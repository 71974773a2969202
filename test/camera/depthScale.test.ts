import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mulberry32 } from "../../src/base/index.js";
import { type GripperDepth, wrongDepthScale } from "../../src/camera/depthScale.js";

/** 1 where the depth is not doubted. */
function factorOf(samples: readonly GripperDepth[]): number {
  return wrongDepthScale(samples)?.factor ?? 1;
}

const FACTORS = [0.25, 0.3048, 0.5, 2, 2.54, 4];
const SAMPLES = 24;

/** A gripper that moves up and down in front of a camera. */
const motion = fc
  .record({
    nearM: fc.double({ min: 0.3, max: 1, noNaN: true }),
    rangeM: fc.double({ min: 0.3, max: 0.6, noNaN: true }),
    frontM: fc.double({ min: 0, max: 0.15, noNaN: true }),
    seed: fc.nat(),
  })
  .map(({ seed, ...moved }) => ({ ...moved, random: mulberry32(seed) }));

type Motion = typeof motion extends fc.Arbitrary<infer T> ? T : never;

/** Its distances by the transforms. */
function toldBy({ nearM, rangeM, random }: Motion): number[] {
  return Array.from({ length: SAMPLES }, () => nearM + rangeM * random());
}

describe("wrongDepthScale", () => {
  it("finds the factor by which depth is longer than the transforms say", () => {
    fc.assert(
      fc.property(motion, fc.constantFrom(...FACTORS), (moved, factor) => {
        const samples = toldBy(moved).map((toldM) => {
          const noiseM = 0.01 * (moved.random() - 0.5);
          return { toldM, seenM: factor * (toldM - moved.frontM + noiseM) };
        });
        expect(Math.abs(Math.log(factorOf(samples) / factor))).toBeLessThan(0.15);
      }),
    );
  });

  it.each<[string, (told: number, moved: Motion, i: number) => number]>([
    ["is right", (told, { frontM }) => told - frontM],
    [
      "is right, by a third of the images; others show the table",
      (told, { frontM, nearM, rangeM }, i) => (i % 3 === 0 ? told - frontM : nearM + rangeM + 0.1),
    ],
    ["shows what is behind the gripper", (_, { nearM, rangeM }) => 2 * (nearM + rangeM)],
    [
      "shows an arm that hides the gripper",
      (_, { nearM, random }) => nearM * (0.3 + 0.4 * random()),
    ],
    [
      "is right, but the camera's place is 8 cm and some degrees off",
      (told, { frontM }) => 1.12 * (told - frontM) + 0.08,
    ],
    ["is noise", (_, { random }) => 0.3 + 3 * random()],
  ])("does not doubt depth that %s", (_, seen) => {
    fc.assert(
      fc.property(motion, (moved) => {
        const samples = toldBy(moved).map((toldM, i) => ({ toldM, seenM: seen(toldM, moved, i) }));
        expect(factorOf(samples)).toBe(1);
      }),
    );
  });

  it("never tells a wrong factor where the gripper moves little", () => {
    fc.assert(
      fc.property(motion, fc.constantFrom(...FACTORS), (moved, factor) => {
        const samples = toldBy({ ...moved, rangeM: moved.rangeM / 3 }).map((toldM) => {
          return { toldM, seenM: factor * (toldM - moved.frontM + 0.01 * moved.random()) };
        });
        const found = factorOf(samples);
        if (found !== 1) expect(Math.abs(Math.log(found / factor))).toBeLessThan(0.3);
      }),
    );
  });

  it("says nothing of a gripper that stays at one distance", () => {
    const samples = Array.from({ length: SAMPLES }, (_, i) => ({
      toldM: 0.7 + 0.002 * i,
      seenM: 2 * (0.7 + 0.002 * i),
    }));
    expect(factorOf(samples)).toBe(1);
  });
});
