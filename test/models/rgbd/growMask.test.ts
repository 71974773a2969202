import { describe, expect, it } from "vitest";
import type { DepthView } from "../../../src/models/rgbd/DepthView.js";
import { growMask } from "../../../src/models/rgbd/growMask.js";

/** A camera that looks down to a support at 2 m, and a mask of all pixels that `isOwn` says. */
function grown(
  width: number,
  height: number,
  depthOf: (column: number, row: number) => number,
  isOwn: (column: number, row: number) => boolean,
) {
  const pixels = Array.from({ length: width * height }, (_, pixel) => pixel);
  const placed = pixels.map((pixel) => [pixel % width, Math.floor(pixel / width)] as const);
  const view = {
    ...{ width, height, scratch: new Uint8Array(pixels.length) },
    depthM: Float32Array.from(placed, ([column, row]) => depthOf(column, row)),
    rays: new Float32Array(2 * pixels.length),
  } as unknown as DepthView;
  const mask = Uint32Array.from(pixels.filter((pixel) => isOwn(...(placed[pixel] ?? [0, 0]))));
  return growMask(
    view,
    mask,
    { normal: [0, 0, -1], offsetM: 2, residualM: 0.001, inliers: 1 },
    () => false,
  );
}

describe("growMask", () => {
  it("follows the surface beyond a mask of very many parts", () => {
    const [width, height] = [600, 400];
    // Next to each other no two pixels of the mask are on one surface.
    const depthOf = (column: number, row: number) =>
      row >= 350 ? 1 : 1 + 0.1 * ((column + row) % 2);
    const mask = grown(width, height, depthOf, (_, row) => row < 352);
    expect(mask?.pixels.length).toBeGreaterThan(10 * width);
  });

  it("keeps no speck at the other side of the image", () => {
    const [width, height] = [60, 40];
    const isSpeck = (column: number) => column === width - 1;
    const mask = grown(
      width,
      height,
      (column) => (column < 20 || isSpeck(column) ? 1 : 2),
      (column) => column < 15 || isSpeck(column),
    );
    expect([...(mask?.pixels ?? [])].filter((pixel) => isSpeck(pixel % width))).toEqual([]);
    expect(mask?.pixels).toHaveLength(20 * height);
  });
});
