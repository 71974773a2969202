import type { DepthGrid } from "./DepthGrid.js";
import type { GridColors } from "./Look.js";
import { cellIds, type Labelled } from "./labelImage.js";
import { snapEdge } from "./snapEdge.js";
import type { Table } from "./Table.js";

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
  wanted: readonly number[],
): Map<number, Uint32Array> {
  const ids = cellIds(grid, things);
  const outlines = new Map<number, Uint32Array>();
  for (const thing of things)
    if (wanted.includes(thing.id))
      outlines.set(thing.id, snapEdge(grid, table, colors, ids, thing));
  return outlines;
}
