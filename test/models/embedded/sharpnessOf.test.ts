import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RgbImage } from "../../../src/camera/index.js";
import { fitPicture } from "../../../src/models/embedded/fitPicture.js";
import { sharpnessOf } from "../../../src/models/embedded/sharpnessOf.js";

const SIZE = { width: 320, height: 240, focal_widths_unless_known: 0.9 };

function imageOf(
  light: (u: number, v: number) => number,
  [width, height] = [320, 240] as readonly [number, number],
): RgbImage {
  const data = new Uint8Array(3 * width * height);
  for (let v = 0; v < height; v++) {
    for (let u = 0; u < width; u++) {
      const at = 3 * (v * width + u);
      data.fill(Math.round(light(u, v)), at, at + 3);
    }
  }
  return { width, height, data };
}

const sharpness = (image: RgbImage) => sharpnessOf(fitPicture(image, undefined, SIZE));

/** Boxes of 20 px, dark on light, whose edges take `wide` pixels. */
function boxes(wide: number, contrast = 200): (u: number, v: number) => number {
  const side = (at: number) => {
    const away = Math.abs((at % 40) - 20) - 9.5;
    return Math.max(0, Math.min(1, 0.5 + away / wide));
  };
  return (u, v) => 20 + contrast * Math.max(side(u), side(v));
}

const slow = (u: number) => 4 * Math.abs((u % 100) - 50);

describe("sharpnessOf", () => {
  it("is 1 where an edge is between two pixels, and where there is none", () => {
    expect(sharpness(imageOf((u) => (Math.floor(u / 20) % 2) * 200))).toBe(1);
    expect(sharpness(imageOf(() => 90))).toBe(1);
  });

  it("is the ratio of the distances where a picture changes slowly everywhere", () => {
    expect(sharpness(imageOf(slow))).toBeCloseTo(1 / 9, 2);
  });

  it("falls as edges grow wider, whatever the kind of blur", () => {
    const found = [1, 3, 5, 9].map((wide) => sharpness(imageOf(boxes(wide))));
    for (const [at, value] of found.entries()) {
      if (at > 0) expect(value).toBeLessThan(found[at - 1] ?? 0);
    }
  });

  it("does not depend on the contrast", () => {
    fc.assert(
      fc.property(fc.integer({ min: 60, max: 220 }), fc.constantFrom(2, 4, 8), (contrast, wide) => {
        const usual = sharpness(imageOf(boxes(wide)));
        expect(Math.abs(sharpness(imageOf(boxes(wide, contrast))) - usual)).toBeLessThan(0.04);
      }),
      { numRuns: 15 },
    );
  });

  it("does not take the edge of the grey beside an image for the image's", () => {
    expect(sharpness(imageOf(slow, [320, 160]))).toBeCloseTo(1 / 9, 2);
    expect(sharpness(imageOf(slow, [180, 240]))).toBeCloseTo(1 / 9, 2);
  });
});
