import { readFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { doubtedSigmaM, sharesOf, sigmaConfig } from "../../../src/models/embedded/Doubt.js";

const path = join(import.meta.dirname, "../../../models/embedded/model.json");
const own = sigmaConfig.parse(JSON.parse(await readFile(path, "utf8")).sigma);
const SIGNS = { score: 0.4, sharpness: 0.45, sigmaM: 0.01, rivalM: 0, valueM: 0.3 };

describe("the sigma of a length by its picture", () => {
  it("is the model's own where nothing was calibrated", () => {
    const divided = { ...SIGNS, sigmaM: 0.03, rivalM: 0.04 };
    for (const [kind, config] of [
      ["distance", undefined],
      ["no such kind", own],
    ] as const) {
      expect(doubtedSigmaM(kind, SIGNS, config)).toBe(0.01);
      expect(doubtedSigmaM(kind, divided, config)).toBeCloseTo(0.05);
    }
  });

  it("is not narrowed on pictures that are more usual than those it was fitted to", () => {
    for (const score of [undefined, 0, 0.3, 0.4]) {
      for (const valueM of [0, 0.01, 0.1, 0.5]) {
        const sigmaM = doubtedSigmaM("distance", { ...SIGNS, score, sharpness: 0.9, valueM }, own);
        expect(sigmaM).toBe(doubtedSigmaM("distance", { ...SIGNS, valueM }, own));
        expect(sigmaM).toBeGreaterThanOrEqual(0.5 * 0.01);
      }
    }
  });

  it("says of things that touch what no picture shows", () => {
    // As if a mug that is held 2 cm beside the fingers' middle were said to be 1 cm off.
    const unforeseen = [{ kinds: ["distance" as const], sigma_m: [0.01, 0.001] }];
    const alike = { ...own, knots_m: [0, 0.05], unforeseen };
    const held = { ...SIGNS, sigmaM: 0.003, valueM: 0.011 };
    expect(doubtedSigmaM("distance", held, alike)).toBeGreaterThan(0.008);
    expect(doubtedSigmaM("distance", { ...held, valueM: 0.05 }, alike)).toBeLessThan(0.004);
  });

  it("of a held mug is millimetres: the training held it wherever fingers can close on it", () => {
    const held = { ...SIGNS, sigmaM: 0.003, valueM: 0.02 };
    expect(doubtedSigmaM("distance", held, own)).toBeLessThan(0.005);
  });

  it("grows with the distance from the training's pictures", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.3, max: 1.8, noNaN: true }), (score) => {
        const near = doubtedSigmaM("distance", { ...SIGNS, score }, own);
        const far = doubtedSigmaM("distance", { ...SIGNS, score: score + 0.1 }, own);
        expect(far).toBeGreaterThanOrEqual(near);
      }),
    );
  });

  it("grows as the picture gets less sharp", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 0.9, noNaN: true }), (sharpness) => {
        const sharp = doubtedSigmaM("distance", { ...SIGNS, sharpness }, own);
        const blurred = doubtedSigmaM("distance", { ...SIGNS, sharpness: sharpness - 0.05 }, own);
        expect(blurred).toBeGreaterThanOrEqual(sharp);
      }),
    );
    const blurred = doubtedSigmaM("distance", { ...SIGNS, sharpness: 0.13 }, own);
    expect(blurred).toBeGreaterThan(1.2 * doubtedSigmaM("distance", SIGNS, own));
  });

  it("grows with what shares a pointer's attention, by a part of its distance", () => {
    const alone = doubtedSigmaM("gap", SIGNS, own);
    const divided = doubtedSigmaM("gap", { ...SIGNS, rivalM: 0.2 }, own);
    expect(divided).toBeGreaterThan(alone);
    expect(divided).toBeLessThan(alone + 0.2);
  });

  it("has no jumps: a length between two knots has a sigma between theirs", () => {
    for (const { kinds } of own.unforeseen) {
      for (const kind of kinds) {
        let before = doubtedSigmaM(kind, { ...SIGNS, valueM: -0.5 }, own);
        for (let valueM = -0.499; valueM < 0.5; valueM += 0.001) {
          const sigma = doubtedSigmaM(kind, { ...SIGNS, valueM }, own);
          expect(Math.abs(sigma - before)).toBeLessThan(0.004);
          before = sigma;
        }
      }
    }
  });

  it("stays positive and finite", () => {
    const positive = (max: number) => fc.double({ min: 1e-5, max, noNaN: true });
    fc.assert(
      fc.property(positive(5), positive(2), positive(20), (score, sigmaM, valueM) => {
        const sigma = doubtedSigmaM("width", { ...SIGNS, score, sigmaM, valueM }, own);
        expect(sigma).toBeGreaterThanOrEqual(0.5 * sigmaM - 1e-12);
        expect(Number.isFinite(sigma)).toBe(true);
      }),
    );
  });
});

describe("sigma of model.json", () => {
  const table = { by: "score", knots: [0.4, 0.9], factors: [1, 2] };

  it.each<[string, object]>([
    ["a factor that is missing", { growth: [{ ...table, factors: [1] }] }],
    ["knots that do not ascend", { growth: [{ ...table, knots: [0.9, 0.4] }] }],
    ["a sign that there is not", { growth: [{ ...table, by: "weather" }] }],
    ["a factor below nothing", { growth: [{ ...table, factors: [1, -2] }] }],
    ["a length for no knot", { unforeseen: [{ kinds: ["gap"], sigma_m: [0.1] }] }],
    ["a negative share of a rival", { per_rival: -0.1 }],
  ])("is not read with %s", (_, wrong) => {
    expect(sigmaConfig.safeParse({ ...own, growth: [table] }).success).toBe(true);
    expect(sigmaConfig.safeParse({ ...own, ...wrong }).success).toBe(false);
  });
});

describe("sharesOf", () => {
  it("interpolates between knots, and stays at the ends", () => {
    expect(sharesOf(0.5, [0, 0.1, 0.3])).toEqual([{ knot: 2, share: 1 }]);
    expect(sharesOf(0, [0.01, 0.1])).toEqual([{ knot: 0, share: 1 }]);
    const [low, high] = sharesOf(0.15, [0, 0.1, 0.3]);
    expect(low).toEqual({ knot: 1, share: expect.closeTo(0.75, 9) });
    expect(high).toEqual({ knot: 2, share: expect.closeTo(0.25, 9) });
  });
});
