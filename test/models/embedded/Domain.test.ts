import { describe, expect, it } from "vitest";
import { domainConfig, domainScore } from "../../../src/models/embedded/Domain.js";

const packed = (...numbers: readonly number[]): string =>
  Buffer.from(Float32Array.from(numbers).buffer).toString("base64");

/** Two features: the mean and the standard deviation of one channel. */
const config = domainConfig.parse({
  mean: packed(1, 0.5),
  // Rows of [[2, 0], [1, 4]].
  whitening: packed(2, 1, 4),
  most: 2,
});

describe("domainScore", () => {
  it("is 0 for a picture with the features that are the training's mean", () => {
    expect(domainScore(Float32Array.of(0.5, 1.5), config)).toBeCloseTo(0, 6);
  });

  it("is the length of the whitened difference, over the root of the number of features", () => {
    // Mean 2 and deviation 1: differences of 1 and 0.5 become 2 and 3.
    expect(domainScore(Float32Array.of(1, 3), config)).toBeCloseTo(
      Math.hypot(2, 3) / Math.SQRT2,
      5,
    );
  });

  it("refuses a triangle of another size", () => {
    const bad = { mean: packed(1, 2), whitening: packed(1, 2), most: 1 };
    expect(domainConfig.safeParse(bad).success).toBe(false);
  });
});
