import { colorLikeness } from "./colorLikeness.js";
import type { DepthGrid } from "./DepthGrid.js";
import type { GridColors } from "./Look.js";
import { isLow, type Labelled, sweepFourWays } from "./labelImage.js";
import { boxOf } from "./placed.js";
import type { Table } from "./Table.js";

/** Depth has a thing's edge up to so many pixels off the colour's: of an image 640 wide, or of a narrower one. */
const OFF_PX = 6;
/** Up to so many where the colours of both sides tell them apart: they have no larger share in common. */
const FAR_PX = 12;
const MOST_COMMON = 0.1;
/** So many cells farther away colours are surely of what is around. */
const AROUND_CELLS = 4;
/** Without depth, a thing goes on for so many cells at the most. */
const HOLE_CELLS = 6;
/** A step from cell to cell costs the difference of their colours, up to the most, and this. */
const STEP_COST = 8;
const MOST_COST = 200;
/** Besides, where depth has an edge. */
const EDGE_COST = 20;

/** Cells around a thing, with room for its edge to move. */
interface Window {
  readonly width: number;
  readonly height: number;
  /** The grid's cell at each place. */
  readonly cells: Uint32Array;
}

/**
 * Moves a thing's edge to where the colour changes: depth cameras tear and smear edges, see nothing in
 * the shadow beside a thing, and see through what shines. Cells near the edge, those without depth
 * beside it, and low ones that it encloses on three sides go to the side that reaches them over the
 * smallest sum of differences of colour, and of colours that the other side rather has.
 *
 * @param ids of the grid's cells, changed in place; 0 for none
 * @returns the thing's cells
 */
export function snapEdge(
  grid: DepthGrid,
  table: Table,
  colors: GridColors,
  ids: Uint16Array,
  { id, cells: own }: Labelled,
): Uint32Array {
  const scale = Math.max(1 / grid.step, grid.width / 640);
  const farCells = Math.round(FAR_PX * scale);
  const room = Math.max(farCells, HOLE_CELLS) + AROUND_CELLS;
  const { width, height, cells } = windowOf(own, grid, room);
  const side = new Uint16Array(cells.length);
  const isFree = new Uint8Array(cells.length);
  for (let at = 0; at < side.length; at++) {
    const cell = cells[at] ?? 0;
    side[at] = ids[cell] ?? 0;
    if (side[at] === 0 && isLow(grid, table, cell)) isFree[at] = 1;
  }
  const enclosing = enclosingSides(side, isFree, id, width, height);
  for (let at = 0; at < side.length; at++) if (enclosing[at] === 4) side[at] = id;
  const away = stepsToEdge(side, id, width, height);
  let deepest = 0;
  for (let at = 0; at < side.length; at++)
    if (side[at] === id) deepest = Math.max(deepest, away[at] ?? 0);
  const rgb = new Uint8Array(3 * side.length);
  for (let at = 0; at < side.length; at++) colors.copyRgb(cells[at] ?? 0, rgb, 3 * at);
  const isOpen = new Uint8Array(side.length);
  const open = (offCells: number): void => {
    // Half of what is thin is surely its own.
    const within = Math.min(offCells, Math.floor(deepest / 2));
    for (let at = 0; at < side.length; at++) {
      const beyond = grid.xyz[3 * (cells[at] ?? 0) + 2] === 0 ? HOLE_CELLS : offCells;
      const isNear = (away[at] ?? 0) <= (side[at] === id ? within : beyond);
      isOpen[at] = isNear || enclosing[at] === 3 ? 1 : 0;
    }
  };
  open(farCells);
  let known = colorLikeness(side, id, isOpen, rgb);
  if (known.common > MOST_COMMON) {
    open(Math.round(OFF_PX * scale));
    known = colorLikeness(side, id, isOpen, rgb);
  }
  const before = side.slice();
  flood(side, id, isOpen, width, rgb, known.likeness);
  const snapped: number[] = [];
  for (let at = 0; at < side.length; at++) {
    const cell = cells[at] ?? 0;
    if (side[at] === id || before[at] === id) ids[cell] = side[at] ?? 0;
    if (side[at] === id) snapped.push(cell);
  }
  return new Uint32Array(snapped);
}

function windowOf(own: Uint32Array, grid: DepthGrid, room: number): Window {
  const [l, t, r, b] = boxOf(own, grid, 1);
  const [left, top] = [Math.max(0, l - room), Math.max(0, t - room)];
  const width = Math.min(grid.width, r + room) - left;
  const height = Math.min(grid.height, b + room) - top;
  const cells = new Uint32Array(width * height);
  for (let row = 0, at = 0; row < height; row++)
    for (let column = 0; column < width; column++, at++)
      cells[at] = (top + row) * grid.width + left + column;
  return { width, height, cells };
}

/** In how many of the four directions an open place's first place that is not open is the thing's. */
function enclosingSides(
  side: Uint16Array,
  isOpen: Uint8Array,
  id: number,
  width: number,
  height: number,
): Uint8Array {
  const sides = new Uint8Array(side.length);
  sweepFourWays(width, height, (start, step, count) => {
    let isOwn = false;
    for (let i = 0, at = start; i < count; i++, at += step) {
      if (isOpen[at] === 0) isOwn = side[at] === id;
      else if (isOwn) sides[at] = (sides[at] ?? 0) + 1;
    }
  });
  return sides;
}

/** Of each cell, how many steps it is from the other side of the thing's edge. */
function stepsToEdge(side: Uint16Array, id: number, width: number, height: number): Uint8Array {
  const away = new Uint8Array(side.length).fill(255);
  const relax = (at: number, other: number): void => {
    const reached = (side[at] === id) === (side[other] === id) ? (away[other] ?? 0) + 1 : 1;
    if (reached < (away[at] ?? 0)) away[at] = reached;
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

/**
 * Open places take the id that reaches them at the least cost.
 *
 * @param likeness of each open place's colour to the thing's, < 0 where it is rather that of what is around
 */
function flood(
  side: Uint16Array,
  id: number,
  isOpen: Uint8Array,
  width: number,
  rgb: Uint8Array,
  likeness: Int16Array,
): void {
  const isOwn = new Uint8Array(side.length);
  const starts: number[] = [];
  for (let at = 0; at < side.length; at++) {
    if (side[at] === id) isOwn[at] = 1;
    const isBeside =
      isOpen[at - 1] === 1 ||
      isOpen[at + 1] === 1 ||
      isOpen[at - width] === 1 ||
      isOpen[at + width] === 1;
    if (isBeside && isOpen[at] === 0) starts.push(at);
  }
  const costs = new Uint16Array(side.length).fill(0xffff);
  /** Places by their costs. */
  const queue: (number[] | undefined)[] = [starts];
  const enter = (from: number, to: number, reached: number): void => {
    if (isOpen[to] === 0) return;
    const [a, b] = [3 * from, 3 * to];
    const apart =
      Math.abs((rgb[a] ?? 0) - (rgb[b] ?? 0)) +
      Math.abs((rgb[a + 1] ?? 0) - (rgb[b + 1] ?? 0)) +
      Math.abs((rgb[a + 2] ?? 0) - (rgb[b + 2] ?? 0));
    const edge = isOwn[from] === isOwn[to] ? 0 : EDGE_COST;
    const likely = likeness[to] ?? 0;
    const unlike = Math.max(0, side[from] === id ? -likely : likely);
    const cost = reached + STEP_COST + edge + unlike + Math.min(MOST_COST, apart);
    if (cost >= (costs[to] ?? 0)) return;
    costs[to] = cost;
    side[to] = side[from] ?? 0;
    const same = queue[cost];
    if (same) same.push(to);
    else queue[cost] = [to];
  };
  for (let cost = 0; cost < queue.length; cost++) {
    const places = queue[cost];
    if (!places) continue;
    for (let i = 0; i < places.length; i++) {
      const at = places[i] ?? 0;
      if (cost > 0 && costs[at] !== cost) continue;
      const column = at % width;
      if (column > 0) enter(at, at - 1, cost);
      if (column < width - 1) enter(at, at + 1, cost);
      if (at >= width) enter(at, at - width, cost);
      if (at < side.length - width) enter(at, at + width, cost);
    }
  }
}
