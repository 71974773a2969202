import type { DepthView } from "../DepthView.js";
import { CellArray } from "./CellArray.js";
import type { DepthGrid } from "./DepthGrid.js";
import { heightOver, type Table, tableIds } from "./Table.js";

/** Cells with an instance id. */
export interface Labelled {
  readonly id: number;
  /** Ascending. */
  readonly cells: Uint32Array;
}

/** Which instance the depth image's pixels show. */
export interface LabelledPixels {
  /** Pixels of an id, ascending: `y · width + x`. */
  pixelsOf(id: number): Uint32Array;
  /** The id of a pixel; 0 for none. */
  idAt(pixel: number): number;
}

/**
 * Instance ids of the depth image's pixels. What has no depth, or is as low as the table, and is
 * enclosed by one thing is that thing's: a shiny or black part of it, the bottom of a bowl.
 *
 * @param things later ones win
 */
export function labelImage(
  view: DepthView,
  grid: DepthGrid,
  table: Table,
  tableId: number,
  things: readonly Labelled[],
): LabelledPixels {
  const { width, height } = view;
  const ids = tableIds(grid, table, tableId);
  write(ids, things);
  fillHoles(grid, table, ids);
  const { step, width: columns, height: rows } = grid;
  // What is left over beside the last whole cells is theirs.
  const cellAt = (x: number, y: number) =>
    Math.min(rows - 1, Math.floor(y / step)) * columns +
    Math.min(columns - 1, Math.floor(x / step));
  return {
    idAt: (pixel) => {
      if (pixel < 0 || pixel >= width * height) return 0;
      const x = pixel % width;
      return ids[cellAt(x, (pixel - x) / width)] ?? 0;
    },
    pixelsOf: (id) => {
      const own = id === tableId ? undefined : things.findLast((thing) => thing.id === id)?.cells;
      const rows = own ? rowsOf(grid, own) : ([0, grid.height] as const);
      return pixelsOf(view, grid, ids, id, rows);
    },
  };
}

/** The rows that cells are in, from and to; they are ascending. What fills their holes is in these too. */
function rowsOf({ width }: DepthGrid, cells: Uint32Array): readonly [number, number] {
  const [first = 0, last = -1] = [cells[0], cells.at(-1)];
  return [Math.floor(first / width), Math.floor(last / width) + 1];
}

/** By this share of its depth, what hides a cell's thing is nearer. */
const NEARER = 0.025;

/**
 * Pixels of the cells of an id. A cell is the thing's that its first pixel shows. Where something nearer begins within
 * it, that is not the thing's: as its outline it would hide that the thing goes on behind.
 */
function pixelsOf(
  { depthM, width, height }: DepthView,
  { step, width: columns, height: rows }: DepthGrid,
  ids: Uint16Array,
  id: number,
  [from, to]: readonly [number, number],
): Uint32Array {
  let cells = 0;
  for (let cell = from * columns; cell < to * columns; cell++) if (ids[cell] === id) cells += 1;
  const isWhole = columns * step === width && rows * step === height;
  const pixels = new Uint32Array(isWhole ? cells * step * step : width * height);
  let n = 0;
  /** Ends of the row's runs of cells, pixels. */
  const runs = new Uint32Array(columns + 1);
  for (let row = from; row < to; row++) {
    let ends = 0;
    for (let column = 0; column < columns; column++) {
      if (ids[row * columns + column] !== id) continue;
      const left = column;
      while (column < columns && ids[row * columns + column] === id) column += 1;
      runs[ends++] = left * step;
      runs[ends++] = column === columns ? width : column * step;
    }
    if (ends === 0) continue;
    const below = row === rows - 1 ? height : (row + 1) * step;
    for (let y = row * step; y < below; y++) {
      const level = y * width;
      const first = level - (y % step) * width;
      for (let end = 0; end < ends; end += 2) {
        const right = runs[end + 1] ?? 0;
        for (let x = runs[end] ?? 0; x < right; ) {
          const nearM = (1 - NEARER) * (depthM[first + x] ?? 0);
          for (const next = Math.min(right, x + step); x < next; x++) {
            const z = depthM[level + x] ?? 0;
            if (z === 0 || z > nearM) pixels[n++] = level + x;
          }
        }
      }
    }
  }
  return pixels.subarray(0, n);
}

/** Ids of the grid's cells; 0 for none. */
export function cellIds({ width, height }: DepthGrid, things: readonly Labelled[]): Uint16Array {
  const ids = new Uint16Array(width * height);
  write(ids, things);
  return ids;
}

function write(ids: Uint16Array, things: readonly Labelled[]): void {
  for (const { id, cells } of things)
    for (let i = 0; i < cells.length; i++) ids[cells[i] ?? 0] = id;
}

/** Goes along each row and each column of an image, both ways. */
export function sweepFourWays(
  width: number,
  height: number,
  sweep: (start: number, step: number, count: number) => void,
): void {
  for (let row = 0; row < height; row++) {
    sweep(row * width, 1, width);
    sweep((row + 1) * width - 1, -1, width);
  }
  for (let column = 0; column < width; column++) {
    sweep(column, width, height);
    sweep((height - 1) * width + column, -width, height);
  }
}

/** Whether a cell shows nothing that stands on the table: it has no depth, or is as low as the table. */
export function isLow({ xyz }: DepthGrid, { plane }: Table, cell: number): boolean {
  return xyz[3 * cell + 2] === 0 || Math.abs(heightOver(plane, xyz, cell)) < BOTTOM_M;
}

/** The bottom of a bowl is as near as this to the table, metres. */
const BOTTOM_M = 0.015;

/**
 * In each of the four directions the first cell that has a depth, and is not the table, must be
 * the same thing's.
 */
function fillHoles(
  { width, height, xyz }: DepthGrid,
  { plane: { normal, offsetM } }: Table,
  ids: Uint16Array,
): void {
  const [nx, ny, nz] = normal;
  /** What both the cell above and the one to the left of an open cell are; SOLID for those that are not open. */
  const before = BEFORE.of(ids.length);
  const column = new Uint16Array(width);
  for (let row = 0, cell = 0; row < height; row++) {
    let left = 0;
    for (let at = 0; at < width; at++, cell++) {
      const id = ids[cell] ?? 0;
      const z = xyz[3 * cell + 2] ?? 0;
      // As `isLow`, whose height would be allocated anew for each cell.
      const aboveM = nx * (xyz[3 * cell] ?? 0) + ny * (xyz[3 * cell + 1] ?? 0) + nz * z + offsetM;
      if (id !== 0 || (z !== 0 && !(Math.abs(aboveM) < BOTTOM_M))) {
        before[cell] = SOLID;
        left = id;
        column[at] = id;
      } else before[cell] = left === column[at] ? left : 0;
    }
  }
  column.fill(0);
  for (let row = height - 1, cell = ids.length - 1; row >= 0; row--) {
    let right = 0;
    for (let at = width - 1; at >= 0; at--, cell--) {
      const id = before[cell] ?? 0;
      if (id === SOLID) {
        right = ids[cell] ?? 0;
        column[at] = right;
      } else if (id !== 0 && id === right && id === column[at]) ids[cell] = id;
    }
  }
}

/** No id of 16 bits. */
const SOLID = 0x10000;
const BEFORE = new CellArray();
