import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mulberry32 } from "../../src/base/index.js";
import { edgeImage, isMostlyKnown, maskEdges } from "../../src/consistency/maskEdges.js";
import { maskPixels } from "../../src/consistency/maskPixels.js";

const [WIDTH, HEIGHT] = [160, 120];

/** A thing before a table whose depth ends at a column; of the other pixels, a share has none. */
function edgesOf(seed: number, endsAt: number, holes: number) {
  const random = mulberry32(seed);
  const [ids, nearer] = [new Uint16Array(WIDTH * HEIGHT), new Float32Array(WIDTH * HEIGHT)];
  for (let pixel = 0; pixel < ids.length; pixel++) {
    const [x, y] = [pixel % WIDTH, Math.floor(pixel / WIDTH)];
    const isThing = x >= 40 && x < 80 && y >= 30 && y < 90;
    ids[pixel] = isThing ? 1 : 0;
    const isKnown = (isThing || x < endsAt) && random() >= holes;
    nearer[pixel] = isKnown ? (isThing ? 0.1 : 0) : Number.NaN;
  }
  const plane = [0, 0, 1] as const;
  const pixels = maskPixels(ids);
  const view = { width: WIDTH, height: HEIGHT, ids, pixels, nearer, depthM: nearer, plane };
  const isOwn = (id: number) => id === 1;
  return edgeImage(maskEdges(view, isOwn), isOwn);
}

describe("isMostlyKnown", () => {
  const seeds = fc.nat();

  it("holds where depth has holes all over", () => {
    const holes = fc.double({ min: 0, max: 0.4, noNaN: true });
    fc.assert(
      fc.property(seeds, holes, (seed, share) => {
        expect(isMostlyKnown(edgesOf(seed, WIDTH, share))).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it("does not where a thing stands before a background without depth, but for a corner", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: 55 }), (seed, endsAt) => {
        expect(isMostlyKnown(edgesOf(seed, endsAt, 0.1))).toBe(false);
      }),
      { numRuns: 30 },
    );
  });
});
