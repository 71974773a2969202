import type { Cluster } from "./Cluster.js";
import { cores } from "./cores.js";
import type { DepthGrid } from "./DepthGrid.js";
import { findWalls } from "./findWalls.js";
import { grownParts } from "./grownParts.js";
import { joinByColor } from "./joinByColor.js";
import { joinParts } from "./joinParts.js";
import type { GridColors } from "./Look.js";
import { componentsOf, NEAR } from "./linkCells.js";
import { partsAtSteps } from "./partsAtSteps.js";
import { raisedCells } from "./raisedCells.js";
import type { Table } from "./Table.js";

/** Fewer cells are a speck. */
const LEAST_CELLS = 25;

export interface FoundClusters {
  readonly clusters: readonly Cluster[];
  /** Cells of what only steps between two looks have parted: clusters in one of these may be one thing. */
  readonly atSteps: readonly Uint32Array[];
}

/**
 * What stands on a table, apart: cells over it, and before the walls that it ends at, are linked where they are near
 * each other, or on one surface, and where the surfaces do not meet at a hollow edge, or at a step between two looks; parts
 * of one thing that were separated (a mug's inside, a handle, what is around a black part) are joined again.
 */
export function clusterDepth(grid: DepthGrid, table: Table, colors: GridColors): FoundClusters {
  const raised = raisedCells(grid, table, findWalls(grid, table));
  const { numbers, links } = componentsOf(grid, raised, NEAR);
  const atSteps: Uint32Array[] = [];
  const parts = grownParts(grid, raised, numbers, LEAST_CELLS)
    .flatMap((cells) => cores(grid, table, cells))
    .flatMap((cells) => {
      const apart = partsAtSteps(grid, colors, links, cells);
      if (apart.length > 1) atSteps.push(cells);
      return apart;
    });
  return { clusters: joinByColor(grid, table, colors, joinParts(grid, table, parts)), atSteps };
}
