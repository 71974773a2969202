import type { DepthGrid } from "./DepthGrid.js";
import { grownParts } from "./grownParts.js";
import { componentsOf, NEAR } from "./linkCells.js";
import { raisedM } from "./raisedCells.js";
import { heightOver, type Table } from "./Table.js";

/** What is larger than this, metres, is no thing alone, mostly: what is hardly higher than the table may link several. */
const LARGE_M = 0.3;
/** So much higher are things, metres, than what links them. */
const LIFT_M = 0.005;
/** And so large, cells, and all of them together, as a share of what hangs together. */
const CORE_CELLS = 100;
const CORE_SHARE = 0.6;
/** So much of each is as much higher again: of a flat board, parts scatter over any height. */
const TOP_SHARE = 0.25;

/**
 * The parts of a large one that hang together only by what is hardly raised: the table's or a box's floor, where it is
 * bent, or seen so. It is returned whole where it has less than two.
 */
export function cores(grid: DepthGrid, table: Table, cells: Uint32Array): Uint32Array[] {
  if (cells.length < 2 * CORE_CELLS) return [cells];
  if (diagonalM(grid, cells) < LARGE_M) return [cells];
  const is = new Uint8Array(grid.width * grid.height);
  const liftedM = raisedM(table) + LIFT_M;
  const high = cells.filter((cell) => heightOver(table.plane, grid.xyz, cell) > liftedM);
  for (const cell of high) is[cell] = 1;
  const { numbers } = componentsOf(grid, { is, cells: high }, NEAR);
  const sizes = new Map<number, number>();
  const tops = new Map<number, number>();
  for (const cell of high) {
    const number = numbers[cell] ?? 0;
    sizes.set(number, 1 + (sizes.get(number) ?? 0));
    if (heightOver(table.plane, grid.xyz, cell) > liftedM + LIFT_M)
      tops.set(number, 1 + (tops.get(number) ?? 0));
  }
  const found = [...sizes].filter(
    ([number, size]) => size >= CORE_CELLS && (tops.get(number) ?? 0) > TOP_SHARE * size,
  );
  const sum = found.reduce((all, [, size]) => all + size, 0);
  if (found.length < 2 || sum < CORE_SHARE * cells.length) return [cells];
  const isCore = new Set(found.map(([number]) => number));
  for (const cell of cells) {
    if (is[cell] === 0 || !isCore.has(numbers[cell] ?? 0)) numbers[cell] = cell;
    is[cell] = 1;
  }
  return grownParts(grid, { is, cells }, numbers, CORE_CELLS);
}

/** Of the upright box around cells, as the camera sees it. */
function diagonalM({ xyz }: DepthGrid, cells: Uint32Array): number {
  let [left, top, near] = [Infinity, Infinity, Infinity];
  let [right, bottom, far] = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < cells.length; i++) {
    const at = 3 * (cells[i] ?? 0);
    const x = xyz[at] ?? 0;
    const y = xyz[at + 1] ?? 0;
    const z = xyz[at + 2] ?? 0;
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < top) top = y;
    if (y > bottom) bottom = y;
    if (z < near) near = z;
    if (z > far) far = z;
  }
  return Math.hypot(right - left, bottom - top, far - near);
}
