import type { Plane } from "../../../geometry/index.js";
import { CellArray } from "./CellArray.js";
import type { DepthGrid } from "./DepthGrid.js";
import { heightOver, isOver, type Table } from "./Table.js";
import { tableRelief } from "./tableRelief.js";

/** What rises less than this from the table is the table, metres, besides what its scatter demands. */
const RAISED_M = 0.006;
/** What hangs higher than this over the table does not stand on it. */
const MOST_HEIGHT_M = 0.6;
/** Things may stand over the edge of what is seen of the table by so much. */
const BESIDE_M = 0.02;
/** What is nearer to a wall than so many times its scatter is the wall. */
const OFF_WALL = 2.5;
const OFF_WALL_MEAN = 1.2;
const AROUND = 2;
const LEAST_SCATTER_M = 0.003;

/** Some cells of a grid. */
export interface CellSet {
  /** 1 for each of them. */
  readonly is: Uint8Array;
  /** Ascending: most of an image is the table. */
  readonly cells: Uint32Array;
}

const CELLS = new CellArray();

/** Cells over the table and before the walls that it ends at. The list is written anew by the next call. */
export function raisedCells(grid: DepthGrid, table: Table, walls: readonly Plane[]): CellSet {
  const { width, height, xyz } = grid;
  const is = new Uint8Array(width * height);
  const cells = CELLS.of(width * height);
  const { normal, offsetM } = table.plane;
  const [nx, ny, nz] = normal;
  const scatterM = raisedM(table);
  const relief = tableRelief(grid, table);
  const hasWalls = walls.length > 0;
  let n = 0;
  for (let row = 0, cell = 0; row < height; row++)
    for (let column = 0; column < width; column++, cell++) {
      const z = xyz[3 * cell + 2] ?? 0;
      if (z === 0) continue;
      // As `heightOver`, whose result would be allocated anew for each cell.
      const above = nx * (xyz[3 * cell] ?? 0) + ny * (xyz[3 * cell + 1] ?? 0) + nz * z + offsetM;
      if (above - relief(column, row) < scatterM || above > MOST_HEIGHT_M) continue;
      if (!isOver(table, xyz, cell, BESIDE_M)) continue;
      if (hasWalls && walls.some((wall) => isOfWall(grid, wall, cell))) continue;
      is[cell] = 1;
      cells[n++] = cell;
    }
  return { is, cells: cells.subarray(0, n) };
}

/** What is lower over the table is the table, metres. */
export function raisedM({ plane: { residualM } }: Table): number {
  return Math.max(RAISED_M, 2.5 * residualM);
}

/** Whether a cell shows a wall, or what is behind it: by the cells around it too where it is hardly off the wall. */
function isOfWall({ width, height, xyz }: DepthGrid, wall: Plane, cell: number): boolean {
  const scatterM = Math.max(LEAST_SCATTER_M, wall.residualM);
  const awayM = heightOver(wall, xyz, cell);
  if (awayM > OFF_WALL * scatterM) return false;
  if (awayM < 0) return true;
  const column = cell % width;
  const row = (cell - column) / width;
  let [sumM, count] = [0, 0];
  for (let y = Math.max(0, row - AROUND); y <= Math.min(height - 1, row + AROUND); y += 2)
    for (let x = Math.max(0, column - AROUND); x <= Math.min(width - 1, column + AROUND); x += 2) {
      const beside = y * width + x;
      if (xyz[3 * beside + 2] === 0) continue;
      sumM += Math.min(OFF_WALL * scatterM, heightOver(wall, xyz, beside));
      count += 1;
    }
  return sumM < OFF_WALL_MEAN * scatterM * count;
}
