import { describe, expect, it } from "vitest";
import type { Picture } from "../../../src/models/embedded/fitPicture.js";
import { pointedAt } from "../../../src/models/embedded/pointedAt.js";
import { readWeights } from "../../../src/models/embedded/Weights.js";
import { SCRIPTED } from "./scriptedWeights.js";

describe("the box of what a pointer points at", async () => {
  const { config } = await readWeights(SCRIPTED);
  // 32x24 in cells of 8 pixels: four columns, three rows; the image is the picture.
  const lens = { fx: 30, fy: 30, cx: 15.5, cy: 11.5, isKnown: true };
  const picture: Picture = {
    pixels: new Uint8Array(),
    lens,
    mayBeStretched: 0,
    inside: { width: 32, height: 24, left: 0, top: 0, columns: 32, rows: 24 },
    toImage: (u, v) => [u, v],
  };
  const box = (sizeM: number, ...cells: readonly number[]) => {
    const scores = new Float32Array(config.columns * config.rows).fill(-20);
    cells.forEach((cell, rank) => {
      scores[cell] = 5 - 0.1 * rank;
    });
    const size = Math.log(sizeM);
    // Its centre is that of the cell in the second row and column.
    const shape = [-4 / 30, 0, 1, sizeM / 2, sizeM, 0, size, size, size];
    return pointedAt(scores, shape, { picture, config }).boxPx;
  };

  it("has cells as far from its centre as it is large, also those that lie apart", () => {
    expect(box(0.05, 5, 6)).toEqual([8, 8, 23, 15]);
    expect(box(0.5, 4, 6)).toEqual([0, 8, 23, 15]);
  });

  it("has no cell farther away", () => {
    expect(box(0.05, 5, 7, 3)).toEqual([8, 8, 15, 15]);
  });

  it("has the best cell, wherever the centre is guessed to be", () => {
    expect(box(0.05, 7)).toEqual([24, 8, 31, 15]);
  });
});
