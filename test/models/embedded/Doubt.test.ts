import { readFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { doubtedSigmaM, sigmaConfig } from "../../../src/models/embedded/Doubt.js";

const path = join(import.meta.dirname, "../../../models/embedded/model.json");
const own = sigmaConfig.parse(JSON.parse(await readFile(path, "utf8")).sigma);
const SIGNS = { score: 0.7, sigmaM: 0.01, valueM: 0.3, share: 0.02 };

describe("the sigma of a length by its picture", () => {
  it("is the model's own where nothing was calibrated", () => {
    expect(doubtedSigmaM("distance", SIGNS, undefined)).toBe(0.01);
    expect(doubtedSigmaM("no such kind", SIGNS, own)).toBe(0.01);
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

  it("stays positive, finite, and within factors of the model's own", () => {
    const positive = (max: number) => fc.double({ min: 1e-5, max, noNaN: true });
    fc.assert(
      fc.property(
        positive(5),
        positive(2),
        positive(20),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (score, sigmaM, valueM, share) => {
          const sigma = doubtedSigmaM("width", { score, sigmaM, valueM, share }, own);
          expect(sigma).toBeGreaterThanOrEqual(0.5 * sigmaM - 1e-12);
          expect(sigma).toBeLessThanOrEqual(8 * sigmaM + 1e-12);
        },
      ),
    );
  });
});
