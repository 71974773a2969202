import { describe, expect, it } from "vitest";
import type { DepthView } from "../../../src/models/rgbd/DepthView.js";
import { ownParts } from "../../../src/models/rgbd/ownParts.js";

const [WIDTH, HEIGHT] = [64, 20];

/** Upright strips of one pixel, each at a depth of its own, which go on in another thing's mask at their right. */
function strips(columns: readonly number[]) {
  const depthM = new Float32Array(WIDTH * HEIGHT);
  const pixels: number[] = [];
  const others = new Set<number>();
  for (const [i, column] of columns.entries())
    for (let row = 5; row < 10; row++) {
      const pixel = row * WIDTH + column;
      pixels.push(pixel);
      others.add(pixel + 1);
      depthM[pixel] = 1 + i;
      depthM[pixel + 1] = 1 + i;
    }
  const scratch = new Uint8Array(depthM.length);
  const view = { depthM, scratch, width: WIDTH, height: HEIGHT } as unknown as DepthView;
  return ownParts(view, Uint32Array.from(pixels), (pixel) => others.has(pixel));
}

describe("ownParts", () => {
  it("keeps a mask of which each part could be another thing's: nothing would be left", () => {
    expect(strips([5, 15, 25, 35])).toHaveLength(20);
  });
});
