import type { Plane } from "../../../geometry/index.js";
import type { DepthGrid } from "./DepthGrid.js";
import { planeThrough } from "./planeThrough.js";
import { heightOver, lies, toleranceAt } from "./Table.js";

/** Heights over a plane are counted in steps of this, metres, and to so many on each side. */
const STEP_M = 0.001;
const STEPS = 25;
/** What is farther from the layer's middle is of another one, metres, besides what its distance demands. */
const LAYER_M = 0.004;
const ROUNDS = 2;

/**
 * Of a plane's cells, flat things that lie on the table (books, a laptop) are so little higher that the plane of all
 * runs between both: it is moved to the layer that most of them are in.
 */
export function largestLayer(grid: DepthGrid, cells: Uint32Array, start: Plane): Plane {
  let plane = start;
  for (let round = 0; round < ROUNDS; round++) {
    const near = cells.filter((cell) => lies(grid, cell, plane, 2 * toleranceAt(grid, cell)));
    const heights = Float64Array.from(near, (cell) => heightOver(plane, grid.xyz, cell));
    const layerM = mostFrequent(heights);
    const own = near.filter((cell, i) => {
      const z = grid.xyz[3 * cell + 2] ?? 0;
      return Math.abs((heights[i] ?? 0) - layerM) < Math.max(LAYER_M, 0.003 * z * z);
    });
    const fitted = planeThrough(grid, own);
    if (!fitted) return plane;
    plane = fitted;
  }
  return plane;
}

/** The height that most are near to, metres. */
function mostFrequent(heights: Float64Array): number {
  const counts = new Float64Array(2 * STEPS + 1);
  for (const heightM of heights) {
    const at = Math.round(heightM / STEP_M) + STEPS;
    for (let aside = -2; aside <= 2; aside++)
      if (at + aside >= 0 && at + aside < counts.length)
        counts[at + aside] = (counts[at + aside] ?? 0) + 3 - Math.abs(aside);
  }
  return (counts.indexOf(Math.max(...counts)) - STEPS) * STEP_M;
}
