import type { DepthGrid } from "./DepthGrid.js";
import type { Table } from "./findTable.js";
import type { GridColors } from "./Look.js";
import { fillHoles, type Labelled } from "./labelImage.js";
import { snapEdge } from "./snapEdge.js";

/**
 * Cells of things as the colour image shows them, by their ids: with what depth does not see of them,
 * without what it smears around them. Lengths are measured of what depth sees.
 *
 * @param things later ones win
 * @param wanted ids of those that are asked for
 */
export function outlinesOf(
  grid: DepthGrid,
  table: Table,
  colors: GridColors,
  things: readonly Labelled[],
  wanted: Iterable<number>,
): Map<number, Uint32Array> {
  const ids = new Uint16Array(grid.width * grid.height);
  for (const { id, cells } of things) for (const cell of cells) ids[cell] = id;
  const doubtful = fillHoles(grid, table, ids);
  const chosen = [...wanted];
  for (const id of chosen) snapEdge(grid, colors, ids, id, doubtful);
  const cells = new Map<number, number[]>(chosen.map((id) => [id, []]));
  for (let cell = 0; cell < ids.length; cell++)
    if (ids[cell] !== 0) cells.get(ids[cell]!)?.push(cell);
  return new Map([...cells].map(([id, own]) => [id, Uint32Array.from(own)]));
}
