import { cross, dot, itemAt, mulberry32, unit, type Vec3, vec3At } from "../../../base/index.js";
import {
  convexHull,
  fitPlane,
  type Plane,
  type PointCloud,
  type Points2,
  pickPoints,
} from "../../../geometry/index.js";
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

/** Cells that planes are sought among. */
const SAMPLE = 1500;
const TRIES = 80;
/** Share of the cells that a plane must have to be looked at. */
const LEAST_SHARE = 0.03;
/** A higher plane is a table only if one patch of it is so large, m²: the top of a carton is smaller. */
const EXTENDED_M2 = 0.035;
/** And if things stand on it: so many cells over it, as a share of its own. */
const LADEN_SHARE = 0.03;
/** What stands on a plane is not higher than this over it, metres. */
const LADEN_M = 0.4;
/** Things that stand on a plane are seen this close to it, metres, at so large a share of what is over it. */
const FOOT_M = 0.03;
const FOOT_SHARE = 0.02;
/** What is so little over a plane, metres, and so small a share of it, is the top of a thing on it. */
const TOP_M = 0.15;
const TOP_SHARE = 0.5;
/** Planes of the same direction. */
const PARALLEL = Math.cos((8 * Math.PI) / 180);
/** Cells with a normal this close to the plane's can be its own. */
const SAME_WAY = Math.cos((25 * Math.PI) / 180);
const PLANES = 4;

interface Found {
  readonly plane: Plane;
  /** Of its largest patch. */
  readonly areaM2: number;
  /** Cells over that patch, as a share of the patch's own. */
  readonly ladenShare: number;
  /** Share of these that are close to it: where things stand on it. */
  readonly footShare: number;
}

/**
 * The highest extended plane of several parallel ones: a table top over the floor, a shelf, not the
 * top of a box. Among directions, one that an upright camera would call up is preferred, so that a
 * wall behind a table is not taken for it. Undefined if there is no such plane.
 *
 * @param known the plane of the previous image: tried first, so that it stays the same one
 * @param isTurned whether the camera is upside down, where that is known
 */
export function findTable(
  grid: DepthGrid,
  {
    seed,
    known,
    isTurned,
  }: {
    readonly seed: number;
    readonly known?: Plane | undefined;
    readonly isTurned?: boolean | undefined;
  },
): Table | undefined {
  const random = mulberry32(seed);
  const sample = sampleOf(grid);
  let cells = sample;
  const least = Math.max(40, LEAST_SHARE * cells.length);
  const found: Found[] = [];
  if (known) {
    const again = refined(grid, sample, known);
    if (again) return tableOn(grid, again);
  }
  while (found.length < PLANES && cells.length > least) {
    const best = mostFrequent(grid, cells, random, least);
    if (!best) break;
    const fitted = refined(grid, cells, best);
    if (!fitted) break;
    found.push({ plane: fitted, ...extentOf(grid, sample, fitted) });
    cells = cells.filter((cell) => !lies(grid, cell, fitted, 2 * toleranceAt(grid, cell)));
  }
  const chosen = tableOf(found, isTurned);
  return chosen && tableOn(grid, chosen.plane);
}

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
export function along(direction: Vec3, xyz: Float32Array, at: number): number {
  return (
    direction[0] * (xyz[at] ?? 0) +
    direction[1] * (xyz[at + 1] ?? 0) +
    direction[2] * (xyz[at + 2] ?? 0)
  );
}

function stripsOf(hull: Points2): Strips {
  let [from, to] = [Infinity, -Infinity];
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

function sampleOf({ xyz, normals, width, height }: DepthGrid): Uint32Array {
  const all = new Uint32Array(width * height);
  let count = 0;
  for (let cell = 0; cell < all.length; cell++) {
    const z = xyz[3 * cell + 2] ?? 0;
    if (z > 0 && z < 4 && normals[3 * cell + 2] !== 0) all[count++] = cell;
  }
  const stride = Math.max(1, count / SAMPLE);
  const sample = new Uint32Array(Math.floor(count / stride));
  for (let i = 0; i < sample.length; i++) sample[i] = all[Math.floor(i * stride)] ?? 0;
  return sample;
}

/** What depth cameras scatter by. */
function toleranceAt({ xyz }: DepthGrid, cell: number): number {
  const z = xyz[3 * cell + 2] ?? 0;
  return 0.004 + 0.006 * z * z;
}

function lies(
  { xyz, normals }: DepthGrid,
  cell: number,
  plane: Plane,
  toleranceM: number,
): boolean {
  if (Math.abs(heightOver(plane, xyz, cell)) > toleranceM) return false;
  return along(plane.normal, normals, 3 * cell) > SAME_WAY;
}

/** Each try is one cell and its normal. */
function mostFrequent(
  grid: DepthGrid,
  cells: Uint32Array,
  random: () => number,
  least: number,
): Plane | undefined {
  let [best, bestCount]: [Plane | undefined, number] = [undefined, least - 1];
  for (let i = 0; i < TRIES; i++) {
    const cell = cells[Math.floor(random() * cells.length)] ?? 0;
    const normal = vec3At(grid.normals, 3 * cell);
    const offsetM = -along(normal, grid.xyz, 3 * cell);
    const plane = { normal, offsetM, residualM: 0, inliers: 1 };
    let count = 0;
    for (const it of cells) if (lies(grid, it, plane, 2 * toleranceAt(grid, it))) count += 1;
    if (count > bestCount) [best, bestCount] = [plane, count];
  }
  return best;
}

/** Least squares on the plane's cells, twice. */
function refined(grid: DepthGrid, cells: Uint32Array, start: Plane): Plane | undefined {
  let plane = start;
  for (const factor of [2, 1]) {
    const own = cells.filter((cell) => lies(grid, cell, plane, factor * toleranceAt(grid, cell)));
    const fitted = fitPlane(cloudOf(grid, own));
    if (!fitted || own.length < 20) return undefined;
    const [x, y, z] = fitted.normal;
    plane =
      fitted.offsetM < 0 ? { ...fitted, normal: [-x, -y, -z], offsetM: -fitted.offsetM } : fitted;
  }
  return plane;
}

/** How large the largest patch of a plane is, and what stands on it. */
function extentOf(grid: DepthGrid, sample: Uint32Array, plane: Plane): Omit<Found, "plane"> {
  const { xyz, pitchM, width, height } = grid;
  const own = sample.filter((cell) => lies(grid, cell, plane, toleranceAt(grid, cell)));
  const axes = axesOf(plane);
  const patch = largestPatch(feetOf(grid, own, axes), TOP_PATCH_M);
  const table = { plane, axes, strips: stripsOf(convexHull(patch.points)) };
  const share = (width * height) / sample.length;
  let areaM2 = 0;
  for (const index of patch.members) {
    const point = vec3At(xyz, 3 * (own[index] ?? 0));
    const slant = Math.max(0.1, Math.abs(dot(plane.normal, unit(point) ?? [0, 0, 1])));
    areaM2 += (share * (pitchM * point[2]) ** 2) / slant;
  }
  let [over, feet] = [0, 0];
  for (const cell of sample) {
    const aboveM = heightOver(plane, xyz, cell);
    if (aboveM < 0.01 || aboveM > LADEN_M) continue;
    if (!isOver(table, xyz, cell, 0)) continue;
    over += 1;
    if (aboveM < FOOT_M) feet += 1;
  }
  return {
    areaM2,
    ladenShare: over / Math.max(1, patch.members.length),
    footShare: feet / Math.max(1, over),
  };
}

/** How far up a plane's normal has to go at the least, as the image sees it: a bit down at most. */
const LEANING = 0.1;

/** A table is larger than the sides of things, m². */
const LEAST_TABLE_M2 = 0.1;
/** In an image that is upside down, the table is so many times as likely one as what goes up there. */
const TURNED_FACTOR = 4;

/** Where nobody tells, a camera is upside down only if nothing in its image is a table otherwise. */
function tableOf(found: readonly Found[], isTurned: boolean | undefined): Found | undefined {
  const upright = highestOf(found, 1);
  if (isTurned === false) return upright;
  const turned = highestOf(found, -1);
  if (isTurned) return turned;
  if (!turned || !isTable(turned) || turned.areaM2 < LEAST_TABLE_M2) return upright;
  // A wall, or the front of a large thing, has things before it that do not touch it.
  if (turned.footShare < FOOT_SHARE) return upright;
  if (!upright) return turned;
  const goesUp = upright.plane.normal[1] < -LEANING;
  if (goesUp && upright.areaM2 > LEAST_TABLE_M2) return upright;
  return likely(turned, -1) > TURNED_FACTOR * likely(upright, 1) ? turned : upright;
}

/**
 * The table's normal goes up in the image, or, where the camera looks straight down, towards it. That of
 * a wall goes towards it or, seen from above, down.
 *
 * @param way 1, or -1 if the image is upside down
 */
function likely({ areaM2, plane: { normal } }: Found, way: 1 | -1): number {
  return areaM2 * Math.max(0, LEANING - way * normal[1]) ** 2;
}

function isTable({ areaM2, ladenShare }: Found): boolean {
  return areaM2 >= EXTENDED_M2 && ladenShare >= LADEN_SHARE;
}

function highestOf(found: readonly Found[], way: 1 | -1): Found | undefined {
  const main = found.reduce<Found | undefined>(
    (best, it) => (likely(it, way) > (best ? likely(best, way) : 0) ? it : best),
    undefined,
  );
  if (!main) return undefined;
  const parallel = found.filter(({ plane }) => dot(plane.normal, main.plane.normal) > PARALLEL);
  return parallel
    .filter(isTable)
    .filter((it) => !parallel.some((under) => isTopOn(it, under)))
    .reduce((high, it) => (it.plane.offsetM < high.plane.offsetM ? it : high), main);
}

/** Whether a plane is the top of a thing that stands on another, such as a book with things on it. */
function isTopOn(top: Found, under: Found): boolean {
  const aboveM = under.plane.offsetM - top.plane.offsetM;
  return aboveM > 0 && aboveM < TOP_M && top.areaM2 < TOP_SHARE * under.areaM2;
}

function axesOf({ normal }: Plane): readonly [Vec3, Vec3] {
  const u = unit(cross(normal, [0, 0, 1])) ?? [1, 0, 0];
  return [u, cross(normal, u)];
}

function feetOf({ xyz }: DepthGrid, cells: ArrayLike<number>, [u, v]: Table["axes"]): Points2 {
  const feet = new Float64Array(2 * cells.length);
  for (let i = 0; i < cells.length; i++) {
    const at = 3 * (cells[i] ?? 0);
    feet[2 * i] = along(u, xyz, at);
    feet[2 * i + 1] = along(v, xyz, at);
  }
  return feet;
}

function tableOn(grid: DepthGrid, plane: Plane): Table {
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
  return { plane, axes, strips: stripsOf(convexHull(Float64Array.from(outer))) };
}

/** A table that the picture's edge cuts off goes on for so much, metres. */
const BEYOND_M = 0.3;
/** What is so near to the outermost cells with depth is cut off. */
const EDGE_CELLS = 4;

/** Patches of one table, parted by the things on it, are about two of these from each other at most. */
const PATCH_M = 0.12;
/** For telling a table from tops of equal height that lie side by side; samples are a few cm apart. */
const TOP_PATCH_M = 0.05;

/**
 * Of points of a plane, those that hang together in squares of a side: not the things' tops at the
 * same height, nor a second table behind.
 */
function largestPatch(
  points: Points2,
  sideM: number,
): { readonly points: Points2; readonly members: readonly number[] } {
  const squares = new Map<number, number[]>();
  let [last, list]: [number, number[]] = [-1, []];
  for (let i = 0; i < points.length >> 1; i++) {
    const x = Math.floor((points[2 * i] ?? 0) / sideM);
    const y = Math.floor((points[2 * i + 1] ?? 0) / sideM);
    const key = (x + 4096) * 8192 + y + 4096;
    // Points come row by row: the next one is mostly in the same square.
    if (key !== last) {
      last = key;
      list = squares.get(key) ?? [];
      if (list.length === 0) squares.set(key, list);
    }
    list.push(i);
  }
  const seen = new Set<number>();
  let best: number[] = [];
  for (const start of squares.keys()) {
    if (seen.has(start)) continue;
    const patch: number[] = [];
    const queue = [start];
    seen.add(start);
    for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
      for (const i of squares.get(key) ?? []) patch.push(i);
      for (let dx = -2; dx <= 2; dx++)
        for (let dy = -2; dy <= 2; dy++) {
          const beside = key + 8192 * dx + dy;
          if (!squares.has(beside) || seen.has(beside)) continue;
          seen.add(beside);
          queue.push(beside);
        }
    }
    if (patch.length > best.length) best = patch;
  }
  const chosen = new Float64Array(2 * best.length);
  best.forEach((from, i) => {
    chosen[2 * i] = points[2 * from] ?? 0;
    chosen[2 * i + 1] = points[2 * from + 1] ?? 0;
  });
  return { points: chosen, members: best };
}

function cloudOf({ xyz }: DepthGrid, cells: Uint32Array): PointCloud {
  return pickPoints({ count: xyz.length / 3, xyz }, cells);
}
