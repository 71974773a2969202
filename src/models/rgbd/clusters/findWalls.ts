import { addScaled, dot, mulberry32, unit, vec3At } from "../../../base/index.js";
import type { Plane } from "../../../geometry/index.js";
import type { DepthGrid } from "./DepthGrid.js";
import { largestPatch } from "./largestPatch.js";
import { refined } from "./planeThrough.js";
import { axesOf, feetOf, heightOver, isNear, isOver, type Table, toleranceAt } from "./Table.js";

/** Cells that walls are sought among. */
const SAMPLE = 1200;
const TRIES = 60;
/** What is lower over the table, metres, is not looked at. */
const RAISED_M = 0.02;
/** Two cells this far from each other along the table, metres, tell the direction of a wall. */
const APART_M = 0.1;
/** A wall leans by less than this, as the cosine of its normal and the table's. */
const STEEP = Math.sin((15 * Math.PI) / 180);
/** A wall is larger than the sides of things, m², and goes out of the picture or is as long as this, metres. */
const LEAST_WALL_M2 = 0.1;
const LEAST_LENGTH_M = 0.6;
/** Nothing of the table is seen behind a wall: at most this share, farther behind it than this, metres. */
const BEHIND_SHARE = 0.05;
const BEHIND_M = 0.03;
/** Upright planes that are looked at, each of so many cells. */
const PLANES = 6;
const LEAST_CELLS = 40;
const PATCH_M = 0.1;
/** What is so near to the outermost cells goes out of the picture. */
const EDGE_CELLS = 6;

/**
 * Walls that a table or a floor ends at: steep extended planes with nothing of the table behind them. A wall is a line
 * in the view from above, which two of its points tell; normals of what is far away scatter too much. Its own is
 * towards the camera.
 */
export function findWalls(grid: DepthGrid, table: Table): readonly Plane[] {
  const { xyz, width, height } = grid;
  const stride = Math.max(1, Math.round(Math.sqrt((width * height) / (2 * SAMPLE))));
  const raised: number[] = [];
  const onTable: number[] = [];
  for (let row = 0; row < height; row += stride)
    for (let column = 0; column < width; column += stride) {
      const cell = row * width + column;
      const z = xyz[3 * cell + 2] ?? 0;
      if (z === 0 || z > 4) continue;
      const aboveM = heightOver(table.plane, xyz, cell);
      if (aboveM > RAISED_M) raised.push(cell);
      else if (Math.abs(aboveM) < 2 * toleranceAt(grid, cell) && isOver(table, xyz, cell, 0))
        onTable.push(cell);
    }
  const random = mulberry32(1);
  const walls: Plane[] = [];
  let cells = Uint32Array.from(raised);
  for (let i = 0; i < PLANES && cells.length > LEAST_CELLS; i++) {
    const best = frequentUpright(grid, table, cells, random);
    const wall = best && refined(grid, cells, best, isOn);
    if (!wall) break;
    const isSteep = Math.abs(dot(wall.normal, table.plane.normal)) < STEEP;
    const behind = onTable.filter((cell) => heightOver(wall, xyz, cell) < -BEHIND_M);
    if (isSteep && behind.length < BEHIND_SHARE * onTable.length)
      if (isExtended(grid, cells, wall, stride)) walls.push(wall);
    const isOfIt = isOn(grid, wall, 2);
    cells = cells.filter((cell) => !isOfIt(cell));
  }
  return walls;
}

/** The upright plane that most cells are on. */
function frequentUpright(
  grid: DepthGrid,
  { axes }: Table,
  cells: Uint32Array,
  random: () => number,
): Plane | undefined {
  const feet = feetOf(grid, cells, axes);
  const limitsM = Float64Array.from(cells, (cell) => toleranceAt(grid, cell));
  let [best, bestCount]: [Plane | undefined, number] = [undefined, 0];
  for (let i = 0; i < TRIES; i++) {
    const a = Math.floor(random() * cells.length);
    const b = Math.floor(random() * cells.length);
    const [ax, ay] = [feet[2 * a] ?? 0, feet[2 * a + 1] ?? 0];
    const [dx, dy] = [(feet[2 * b] ?? 0) - ax, (feet[2 * b + 1] ?? 0) - ay];
    const length = Math.sqrt(dx * dx + dy * dy);
    if (length < APART_M) continue;
    const [nx, ny] = [-dy / length, dx / length];
    const offsetM = -(nx * ax + ny * ay);
    let count = 0;
    for (let k = 0; k < cells.length && count + cells.length - k > bestCount; k++) {
      const awayM = nx * (feet[2 * k] ?? 0) + ny * (feet[2 * k + 1] ?? 0) + offsetM;
      if (Math.abs(awayM) < (limitsM[k] ?? 0)) count += 1;
    }
    if (count <= bestCount) continue;
    const normal = addScaled(addScaled([0, 0, 0], axes[0], nx), axes[1], ny);
    [best, bestCount] = [{ normal, offsetM, residualM: 0, inliers: count }, count];
  }
  return best;
}

function isOn(grid: DepthGrid, plane: Plane, factor: number): (cell: number) => boolean {
  return (cell) => isNear(plane, grid.xyz, cell, factor * toleranceAt(grid, cell));
}

/** Whether cells on a plane are more than the side of a thing. */
function isExtended(grid: DepthGrid, cells: Uint32Array, wall: Plane, stride: number): boolean {
  const { xyz, pitchM, width, height } = grid;
  const own = cells.filter(isOn(grid, wall, 2));
  const { points, members } = largestPatch(feetOf(grid, own, axesOf(wall)), PATCH_M);
  let areaM2 = 0;
  let isCut = false;
  for (const index of members) {
    const cell = own[index] ?? 0;
    const point = vec3At(xyz, 3 * cell);
    const slant = Math.max(0.1, Math.abs(dot(wall.normal, unit(point) ?? [0, 0, 1])));
    areaM2 += (stride * pitchM * point[2]) ** 2 / slant;
    const column = cell % width;
    const row = (cell - column) / width;
    isCut ||=
      Math.min(row, column) < EDGE_CELLS ||
      column > width - EDGE_CELLS ||
      row > height - EDGE_CELLS;
  }
  return areaM2 > LEAST_WALL_M2 && (isCut || lengthOf(points) > LEAST_LENGTH_M);
}

/** How far points go along the first axis. */
function lengthOf(points: ArrayLike<number>): number {
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < points.length; i += 2) {
    low = Math.min(low, points[i] ?? 0);
    high = Math.max(high, points[i] ?? 0);
  }
  return Math.max(0, high - low);
}
