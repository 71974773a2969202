import { cross, itemAt, unit, type Vec3 } from "../../../base/index.js";
import type { Plane, Points2 } from "../../../geometry/index.js";
import type { DepthGrid } from "./DepthGrid.js";

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
