import { itemAt, type Vec3, vec3At } from "../../../base/index.js";
import { convexHull, type Plane } from "../../../geometry/index.js";
import type { DepthGrid } from "./DepthGrid.js";
import { largestPatch } from "./largestPatch.js";
import { along, axesOf, feetOf, lies, stripsOf, type Table, toleranceAt } from "./Table.js";

/** Patches of one table, parted by the things on it, are about two of these from each other at most. */
const PATCH_M = 0.12;
/** A table that the picture's edge cuts off goes on for so much, metres. */
const BEYOND_M = 0.3;
/** What is so near to the outermost cells with depth is cut off. */
const EDGE_CELLS = 4;

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
