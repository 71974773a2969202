import type { DepthView } from "../DepthView.js";
import type { DepthGrid } from "./DepthGrid.js";
import { heightOver, type Table } from "./findTable.js";

/** Cells with an instance id. */
export interface Labelled {
  readonly id: number;
  readonly cells: Uint32Array;
}

/**
 * Instance ids of the depth image's pixels. What has no depth, or is as low as the table, and is
 * enclosed by one thing is that thing's: a shiny or black part of it, the bottom of a bowl.
 *
 * @param things later ones win
 */
export function labelImage(
  { width, height }: DepthView,
  grid: DepthGrid,
  table: Table,
  things: Iterable<Labelled>,
): Uint16Array {
  const ids = cellIds(grid, things);
  fillHoles(grid, table, ids);
  const image = new Uint16Array(width * height);
  for (let row = 0; row < height; row++) {
    const to = row * width;
    if (row % grid.step !== 0 || row >= grid.step * grid.height) {
      image.copyWithin(to, to - width, to);
      continue;
    }
    const from = (row / grid.step) * grid.width;
    for (let column = 0, at = to; column < grid.width; column++) {
      const id = ids[from + column]!;
      for (let i = 0; i < grid.step; i++) image[at++] = id;
    }
    image.fill(ids[from + grid.width - 1] ?? 0, to + grid.step * grid.width, to + width);
  }
  return image;
}

/** Ids of the grid's cells; 0 for none. */
export function cellIds({ width, height }: DepthGrid, things: Iterable<Labelled>): Uint16Array {
  const ids = new Uint16Array(width * height);
  for (const { id, cells } of things) for (const cell of cells) ids[cell] = id;
  return ids;
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
function fillHoles(grid: DepthGrid, table: Table, ids: Uint16Array): void {
  const isOpen = new Uint8Array(ids.length);
  for (let cell = 0; cell < ids.length; cell++)
    if (ids[cell] === 0 && isLow(grid, table, cell)) isOpen[cell] = 1;
  const enclosing = new Uint16Array(ids.length);
  const agrees = new Uint8Array(ids.length);
  sweepFourWays(grid.width, grid.height, (start, step, count) => {
    let last = 0;
    for (let i = 0, cell = start; i < count; i++, cell += step) {
      if (isOpen[cell] === 0) last = ids[cell]!;
      else if (last !== 0 && (agrees[cell] === 0 || enclosing[cell] === last)) {
        enclosing[cell] = last;
        agrees[cell]! += 1;
      }
    }
  });
  for (let cell = 0; cell < ids.length; cell++)
    if (agrees[cell] === 4) ids[cell] = enclosing[cell]!;
}
