import { boxAround, boxOverlap, type PixelBox, scaledBox } from "../../../camera/index.js";
import type { DepthGrid } from "./DepthGrid.js";
import type { Track } from "./Track.js";

/** A pixel, or a box (left, top, right, bottom), of the colour image. */
export type ImagePlace = readonly number[];

/** A pixel this near to a thing means it, cells. */
const NEAR_CELLS = 4;
/** A box and its thing overlap by this much: intersection over union. */
const LEAST_OVERLAP = 0.3;

/**
 * The thing at a pixel or in a box; undefined if there is none.
 *
 * @param toGrid cells of the grid for each pixel of the colour image
 */
export function thingAt(
  at: ImagePlace,
  things: readonly Track[],
  grid: DepthGrid,
  toGrid: number,
): Track | undefined {
  const [u = 0, v = 0] = at;
  if (at.length === 4) return inBox(at as unknown as PixelBox, things, grid, toGrid);
  const [column, row] = [Math.floor(u * toGrid), Math.floor(v * toGrid)];
  let best: Track | undefined;
  let least = NEAR_CELLS + 0.5;
  for (const track of things)
    for (const cell of track.cells ?? []) {
      const x = cell % grid.width;
      const away = Math.hypot(x - column, (cell - x) / grid.width - row);
      if (away < least) [best, least] = [track, away];
    }
  return best;
}

function inBox(
  box: PixelBox,
  things: readonly Track[],
  grid: DepthGrid,
  toGrid: number,
): Track | undefined {
  let best: Track | undefined;
  let most = LEAST_OVERLAP;
  for (const track of things) {
    if (!track.cells) continue;
    const share = boxOverlap(box, boxOf(track.cells, grid, 1 / toGrid));
    if (share > most) [best, most] = [track, share];
  }
  return best;
}

/** Around a track's cells. @param pixels of the colour image for each cell. */
export function boxOf(cells: Uint32Array, { width }: DepthGrid, pixels: number): PixelBox {
  return scaledBox(boxAround(cells, width), pixels, pixels);
}
