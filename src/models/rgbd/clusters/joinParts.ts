import { dot } from "../../../base/index.js";
import { type Circle, fitCircle, minAreaRectangle, type Points2 } from "../../../geometry/index.js";
import { type Cluster, clusterOf } from "./Cluster.js";
import type { DepthGrid } from "./DepthGrid.js";
import { areaOf, hullOfBoth, isWithin } from "./footprints.js";
import { along, heightOver, type Table } from "./Table.js";

/** A part of a thing may end this high above the table and the thing still stands on it. */
const STANDS_M = 0.02;

/** What is so high over the table beside a thing is not the table, metres. */
const FREE_M = 0.012;
/** More than so much of the outline of a thing by itself is beside the table, and less beside what it is in. */
const FREE_SHARE = 0.2;
/** What carries a thing has its middle not higher than this over the lowest that is seen of it, metres. */
const UNDER_M = 0.005;
/** A part this much smaller than what it sits on belongs to it: a cap, a knob. */
const SMALL_SHARE = 0.12;
/** Normals beside a border are means of both sides': one's own surface begins so many cells off. */
const ASIDE = 4;
/** What is longer and lower than this, metres, is a board, or as good as one: what is on it is no cap or knob of it. */
const BOARD_LENGTH_M = 0.3;
const BOARD_HEIGHT_M = 0.03;
/** What is inside of a thing may reach into its walls, metres. */
const WALL_M = 0.008;
/** The walls of a flat vessel are this high over its floor at the most, metres. */
const VESSEL_M = 0.02;
/** The width of a vessel's wall, metres, and by which factor it widens the footprint at the most. */
const STRIP_M = 0.03;
const STRIP_AREA = 1.35;
/** Parts of one vessel overlap by this much of the smaller one's footprint. */
const SHARED_GROUND = 0.25;
/** Rims of one thing are equally high up to this, metres. */
const RIM_M = 0.015;
const MOST_RADIUS_M = 0.2;
/** So much of a round rim has to be seen, rad. */
const LEAST_ARC = (150 * Math.PI) / 180;
const WHOLE_ARC = (300 * Math.PI) / 180;

/** Parts of one thing put together: what is inside of it, and what does not stand by itself. */
export function joinParts(grid: DepthGrid, table: Table, parts: readonly Uint32Array[]): Cluster[] {
  const things: (Cluster | undefined)[] = parts.map((cells) => clusterOf(grid, table, cells));
  const owners = ownersOf(grid, parts);
  const borders = bordersOf(grid, table, parts, owners);
  const edges = parts.map((cells) => edgeOf(grid, table, cells, owners));
  const count = things.length;
  // Pairs are looked at again only where one of them has grown.
  let grew = new Uint8Array(count).fill(1);
  for (let hasChanged = true; hasChanged; ) {
    hasChanged = false;
    const before = grew;
    grew = new Uint8Array(count);
    for (let i = 0; i < count; i++)
      for (let j = 0; j < count; j++) {
        const [a, b] = [things[i], things[j]];
        if (!a || !b || i === j || (before[i] === 0 && before[j] === 0 && grew[i] === 0)) continue;
        const border = borders.get(i * count + j);
        const back = borders.get(j * count + i);
        if (standsWithin(b, edges[j], border) || standsWithin(a, edges[i], back)) continue;
        const isOne =
          (!standsFree(edges[j], border) && isInside(grid, table, a, b)) ||
          (border &&
            (isPartOf(a, b, border) ||
              goesOnUp(a, b, border) ||
              goesOnUp(b, a, back) ||
              isOneVessel(a, b, border) ||
              (i < j && isHollow(grid, table, a, b))));
        if (!isOne) continue;
        things[i] = clusterOf(grid, table, merged(a.cells, b.cells));
        things[j] = undefined;
        edges[i] = both(edges[i], edges[j]);
        mergeBorders(borders, count, i, j);
        hasChanged = true;
        grew[i] = 1;
      }
  }
  return things.filter((it) => it !== undefined);
}

/** Cells of two things, ascending as theirs are. */
export function merged(a: Uint32Array, b: Uint32Array): Uint32Array {
  const both = new Uint32Array(a.length + b.length);
  let i = 0;
  let j = 0;
  for (let n = 0; n < both.length; n++) {
    const isOfA = j === b.length || (a[i] ?? Infinity) < (b[j] ?? Infinity);
    both[n] = (isOfA ? a[i++] : b[j++]) ?? 0;
  }
  return both;
}

function mergeBorders(borders: Map<number, Border>, count: number, into: number, gone: number) {
  for (let k = 0; k < count; k++)
    for (const [from, to] of [
      [gone * count + k, into * count + k],
      [k * count + gone, k * count + into],
    ] as const) {
      const border = borders.get(from);
      if (!border) continue;
      borders.delete(from);
      if (k === into) continue;
      const known = borders.get(to);
      borders.set(to, {
        cells: border.cells + (known?.cells ?? 0),
        touching: border.touching + (known?.touching ?? 0),
        onTop: border.onTop + (known?.onTop ?? 0),
        onTopM: border.onTopM + (known?.onTopM ?? 0),
      });
    }
}

/** What is beside a part in the picture. */
interface Edge {
  /** Neighbours with depth that are not the part's. */
  readonly cells: number;
  /** Of those, the table. */
  readonly table: number;
}

const NO_EDGE: Edge = { cells: 0, table: 0 };

function both(a = NO_EDGE, b = NO_EDGE): Edge {
  return { cells: a.cells + b.cells, table: a.table + b.table };
}

function edgeOf(
  { width, xyz }: DepthGrid,
  { plane }: Table,
  cells: Uint32Array,
  owners: Uint16Array,
): Edge {
  const owner = owners[cells[0] ?? 0];
  let [beside, table] = [0, 0];
  const look = (cell: number): void => {
    if (owners[cell] === owner || !((xyz[3 * cell + 2] ?? 0) > 0)) return;
    beside += 1;
    if (heightOver(plane, xyz, cell) < FREE_M) table += 1;
  };
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i] ?? 0;
    look(cell - 1);
    look(cell + 1);
    look(cell - width);
    look(cell + width);
  }
  return { cells: beside, table };
}

/** The number of the part of each cell, from 1 on; 0 is no part's. */
function ownersOf({ width, height }: DepthGrid, parts: readonly Uint32Array[]): Uint16Array {
  const owners = new Uint16Array(width * height);
  parts.forEach((cells, i) => {
    for (let at = 0; at < cells.length; at++) owners[cells[at] ?? 0] = i + 1;
  });
  return owners;
}

/**
 * Whether a thing borders on the table and hardly on what it is inside of: it stands in a box whose floor is the
 * table, while the inside of a mug borders on its rim.
 */
function standsFree({ cells, table }: Edge = NO_EDGE, border?: Border): boolean {
  return table > FREE_SHARE * cells && (border?.cells ?? 0) < FREE_SHARE * cells;
}

/** Less of a border is chance, cells. */
const LEAST_BORDER = 4;
/** A thing on a board or a tray's floor has it on most of its sides, and flat, and rises from it by so much, metres. */
const SIDES_SHARE = 0.6;
const FLAT_SHARE = 0.7;
const RISES_M = 0.008;

/**
 * Whether a thing stands on a board, or on the floor of a tray, that is around it: a wall has its floor on one side,
 * and what is small on a higher flat top is its knob.
 */
function standsWithin({ topM }: Cluster, { cells }: Edge = NO_EDGE, border?: Border): boolean {
  if (!border || border.cells < SIDES_SHARE * cells) return false;
  if (border.onTop < LEAST_BORDER || border.onTop < FLAT_SHARE * border.touching) return false;
  const floorM = border.onTopM / border.onTop;
  return floorM < BOARD_HEIGHT_M && topM - floorM > RISES_M;
}

/** How two things touch in the picture. */
interface Border {
  cells: number;
  /** Of those, where no step in depth separates them. */
  touching: number;
  /** Of those, where the first one's surface lies flat, so that the second may stand on it. */
  onTop: number;
  /** The sum of the heights of its surface there, metres. */
  onTopM: number;
}

function bordersOf(
  { width, height, xyz, normals }: DepthGrid,
  table: Table,
  parts: readonly Uint32Array[],
  own: Uint16Array,
): Map<number, Border> {
  const borders = new Map<number, Border>();
  const isFlat = (cell: number): boolean => {
    return along(table.plane.normal, normals.of(cell), 3 * cell) > 0.75;
  };
  const add = (i: number, j: number, cell: number, isTouching: boolean, isOnTop: boolean): void => {
    const key = i * parts.length + j;
    const border = borders.get(key) ?? { cells: 0, touching: 0, onTop: 0, onTopM: 0 };
    borders.set(key, border);
    border.cells += 1;
    if (!isTouching) return;
    border.touching += 1;
    if (!isOnTop) return;
    border.onTop += 1;
    border.onTopM += heightOver(table.plane, xyz, cell);
  };
  const look = (i: number, cell: number, beside: number): void => {
    const j = (own[beside] ?? 0) - 1;
    if (j < 0 || j === i) return;
    const z = xyz[3 * cell + 2]!;
    const isTouching = Math.abs(xyz[3 * beside + 2]! - z) < Math.max(0.012, 0.02 * z);
    const aside = ASIDE * (beside - cell);
    const [asideI, asideJ] = [cell - aside, beside + aside];
    const [innerI, innerJ] = [own[asideI] === i + 1, own[asideJ] === j + 1];
    const isOnI = isFlat(cell) || (innerI && isFlat(asideI));
    const isOnJ = isFlat(beside) || (innerJ && isFlat(asideJ));
    add(i, j, innerI ? asideI : cell, isTouching, isOnI);
    add(j, i, innerJ ? asideJ : beside, isTouching, isOnJ);
  };
  parts.forEach((cells, i) => {
    for (let at = 0; at < cells.length; at++) {
      const cell = cells[at] ?? 0;
      if (cell >= width * (height - 1) || cell % width === width - 1) continue;
      look(i, cell, cell + 1);
      look(i, cell, cell + width);
    }
  });
  return borders;
}

/** Whether b hangs on a: it is no larger, reaches no table, and does not stand on a flat top of a. */
function isPartOf(a: Cluster, b: Cluster, { touching, onTop }: Border): boolean {
  if (b.bottomM < STANDS_M || b.cells.length > a.cells.length || restsOn(a, b) || restsOn(b, a))
    return false;
  if (touching < 0.25 * Math.sqrt(Math.min(a.cells.length, b.cells.length))) return false;
  const standsOn = onTop > 0.3 * touching && b.cells.length > SMALL_SHARE * a.cells.length;
  return !standsOn;
}

/** What goes on over another part begins where that ends, up to this, metres. */
const GOES_ON_M = 0.02;
/** Less than this share of their border is flat, and the footprint of both is at most so many times the larger one's. */
const UPRIGHT_SHARE = 0.15;
const OVER_AREA = 1.3;

/**
 * Whether a part goes on in one over it: nothing of it lies flat where they touch, so that the other could stand on it.
 * The top of a can that is seen from above, whose side runs away from the camera, or the neck of a bottle.
 */
function goesOnUp(lower: Cluster, upper: Cluster, border?: Border): boolean {
  if (!border || border.onTop > UPRIGHT_SHARE * border.touching) return false;
  if (border.touching < 0.25 * Math.sqrt(Math.min(lower.cells.length, upper.cells.length)))
    return false;
  if (upper.bottomM < lower.bottomM + GOES_ON_M) return false;
  if (Math.abs(lower.topM - upper.bottomM) > GOES_ON_M) return false;
  const larger = Math.max(areaOf(lower.footprint), areaOf(upper.footprint));
  return areaOf(hullOfBoth(lower, upper)) < OVER_AREA * larger;
}

/** Whether one thing is on another: what carries it is no part of it, though both feet may be hidden. */
export function restsOn(upper: Cluster, lower: Cluster): boolean {
  if (upper.bottomM < STANDS_M) return false;
  if ((lower.bottomM + lower.topM) / 2 > upper.bottomM + UNDER_M) return false;
  if (lower.lengthM > BOARD_LENGTH_M && lower.topM < BOARD_HEIGHT_M) return true;
  const [a, b] = [upper.cells.length, lower.cells.length];
  return Math.min(a, b) > SMALL_SHARE * Math.max(a, b);
}

/** Whether two things are parts of one, as a tray's walls and floor: as high, and over each other. */
function isOneVessel(a: Cluster, b: Cluster, { touching }: Border): boolean {
  if (touching < LEAST_BORDER || Math.abs(a.topM - b.topM) > VESSEL_M) return false;
  const [areaA, areaB] = [areaOf(a.footprint), areaOf(b.footprint)];
  const areaBoth = areaOf(hullOfBoth(a, b));
  // A wall is a strip along the other part's edge.
  const [small, large] = areaA < areaB ? [a, areaB] : [b, areaA];
  if (minAreaRectangle(small.footprint).widthM < STRIP_M && areaBoth < STRIP_AREA * large)
    return true;
  // What lies beside another thing shares no ground with it.
  return areaA + areaB - areaBoth > SHARED_GROUND * Math.min(areaA, areaB);
}

/**
 * Whether two things are sides of one round hollow thing: their rims are equally high, and together
 * they lie on a circle within which all of both is.
 */
function isHollow(grid: DepthGrid, table: Table, a: Cluster, b: Cluster): boolean {
  if (Math.abs(a.topM - b.topM) > RIM_M || Math.max(a.topM, b.topM) < 2 * RIM_M) return false;
  const cells = merged(a.cells, b.cells);
  const [u, v] = table.axes;
  const { xyz, pitchM } = grid;
  const z = a.centerM[2];
  const rim: number[] = [];
  const all: number[] = [];
  const stride = Math.max(1, cells.length >> 9);
  const rimM = Math.max(a.topM, b.topM) - RIM_M;
  for (let i = 0; i < cells.length; i++) {
    const isRim = heightOver(table.plane, xyz, cells[i]!) > rimM;
    if (!isRim && i % stride !== 0) continue;
    const at = 3 * cells[i]!;
    const x = along(u, xyz, at);
    const y = along(v, xyz, at);
    if (isRim) rim.push(x, y);
    if (i % stride === 0) all.push(x, y);
  }
  const toleranceM = 0.004 + 2 * pitchM * z;
  const circle = fitCircle(thinned(rim), toleranceM, MOST_RADIUS_M);
  if (!circle || circle.radiusM < 0.02) return false;
  const arc = arcOf(rim, circle);
  // A whole circle may have a lid or a handle beside it.
  if (arc < LEAST_ARC || circle.share < (arc > WHOLE_ARC ? 0.55 : 0.7)) return false;
  let inside = 0;
  for (let i = 0; i < all.length; i += 2) {
    const x = all[i]! - circle.centerX;
    const y = all[i + 1]! - circle.centerY;
    if (x * x + y * y < (circle.radiusM + 2 * toleranceM) ** 2) inside += 1;
  }
  return inside > 0.9 * (all.length / 2);
}

const RIM_POINTS = 150;

function thinned(points: readonly number[]): Points2 {
  const stride = Math.max(1, Math.ceil(points.length / 2 / RIM_POINTS));
  return Float64Array.from(points.filter((_, i) => (i >> 1) % stride === 0));
}

/** How much of a circle points are spread over, rad. */
function arcOf(points: readonly number[], { centerX, centerY }: Circle): number {
  const taken = new Uint8Array(72);
  for (let i = 0; i < points.length; i += 2) {
    const turn = Math.atan2(points[i + 1]! - centerY, points[i]! - centerX) / (2 * Math.PI) + 0.5;
    taken[Math.min(71, Math.floor(72 * turn))] = 1;
  }
  return (taken.reduce((sum, it) => sum + it, 0) / 72) * 2 * Math.PI;
}

/** Whether b is the inside of a: within its footprint, and not higher than its rim. */
function isInside(grid: DepthGrid, table: Table, a: Cluster, b: Cluster): boolean {
  if (b.topM > a.topM + 0.01 || restsOn(a, b)) return false;
  if (b.cells.length > 4 * a.cells.length) return false;
  if (a.footprint.length < 6) return false;
  const { xyz } = grid;
  const [u, v] = table.axes;
  if (!isWithin(a.footprint, dot(u, b.centerM), dot(v, b.centerM), WALL_M)) return false;
  let inside = 0;
  let all = 0;
  const stride = Math.max(1, b.cells.length >> 6);
  for (let i = 0; i < b.cells.length; i += stride) {
    const at = 3 * b.cells[i]!;
    all += 1;
    if (isWithin(a.footprint, along(u, xyz, at), along(v, xyz, at), WALL_M)) inside += 1;
  }
  return inside > 0.7 * all;
}
