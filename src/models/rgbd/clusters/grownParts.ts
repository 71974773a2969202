import { CellArray } from "./CellArray.js";
import type { DepthGrid } from "./DepthGrid.js";
import type { CellSet } from "./raisedCells.js";

const [SIZES, OWN] = [new CellArray(), new CellArray()];

/** Parts by cells: specks and the seams between parts go to the part that they touch most. */
export function grownParts(
  grid: DepthGrid,
  { is, cells }: CellSet,
  numbers: Uint32Array,
  leastCells: number,
): Uint32Array[] {
  const { width, xyz, pitchM } = grid;
  const sizes = SIZES.of(numbers.length);
  for (let i = 0; i < cells.length; i++) sizes[cells[i] ?? 0] = 0;
  for (let i = 0; i < cells.length; i++) {
    const number = numbers[cells[i] ?? 0] ?? 0;
    sizes[number] = (sizes[number] ?? 0) + 1;
  }
  // 0 is no part's number.
  const own = OWN.of(numbers.length);
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i] ?? 0;
    const number = numbers[cell] ?? 0;
    own[cell] = (sizes[number] ?? 0) >= leastCells ? number + 1 : 0;
  }
  const isFree = (cell: number) => is[cell] === 1 && own[cell] === 0;
  const queue: number[] = [];
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i] ?? 0;
    if (own[cell] === 0) continue;
    if (isFree(cell - 1) || isFree(cell + 1) || isFree(cell - width) || isFree(cell + width))
      queue.push(cell);
  }
  const enter = (cell: number, beside: number): void => {
    if (!isFree(beside)) return;
    const z = xyz[3 * cell + 2] ?? 0;
    if (Math.abs((xyz[3 * beside + 2] ?? 0) - z) > Math.max(0.02, 4 * pitchM * z)) return;
    own[beside] = own[cell] ?? 0;
    queue.push(beside);
  };
  for (let i = 0; i < queue.length; i++) {
    const cell = queue[i] ?? 0;
    const column = cell % width;
    if (column > 0) enter(cell, cell - 1);
    if (column < width - 1) enter(cell, cell + 1);
    enter(cell, cell - width);
    enter(cell, cell + width);
  }
  return partsOf(own, cells);
}

/** Cells of each number but 0, ascending; in the order of their first cells. */
function partsOf(own: Uint32Array, cells: Uint32Array): Uint32Array[] {
  const parts = new Map<number, number[]>();
  let [last, part]: [number, number[]] = [0, []];
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i] ?? 0;
    const number = own[cell] ?? 0;
    if (number === 0) continue;
    if (number !== last) {
      last = number;
      part = parts.get(number) ?? [];
      parts.set(number, part);
    }
    part.push(cell);
  }
  return Array.from(parts.values(), (part) => new Uint32Array(part));
}
