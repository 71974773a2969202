import { distanceBetween, vec3At } from "../../../base/index.js";
import { type Cluster, clusterOf } from "./Cluster.js";
import type { DepthGrid } from "./DepthGrid.js";
import { merged, restsOn } from "./joinParts.js";
import { type GridColors, likeness } from "./Look.js";
import { isLow } from "./labelImage.js";
import { isNear, isOver, type Table, toleranceAt } from "./Table.js";

/** A thing goes on by its colours for so many cells at the most. */
const REACH_CELLS = 14;
/** Its parts are so near to each other, metres. */
const GAP_M = 0.025;
/** So many cells of both meet, and so many times the root of the smaller one's cells: fewer do where one hides the other. */
const LEAST_MEETING = 4;
const MEETING_SHARE = 0.4;
/** Parts of one thing have this much of their colours in common. */
const ALIKE = 0.65;
/** A colour is a thing's own where it has this share of it, and so many times that of the table. */
const OWN_SHARE = 0.02;
const OWN_FACTOR = 2;

/**
 * Joins parts of one thing that are apart because depth sees nothing of what is between them (it is black, or shines),
 * or because that is as low as the table (a mould's pocket): between them the picture shows their colours, and not
 * those of the table.
 */
export function joinByColor(
  grid: DepthGrid,
  table: Table,
  colors: GridColors,
  things: readonly Cluster[],
): Cluster[] {
  const joined: (Cluster | undefined)[] = [...things];
  const into = things.map((_, i) => i);
  const rootOf = (i: number): number => {
    const up = into[i] ?? i;
    return up === i ? i : rootOf(up);
  };
  for (const { a, b, count } of meetings(grid, table, colors, things)) {
    const [cellsA, cellsB] = [things[a]?.cells, things[b]?.cells];
    if (!cellsA || !cellsB) continue;
    const smaller = Math.min(cellsA.length, cellsB.length);
    if (count < Math.max(LEAST_MEETING, MEETING_SHARE * Math.sqrt(smaller))) continue;
    if (likeness(colors.lookOf(cellsA), colors.lookOf(cellsB)) < ALIKE) continue;
    const [i, j] = [rootOf(a), rootOf(b)];
    const [first, second] = [joined[i], joined[j]];
    if (i === j || !first || !second || restsOn(first, second) || restsOn(second, first)) continue;
    const parts = [first, second].flatMap((it) => it.joined ?? [it]);
    joined[i] = { ...clusterOf(grid, table, merged(first.cells, second.cells)), joined: parts };
    joined[j] = undefined;
    into[j] = i;
  }
  return joined.filter((it) => it !== undefined);
}

/** How two things meet where each goes on by its colours. */
interface Meeting {
  readonly a: number;
  readonly b: number;
  /** Neighbouring cells, one of each. */
  readonly count: number;
}

function meetings(
  grid: DepthGrid,
  table: Table,
  colors: GridColors,
  things: readonly Cluster[],
): Meeting[] {
  const { width, height, xyz } = grid;
  const own = things.map(({ cells }) => colors.binsOf(cells));
  const ground = colors.binsOf(groundOf(grid, table));
  /** The thing of each cell, from 1 on. */
  const owners = new Uint16Array(width * height);
  /** The cell of the thing that a cell without a place of its own was reached from. */
  const sources = new Uint32Array(width * height);
  things.forEach(({ cells }, i) => {
    for (let at = 0; at < cells.length; at++) owners[cells[at] ?? 0] = i + 1;
  });
  let front: number[] = [];
  const isFree = (cell: number) => owners[cell] === 0;
  for (const { cells } of things)
    for (let at = 0; at < cells.length; at++) {
      const cell = cells[at] ?? 0;
      sources[cell] = cell;
      if (isFree(cell - 1) || isFree(cell + 1) || isFree(cell - width) || isFree(cell + width))
        front.push(cell);
    }
  const counts = new Map<number, number>();
  const isReached = new Uint8Array(width * height);
  let next: number[] = [];
  const enter = (cell: number, beside: number): void => {
    const [owner, other] = [owners[cell] ?? 0, owners[beside] ?? 0];
    const [source, its] = [sources[cell] ?? 0, sources[beside] ?? 0];
    if (other === 0) {
      if (!isLow(grid, table, beside)) return;
      const bin = colors.binAt(beside);
      const share = own[owner - 1]?.[bin] ?? 0;
      if (share < OWN_SHARE || share < OWN_FACTOR * (ground[bin] ?? 0)) return;
      owners[beside] = owner;
      sources[beside] = source;
      isReached[beside] = 1;
      next.push(beside);
    } else if (other !== owner && (isReached[cell] === 1 || isReached[beside] === 1)) {
      if (distanceBetween(vec3At(xyz, 3 * source), vec3At(xyz, 3 * its)) > GAP_M) return;
      const key = (Math.min(owner, other) - 1) * things.length + Math.max(owner, other) - 1;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  };
  for (let step = 0; step < REACH_CELLS && front.length > 0; step++) {
    next = [];
    for (const cell of front) {
      const column = cell % width;
      if (column > 0) enter(cell, cell - 1);
      if (column < width - 1) enter(cell, cell + 1);
      if (cell >= width) enter(cell, cell - width);
      if (cell < width * (height - 1)) enter(cell, cell + width);
    }
    front = next;
  }
  return Array.from(counts, ([key, count]) => {
    const b = key % things.length;
    return { a: (key - b) / things.length, b, count };
  });
}

const STRIDE = 20;

/** Some cells that show the table. */
function groundOf(grid: DepthGrid, table: Table): Uint32Array {
  const { width, height, xyz } = grid;
  const cells: number[] = [];
  for (let cell = 0; cell < width * height; cell += STRIDE)
    if (xyz[3 * cell + 2] !== 0 && isNear(table.plane, xyz, cell, toleranceAt(grid, cell)))
      if (isOver(table, xyz, cell, 0)) cells.push(cell);
  return Uint32Array.from(cells);
}
