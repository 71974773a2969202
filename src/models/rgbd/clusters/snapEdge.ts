import type { DepthGrid } from "./DepthGrid.js";
import type { GridColors } from "./Look.js";

/** Depth has a thing's edge up to so many cells off the colour's. */
const OFF_CELLS = 6;
/** Without depth, a thing goes on for so many cells at the most. */
const HOLE_CELLS = 6;
/** A step from cell to cell costs the difference of their colours, up to the most, and this. */
const STEP_COST = 8;
const MOST_COST = 200;
/** Besides, where depth has an edge. */
const EDGE_COST = 20;

/**
 * Moves a thing's edge to where the colour changes: depth cameras tear and smear edges, see nothing in
 * the shadow beside a thing, and see through what shines. Cells near the edge, those without depth
 * beside it and doubtful ones go to the side that reaches them over the smallest sum of differences of
 * colour.
 *
 * @param ids of the grid's cells, changed in place; 0 for none
 * @param doubtful 1 for cells that may be a thing's though their depth is the table's
 */
export function snapEdge(
  grid: DepthGrid,
  colors: GridColors,
  ids: Uint16Array,
  id: number,
  doubtful: Uint8Array,
): void {
  const window = windowOf(ids, id, grid);
  if (!window) return;
  const { left, top, width, height } = window;
  const side = new Uint16Array(width * height);
  const cellAt = (at: number) => {
    const column = at % width;
    return (top + (at - column) / width) * grid.width + left + column;
  };
  for (let at = 0; at < side.length; at++) side[at] = ids[cellAt(at)]!;
  const away = stepsToEdge(side, id, width, height);
  let deepest = 0;
  for (let at = 0; at < side.length; at++)
    if (side[at] === id && away[at]! > deepest) deepest = away[at]!;
  // Half of what is thin is surely its own.
  const within = Math.min(OFF_CELLS, Math.floor(deepest / 2));
  const isOpen = new Uint8Array(side.length);
  const rgb = new Uint8Array(3 * side.length);
  for (let at = 0; at < side.length; at++) {
    const cell = cellAt(at);
    const hasDepth = grid.xyz[3 * cell + 2] !== 0;
    const reach = side[at] === id ? within : hasDepth ? OFF_CELLS : HOLE_CELLS;
    if (away[at]! <= reach || doubtful[cell] === 1) isOpen[at] = 1;
    if (isOpen[at] === 1 || away[at]! <= reach + 1) colors.copyRgb(cell, rgb, 3 * at);
  }
  const before = side.slice();
  flood(side, id, isOpen, rgb, width);
  for (let at = 0; at < side.length; at++) {
    if (isOpen[at] === 0 || side[at] === before[at]) continue;
    if (side[at] === id || before[at] === id) ids[cellAt(at)] = side[at]!;
  }
}

interface Window {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Around a thing, with room for its edge to move. */
function windowOf(ids: Uint16Array, id: number, grid: DepthGrid): Window | undefined {
  let [left, top, right, bottom] = [grid.width, grid.height, -1, -1];
  for (let row = 0, cell = 0; row < grid.height; row++)
    for (let column = 0; column < grid.width; column++, cell++) {
      if (ids[cell] !== id) continue;
      if (column < left) left = column;
      if (column > right) right = column;
      if (row < top) top = row;
      bottom = row;
    }
  if (right < 0) return undefined;
  const room = Math.max(OFF_CELLS, HOLE_CELLS) + 2;
  left = Math.max(0, left - room);
  top = Math.max(0, top - room);
  return {
    ...{ left, top },
    width: Math.min(grid.width, right + room + 1) - left,
    height: Math.min(grid.height, bottom + room + 1) - top,
  };
}

/** Of each cell, how many steps it is from the other side of the thing's edge. */
function stepsToEdge(side: Uint16Array, id: number, width: number, height: number): Uint8Array {
  const away = new Uint8Array(side.length).fill(255);
  const relax = (at: number, other: number): void => {
    const reached = (side[at] === id) === (side[other] === id) ? away[other]! + 1 : 1;
    if (reached < away[at]!) away[at] = reached;
  };
  for (let row = 0, at = 0; row < height; row++)
    for (let column = 0; column < width; column++, at++) {
      if (column > 0) relax(at, at - 1);
      if (row > 0) relax(at, at - width);
    }
  for (let row = height - 1, at = side.length - 1; row >= 0; row--)
    for (let column = width - 1; column >= 0; column--, at--) {
      if (column < width - 1) relax(at, at + 1);
      if (row < height - 1) relax(at, at + width);
    }
  return away;
}

/** Open places take the id that reaches them at the least cost. */
function flood(
  side: Uint16Array,
  id: number,
  isOpen: Uint8Array,
  rgb: Uint8Array,
  width: number,
): void {
  const isOwn = Uint8Array.from(side, (it) => (it === id ? 1 : 0));
  const costs = new Uint32Array(side.length).fill(0xffffffff);
  /** Places by their costs. */
  const queue: (number[] | undefined)[] = [];
  const enter = (from: number, to: number): void => {
    if (isOpen[to] === 0) return;
    const [a, b] = [3 * from, 3 * to];
    const apart =
      Math.abs(rgb[a]! - rgb[b]!) +
      Math.abs(rgb[a + 1]! - rgb[b + 1]!) +
      Math.abs(rgb[a + 2]! - rgb[b + 2]!);
    const edge = isOwn[from] === isOwn[to] ? 0 : EDGE_COST;
    const cost = costs[from]! + STEP_COST + edge + Math.min(MOST_COST, apart);
    if (cost >= costs[to]!) return;
    costs[to] = cost;
    side[to] = side[from]!;
    const same = queue[cost];
    if (same) same.push(to);
    else queue[cost] = [to];
  };
  const enterAround = (at: number): void => {
    const column = at % width;
    if (column > 0) enter(at, at - 1);
    if (column < width - 1) enter(at, at + 1);
    if (at >= width) enter(at, at - width);
    if (at < side.length - width) enter(at, at + width);
  };
  for (let at = 0; at < side.length; at++) if (isOpen[at] === 0) costs[at] = 0;
  for (let at = 0; at < side.length; at++) if (isOpen[at] === 0) enterAround(at);
  for (let cost = 0; cost < queue.length; cost++)
    for (const at of queue[cost] ?? []) if (costs[at] === cost) enterAround(at);
}
