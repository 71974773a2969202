import { smallestFirst, type Vec3 } from "../../../base/index.js";
import { convexHull, type Points2 } from "../../../geometry/index.js";
import type { DepthGrid } from "./DepthGrid.js";
import { heightOver, type Table } from "./Table.js";

/** One thing that stands on the table, by depth alone. */
export interface Cluster {
  /** Cells of the grid, ascending. */
  readonly cells: Uint32Array;
  readonly centerM: Vec3;
  /** Over the table. */
  readonly topM: number;
  readonly bottomM: number;
  /** Largest extent along the table. */
  readonly lengthM: number;
  /** Corners of its footprint's hull along the table's axes. */
  readonly footprint: Points2;
  /** Cells that lie at the picture's edge. */
  readonly atEdge: number;
  /** What it was joined of by nothing but the picture's colours: it may be several things. */
  readonly joined?: readonly Cluster[];
}

/** Points that are enough for a footprint. */
const FOOT_POINTS = 500;

/** A cluster of cells, with its measures. */
export function clusterOf(grid: DepthGrid, table: Table, cells: Uint32Array): Cluster {
  const { xyz, width, height } = grid;
  const [[ux, uy, uz], [vx, vy, vz]] = table.axes;
  const heights = new Float32Array(cells.length);
  const stride = Math.max(1, Math.floor(cells.length / FOOT_POINTS));
  const feet = new Float64Array(2 * Math.ceil(cells.length / stride));
  let x = 0;
  let y = 0;
  let z = 0;
  let atEdge = 0;
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i] ?? 0;
    const px = xyz[3 * cell] ?? 0;
    const py = xyz[3 * cell + 1] ?? 0;
    const pz = xyz[3 * cell + 2] ?? 0;
    x += px;
    y += py;
    z += pz;
    heights[i] = heightOver(table.plane, xyz, cell);
    if (i % stride === 0) {
      feet[(2 * i) / stride] = ux * px + uy * py + uz * pz;
      feet[(2 * i) / stride + 1] = vx * px + vy * py + vz * pz;
    }
    const column = cell % width;
    const row = (cell - column) / width;
    if (column < 2 || row < 2 || column >= width - 2 || row >= height - 2) atEdge += 1;
  }
  const footprint = convexHull(feet);
  const n = Math.max(1, cells.length);
  return {
    cells,
    centerM: [x / n, y / n, z / n],
    topM: smallest(heights, Math.floor(0.98 * (n - 1))),
    bottomM: smallest(heights, Math.floor(0.02 * (n - 1))),
    lengthM: longestOf(footprint),
    footprint,
    atEdge,
  };
}

/** How far the corners farthest from each other are apart. */
export function longestOf(hull: Points2): number {
  let mostM2 = 0;
  for (let i = 0; i < hull.length; i += 2)
    for (let j = 0; j < i; j += 2) {
      const across = (hull[i] ?? 0) - (hull[j] ?? 0);
      const along = (hull[i + 1] ?? 0) - (hull[j + 1] ?? 0);
      mostM2 = Math.max(mostM2, across * across + along * along);
    }
  return Math.sqrt(mostM2);
}

/** The value with so many before it, were they sorted; moves them. 0 of none. */
function smallest(values: Float32Array, before: number): number {
  smallestFirst(values, before);
  return values[before] ?? 0;
}
