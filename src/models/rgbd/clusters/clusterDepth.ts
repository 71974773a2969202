import type { Vec3 } from "../../../base/index.js";
import type { Plane } from "../../../geometry/index.js";
import { CellArray } from "./CellArray.js";
import type { Cluster } from "./Cluster.js";
import type { DepthGrid } from "./DepthGrid.js";
import { findWalls } from "./findWalls.js";
import { joinByColor } from "./joinByColor.js";
import { joinParts } from "./joinParts.js";
import type { GridColors } from "./Look.js";
import { along, heightOver, isOver, type Table } from "./Table.js";

/** Neighbours nearer than this are of one thing, metres. */
const GAP_M = 0.007;
/** So far along a surface that runs away from the camera. */
const SLANT_M = 0.05;
/** Surfaces that meet at a hollow edge sharper than this are two things. */
const HOLLOW = Math.cos((25 * Math.PI) / 180);
/** How far to each side of a link the surfaces are compared, cells. */
const ASIDE = 4;
/** What rises less than this from the table is the table, metres, besides what its scatter demands. */
const RAISED_M = 0.006;
/** What hangs higher than this over the table does not stand on it. */
const MOST_HEIGHT_M = 0.6;
/** Things may stand over the edge of what is seen of the table by so much. */
const BESIDE_M = 0.02;
/** What is nearer to a wall than so many times its scatter is the wall. */
const OFF_WALL = 2.5;
const OFF_WALL_MEAN = 1.2;
const AROUND = 2;
const LEAST_SCATTER_M = 0.003;
/** Fewer cells are a speck. */
const LEAST_CELLS = 25;

/**
 * What stands on a table, apart: cells over it, and before the walls that it ends at, are linked where they are near
 * each other, or on one surface, and where the surfaces do not meet at a hollow edge; parts of one thing that were
 * separated (a mug's inside, a handle, what is around a black part) are joined again.
 */
export function clusterDepth(grid: DepthGrid, table: Table, colors: GridColors): Cluster[] {
  const raised = raisedCells(grid, table, findWalls(grid, table));
  const apart = components(grid, raised);
  const parts = grown(grid, raised, apart, LEAST_CELLS).flatMap((cells) =>
    cores(grid, table, cells),
  );
  return joinByColor(grid, table, colors, joinParts(grid, table, parts));
}

interface Raised {
  /** 1 for cells over the table. */
  readonly is: Uint8Array;
  /** These, ascending: most of an image is the table. */
  readonly cells: Uint32Array;
}

const [CELLS, PARENTS, SIZES, OWN] = [
  new CellArray(),
  new CellArray(),
  new CellArray(),
  new CellArray(),
];

function raisedCells(grid: DepthGrid, table: Table, walls: readonly Plane[]): Raised {
  const { width, height, xyz } = grid;
  const is = new Uint8Array(width * height);
  const cells = CELLS.of(width * height);
  const { normal, offsetM } = table.plane;
  const [nx, ny, nz] = normal;
  const scatterM = raisedM(table);
  const hasWalls = walls.length > 0;
  let n = 0;
  for (let cell = 0; cell < is.length; cell++) {
    const z = xyz[3 * cell + 2] ?? 0;
    if (z === 0) continue;
    // As `heightOver`, whose result would be allocated anew for each cell.
    const above = nx * (xyz[3 * cell] ?? 0) + ny * (xyz[3 * cell + 1] ?? 0) + nz * z + offsetM;
    if (above < scatterM || above > MOST_HEIGHT_M) continue;
    if (!isOver(table, xyz, cell, BESIDE_M)) continue;
    if (hasWalls && walls.some((wall) => isOfWall(grid, wall, cell))) continue;
    is[cell] = 1;
    cells[n++] = cell;
  }
  return { is, cells: cells.subarray(0, n) };
}

/** What is lower over the table is the table, metres. */
function raisedM({ plane: { residualM } }: Table): number {
  return Math.max(RAISED_M, 2.5 * residualM);
}

/** Whether a cell shows a wall, or what is behind it: by the cells around it too where it is hardly off the wall. */
function isOfWall({ width, height, xyz }: DepthGrid, wall: Plane, cell: number): boolean {
  const scatterM = Math.max(LEAST_SCATTER_M, wall.residualM);
  const awayM = heightOver(wall, xyz, cell);
  if (awayM > OFF_WALL * scatterM) return false;
  if (awayM < 0) return true;
  const column = cell % width;
  const row = (cell - column) / width;
  let [sumM, count] = [0, 0];
  for (let y = Math.max(0, row - AROUND); y <= Math.min(height - 1, row + AROUND); y += 2)
    for (let x = Math.max(0, column - AROUND); x <= Math.min(width - 1, column + AROUND); x += 2) {
      const beside = y * width + x;
      if (xyz[3 * beside + 2] === 0) continue;
      sumM += Math.min(OFF_WALL * scatterM, heightOver(wall, xyz, beside));
      count += 1;
    }
  return sumM < OFF_WALL_MEAN * scatterM * count;
}

/** Bits of a cell's links to the next one of its row and to the one below. */
const EAST = 1;
const SOUTH = 2;

/** Number of each raised cell's component: one of its cells. Of others nothing. */
function components(grid: DepthGrid, { is, cells }: Raised): Uint32Array {
  const { width, height } = grid;
  const links = new Uint8Array(width * height);
  const parent = PARENTS.of(width * height);
  // Iterators cost more than what is done here.
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i] ?? 0;
    parent[cell] = cell;
    const column = cell % width;
    const row = (cell - column) / width;
    let link = 0;
    if (column + 1 < width && is[cell + 1] === 1)
      if (isLinked(grid, is, cell, cell + 1, 1, column, width)) link |= EAST;
    if (row + 1 < height && is[cell + width] === 1)
      if (isLinked(grid, is, cell, cell + width, width, row, height)) link |= SOUTH;
    links[cell] = link;
  }
  // A single link between two things is chance: one beside it has to agree.
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i] ?? 0;
    const link = links[cell] ?? 0;
    if (link === 0) continue;
    const column = cell % width;
    if (column === 0 || column === width - 1 || cell < width || cell >= width * (height - 1))
      continue;
    if (link & EAST && ((links[cell - width] ?? 0) | (links[cell + width] ?? 0)) & EAST)
      parent[rootOf(parent, cell)] = rootOf(parent, cell + 1);
    if (link & SOUTH && ((links[cell - 1] ?? 0) | (links[cell + 1] ?? 0)) & SOUTH)
      parent[rootOf(parent, cell)] = rootOf(parent, cell + width);
  }
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i] ?? 0;
    parent[cell] = rootOf(parent, cell);
  }
  return parent;
}

function rootOf(parent: Uint32Array, cell: number): number {
  let at = cell;
  for (let up = parent[at] ?? at; up !== at; up = parent[at] ?? at) {
    const over = parent[up] ?? up;
    parent[at] = over;
    at = over;
  }
  return at;
}

function isLinked(
  { xyz, normals, pitchM }: DepthGrid,
  raised: Uint8Array,
  a: number,
  b: number,
  step: number,
  place: number,
  count: number,
): boolean {
  // No arrays here: this is asked twenty thousand times an image.
  const dx = (xyz[3 * b] ?? 0) - (xyz[3 * a] ?? 0);
  const dy = (xyz[3 * b + 1] ?? 0) - (xyz[3 * a + 1] ?? 0);
  const dz = (xyz[3 * b + 2] ?? 0) - (xyz[3 * a + 2] ?? 0);
  const z = xyz[3 * a + 2] ?? 0;
  const away = Math.sqrt(dx * dx + dy * dy + dz * dz);
  if (away > Math.max(GAP_M, 2.5 * pitchM * z)) {
    if (away > SLANT_M) return false;
    // On one surface that runs away from the camera.
    const [ofA, ofB] = [normals.of(a), normals.of(b)];
    if (ofA[3 * a + 2] === 0 || ofB[3 * b + 2] === 0) return false;
    const way: Vec3 = [dx, dy, dz];
    if (Math.abs(along(way, ofA, 3 * a)) > GAP_M / 2) return false;
    if (Math.abs(along(way, ofB, 3 * b)) > GAP_M / 2) return false;
  }
  const from = a - ASIDE * step;
  const to = b + ASIDE * step;
  if (place < ASIDE || place + 1 + ASIDE >= count) return true;
  if (raised[from] === 0 || raised[to] === 0) return true;
  const nearM = 2.5 * (2 * ASIDE + 1) * pitchM * z + 0.01;
  const ex = (xyz[3 * to] ?? 0) - (xyz[3 * from] ?? 0);
  const ey = (xyz[3 * to + 1] ?? 0) - (xyz[3 * from + 1] ?? 0);
  const ez = (xyz[3 * to + 2] ?? 0) - (xyz[3 * from + 2] ?? 0);
  if (ex * ex + ey * ey + ez * ez > nearM * nearM) return true;
  const there = normals.of(from);
  const ax = there[3 * from] ?? 0;
  const ay = there[3 * from + 1] ?? 0;
  const az = there[3 * from + 2] ?? 0;
  const beyond = normals.of(to);
  const bx = beyond[3 * to] ?? 0;
  const by = beyond[3 * to + 1] ?? 0;
  const bz = beyond[3 * to + 2] ?? 0;
  if (az === 0 || bz === 0) return true;
  if (ax * bx + ay * by + az * bz > HOLLOW) return true;
  // Normals that turn towards each other: an inner edge.
  return (bx - ax) * ex + (by - ay) * ey + (bz - az) * ez > 0;
}

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
function cores(grid: DepthGrid, table: Table, cells: Uint32Array): Uint32Array[] {
  if (cells.length < 2 * CORE_CELLS) return [cells];
  if (diagonalM(grid, cells) < LARGE_M) return [cells];
  const is = new Uint8Array(grid.width * grid.height);
  const liftedM = raisedM(table) + LIFT_M;
  const high = cells.filter((cell) => heightOver(table.plane, grid.xyz, cell) > liftedM);
  for (const cell of high) is[cell] = 1;
  const numbers = components(grid, { is, cells: high });
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
  return grown(grid, { is, cells }, numbers, CORE_CELLS);
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

/** Parts by cells: specks and the seams between parts go to the part that they touch most. */
function grown(
  grid: DepthGrid,
  { is, cells }: Raised,
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
