import type { Outline } from "../../spatial/index.js";
import type { DepthView } from "./DepthView.js";

/** What hides an object is nearer to the camera by more than this, and than a few pixels. */
const NEARER_BY_M = 0.004;

/** Below a standing object the support comes nearer from pixel to pixel without hiding it. */
const NEARER_BELOW_BY_M = 0.012;

/** Pixels this close to where the object is hidden are not its own outline. */
const REACH_PX = 2;

/**
 * How much of an object's outline is not its own: something nearer begins there, or the image
 * ends. The object may go on behind it.
 *
 * @param pixels all of the object's pixels.
 * @param chosen those that became points: `nearHidden` speaks of them.
 */
export function hiddenOutline(view: DepthView, pixels: Uint32Array, chosen: Uint32Array): Outline {
  const { depthM, scratch, width, height } = view;
  for (const pixel of pixels) scratch[pixel] = 1;
  const all = { seen: 0, hidden: 0 };
  const above = { seen: 0, hidden: 0 };
  const below = { seen: 0, hidden: 0 };
  const edges: number[] = [];
  for (const pixel of pixels) {
    const z = depthM[pixel]!;
    const column = pixel % width;
    const row = (pixel - column) / width;
    const look = (other: number, isInside: boolean, side: typeof all, nearerBy: number): void => {
      if (isInside && scratch[other] !== 0) return;
      const isHidden = !isInside || depthM[other]! < z - nearerBy;
      side.seen += 1;
      if (!isHidden) return;
      side.hidden += 1;
      edges.push(pixel);
    };
    look(pixel - 1, column > 0, all, NEARER_BY_M);
    look(pixel + 1, column < width - 1, all, NEARER_BY_M);
    look(pixel - width, row > 0, above, NEARER_BY_M);
    look(pixel + width, row < height - 1, below, NEARER_BELOW_BY_M);
  }
  for (const edge of edges) markAround(view, edge);
  const nearHidden = Uint8Array.from(chosen, (pixel) => (scratch[pixel] === 2 ? 1 : 0));
  for (const pixel of pixels) scratch[pixel] = 0;
  const sides = [all, above, below];
  return {
    hiddenShare:
      edges.length /
      Math.max(
        1,
        sides.reduce((sum, { seen }) => sum + seen, 0),
      ),
    hiddenAboveShare: above.hidden / Math.max(1, above.seen),
    hiddenBelowShare: below.hidden / Math.max(1, below.seen),
    nearHidden,
  };
}

function markAround({ scratch, width, height }: DepthView, pixel: number): void {
  const column = pixel % width;
  const row = (pixel - column) / width;
  for (let y = Math.max(0, row - REACH_PX); y <= Math.min(height - 1, row + REACH_PX); y++)
    for (let x = Math.max(0, column - REACH_PX); x <= Math.min(width - 1, column + REACH_PX); x++)
      if (scratch[y * width + x] !== 0) scratch[y * width + x] = 2;
}
