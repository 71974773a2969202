import { cross, itemAt, unit, type Vec3, vec3At } from "../../../base/index.js";
import { convexHull, type Plane, type Points2 } from "../../../geometry/index.js";
import type { DepthGrid } from "./DepthGrid.js";
import { largestPatch } from "./largestPatch.js";

/** What things stand on: a plane, and how far it reaches. */
export interface Table {
  /** In the optical frame, the normal up. */
  readonly plane: Plane;
  /** Two directions of the plane. */
  readonly axes: readonly [Vec3, Vec3];
  /** The convex hull of what is seen of it, in strips along the first axis. */
  readonly strips: Strips;
}

/** A convex shape as intervals: of each strip of the second axis, where the first axis is inside. */
interface Strips {
  readonly from: number;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

const STRIP_M = 0.01;

/** Cells with a normal this close to the plane's can be its own. */
const SAME_WAY = Math.cos((25 * Math.PI) / 180);
/** Patches of one table, parted by the things on it, are about two of these from each other at most. */
const PATCH_M = 0.12;
/** A table that the picture's edge cuts off goes on for so much, metres. */
const BEYOND_M = 0.3;
/** What is so near to the outermost cells with depth is cut off. */
const EDGE_CELLS = 4;

/** Height of a cell over the table, metres. */
export function heightOver({ normal, offsetM }: Plane, xyz: Float32Array, cell: number): number {
  return along(normal, xyz, 3 * cell) + offsetM;
}

/** Whether a cell's foot is on the table, or less than about `marginM` beside it. */
export function isOver(
  { axes, strips: { from, low, high } }: Table,
  xyz: Float32Array,
  cell: number,
  marginM: number,
): boolean {
  const placeM = along(axes[1], xyz, 3 * cell) - from;
  if (placeM < -marginM || placeM > low.length * STRIP_M + marginM) return false;
  const strip = Math.min(low.length - 1, Math.max(0, Math.floor(placeM / STRIP_M)));
  const acrossM = along(axes[0], xyz, 3 * cell);
  return (
    acrossM >= (low[strip] ?? Infinity) - marginM && acrossM <= (high[strip] ?? -Infinity) + marginM
  );
}

/** How far the point or normal at a place of an array goes along a direction. */
export function along(direction: Vec3, xyz: ArrayLike<number>, at: number): number {
  return (
    direction[0] * (xyz[at] ?? 0) +
    direction[1] * (xyz[at + 1] ?? 0) +
    direction[2] * (xyz[at + 2] ?? 0)
  );
}

export function stripsOf(hull: Points2): Strips {
  let from = Infinity;
  let to = -Infinity;
  for (let i = 1; i < hull.length; i += 2) {
    const along = itemAt(hull, i);
    from = Math.min(from, along);
    to = Math.max(to, along);
  }
  const count = Math.max(1, Math.ceil((to - from) / STRIP_M));
  const low = new Float64Array(Number.isFinite(count) ? count : 0).fill(Infinity);
  const high = new Float64Array(low.length).fill(-Infinity);
  for (let i = 0; i < hull.length; i += 2) {
    const j = (i + 2) % hull.length;
    const [ax, ay] = [itemAt(hull, i), itemAt(hull, i + 1)];
    const [bx, by] = [itemAt(hull, j), itemAt(hull, j + 1)];
    const steps = Math.max(1, Math.ceil((2 * Math.abs(by - ay)) / STRIP_M));
    for (let step = 0; step <= steps; step++) {
      const share = step / steps;
      const strip = Math.floor((ay + share * (by - ay) - from) / STRIP_M);
      const at = Math.min(count - 1, Math.max(0, strip));
      const x = ax + share * (bx - ax);
      if (x < (low[at] ?? Infinity)) low[at] = x;
      if (x > (high[at] ?? -Infinity)) high[at] = x;
    }
  }
  return { from, low, high };
}

/** What depth cameras scatter by. */
export function toleranceAt({ xyz }: DepthGrid, cell: number): number {
  const z = xyz[3 * cell + 2] ?? 0;
  return 0.004 + 0.006 * z * z;
}

/** Whether a cell is a plane's: it is as near to it, and faces its way. */
export function lies(
  { xyz, normals }: DepthGrid,
  cell: number,
  plane: Plane,
  toleranceM: number,
): boolean {
  return isNear(plane, xyz, cell, toleranceM) && isAlong(plane, normals.of(cell), cell);
}

export function isNear(plane: Plane, xyz: Float32Array, cell: number, toleranceM: number): boolean {
  return Math.abs(heightOver(plane, xyz, cell)) <= toleranceM;
}

/** Whether a surface faces the way of a plane. */
export function isAlong(plane: Plane, normals: Float32Array, cell: number): boolean {
  return along(plane.normal, normals, 3 * cell) > SAME_WAY;
}

/** Two directions of a plane. */
export function axesOf({ normal }: Plane): readonly [Vec3, Vec3] {
  const u = unit(cross(normal, [0, 0, 1])) ?? [1, 0, 0];
  return [u, cross(normal, u)];
}

/** Where cells are along the axes. */
export function feetOf(
  { xyz }: DepthGrid,
  cells: ArrayLike<number>,
  [u, v]: Table["axes"],
): Points2 {
  const feet = new Float64Array(2 * cells.length);
  for (let i = 0; i < cells.length; i++) {
    const at = 3 * (cells[i] ?? 0);
    feet[2 * i] = along(u, xyz, at);
    feet[2 * i + 1] = along(v, xyz, at);
  }
  return feet;
}

/** The table of a plane: as far as its largest patch goes. */
export function tableOn(grid: DepthGrid, plane: Plane): Table {
  const axes = axesOf(plane);
  const { width, height, xyz } = grid;
  const found = new Uint32Array(Math.ceil(width / 2) * Math.ceil(height / 2));
  let count = 0;
  const seen = { left: width, top: height, right: 0, bottom: 0 };
  for (let row = 0; row < height; row += 2)
    for (let column = 0; column < width; column += 2) {
      const cell = row * width + column;
      if (xyz[3 * cell + 2] === 0) continue;
      if (column < seen.left) seen.left = column;
      if (column > seen.right) seen.right = column;
      if (row < seen.top) seen.top = row;
      if (row > seen.bottom) seen.bottom = row;
      if (lies(grid, cell, plane, 2 * toleranceAt(grid, cell))) found[count++] = cell;
    }
  const { points, members } = largestPatch(feetOf(grid, found.subarray(0, count), axes), PATCH_M);
  let centerX = 0;
  let centerY = 0;
  for (let i = 0; i < members.length; i++) {
    centerX += (points[2 * i] ?? 0) / members.length;
    centerY += (points[2 * i + 1] ?? 0) / members.length;
  }
  // A row of the picture is a line on the table: its ends are enough for a hull.
  const first = new Int32Array(height).fill(-1);
  const last = new Int32Array(height).fill(-1);
  const [leastCells, mostCells] = [
    new Uint32Array(height).fill(0xffffffff),
    new Uint32Array(height),
  ];
  const outer: number[] = [];
  for (let i = 0; i < members.length; i++) {
    const cell = found[members[i] ?? 0] ?? 0;
    const column = cell % width;
    const row = (cell - column) / width;
    if (cell < (leastCells[row] ?? 0)) {
      leastCells[row] = cell;
      first[row] = i;
    }
    if (first[row] === i || cell > (mostCells[row] ?? 0)) {
      mostCells[row] = cell;
      last[row] = i;
    }
    const isCut =
      column - seen.left <= EDGE_CELLS ||
      seen.right - column <= EDGE_CELLS ||
      row - seen.top <= EDGE_CELLS ||
      seen.bottom - row <= EDGE_CELLS;
    if (!isCut) continue;
    const x = (points[2 * i] ?? 0) - centerX;
    const y = (points[2 * i + 1] ?? 0) - centerY;
    const factor = 1 + BEYOND_M / Math.max(1e-6, Math.sqrt(x * x + y * y));
    outer.push(centerX + factor * x, centerY + factor * y);
  }
  for (const ends of [first, last])
    for (const i of ends)
      if (i !== -1) outer.push(itemAt(points, 2 * i), itemAt(points, 2 * i + 1));
  const own = new Uint32Array(members.length);
  for (let i = 0; i < own.length; i++) own[i] = found[members[i] ?? 0] ?? 0;
  const ends = beyondHoles(grid, plane, axes, own);
  return { plane, axes, strips: stripsOf(convexHull(Float64Array.from(outer.concat(ends)))) };
}

/**
 * Where the table may go on to where depth sees nothing of it (it is black, or shines): the ends of the runs of cells
 * without depth beside its own, as far as a table goes on. Places along the axes.
 */
function beyondHoles(grid: DepthGrid, plane: Plane, axes: Table["axes"], own: Uint32Array) {
  const { xyz, width, height } = grid;
  const ends: number[] = [];
  for (let k = 0; k < own.length; k++) {
    const cell = own[k] ?? 0;
    const column = cell % width;
    const row = (cell - column) / width;
    if (xyz[3 * cell + 5] === 0) addEnd(grid, plane, axes, cell, 1, 0, width - 1 - column, ends);
    if (xyz[3 * cell - 1] === 0) addEnd(grid, plane, axes, cell, -1, 0, column, ends);
    const below = 3 * (cell + width) + 2;
    if (xyz[below] === 0) addEnd(grid, plane, axes, cell, 0, 1, height - 1 - row, ends);
    const above = 3 * (cell - width) + 2;
    if (xyz[above] === 0) addEnd(grid, plane, axes, cell, 0, -1, row, ends);
  }
  return ends;
}

/** Adds the end of the run of cells without depth that begins beside a cell, at most so many steps away. */
function addEnd(
  { xyz, width, pitchM }: DepthGrid,
  { normal, offsetM }: Plane,
  [u, v]: Table["axes"],
  cell: number,
  dx: number,
  dy: number,
  most: number,
  ends: number[],
): void {
  let steps = 0;
  for (let at = cell; steps < most; steps++) {
    at += dx + dy * width;
    if (xyz[3 * at + 2] !== 0) break;
  }
  const [x, y, z] = vec3At(xyz, 3 * cell);
  // The ray through the last of them meets the table's plane, or that through one as far away as a table goes on.
  steps = Math.min(steps, Math.ceil(BEYOND_M / (pitchM * z)));
  for (; steps > 0; steps -= Math.ceil(steps / 8)) {
    const ray: Vec3 = [x / z + steps * dx * pitchM, y / z + steps * dy * pitchM, 1];
    const away = -offsetM / along(normal, ray, 0);
    const foot: Vec3 = [away * ray[0], away * ray[1], away];
    if (!(away > 0) || Math.hypot(foot[0] - x, foot[1] - y, foot[2] - z) > BEYOND_M) continue;
    ends.push(along(u, foot, 0), along(v, foot, 0));
    return;
  }
}

/** Of each cell: the id, if it shows the table itself, else 0. */
export function tableIds(grid: DepthGrid, { plane }: Table, id: number): Uint16Array {
  const { xyz, width, height } = grid;
  const [nx, ny, nz] = plane.normal;
  const limit = Math.max(0.004, 2 * plane.residualM);
  const ids = new Uint16Array(width * height);
  for (let cell = 0; cell < ids.length; cell++) {
    const z = xyz[3 * cell + 2] ?? 0;
    if (z === 0) continue;
    const aboveM =
      nx * (xyz[3 * cell] ?? 0) + ny * (xyz[3 * cell + 1] ?? 0) + nz * z + plane.offsetM;
    if (Math.abs(aboveM) < limit) ids[cell] = id;
  }
  return ids;
}
