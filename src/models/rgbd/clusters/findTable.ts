import { addScaled, dot, mulberry32, unit, type Vec3, vec3At } from "../../../base/index.js";
import { convexHull, type Plane } from "../../../geometry/index.js";
import { CellArray } from "./CellArray.js";
import { chooseTable, type Found, LADEN_M } from "./chooseTable.js";
import type { DepthGrid } from "./DepthGrid.js";
import { largestLayer } from "./largestLayer.js";
import { largestPatch } from "./largestPatch.js";
import { refined } from "./planeThrough.js";
import {
  along,
  axesOf,
  feetOf,
  heightOver,
  isAlong,
  isNear,
  isOver,
  lies,
  stripsOf,
  type Table,
  toleranceAt,
} from "./Table.js";
import { tableOn } from "./tableOn.js";

/** Cells that planes are sought among. */
const SAMPLE = 1500;
const TRIES = 80;
/** Share of the cells that a plane must have to be looked at. */
const LEAST_SHARE = 0.03;
/** Things that stand on a plane are seen this close to it, metres. */
const FOOT_M = 0.03;
const PLANES = 4;
/** For telling a table from tops of equal height that lie side by side; samples are a few cm apart. */
const TOP_PATCH_M = 0.05;

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
    const again = refined(grid, sample, known, isOn);
    if (again) return tableOn(grid, largestLayer(grid, sample, again));
  }
  while (found.length < PLANES && cells.length > least) {
    const best = mostFrequent(grid, cells, random, least);
    if (!best) break;
    const fitted = refined(grid, cells, best, isOn);
    if (!fitted) break;
    found.push({ plane: fitted, ...extentOf(grid, sample, fitted) });
    cells = cells.filter((cell) => !lies(grid, cell, fitted, 2 * toleranceAt(grid, cell)));
  }
  const chosen = chooseTable(found, isTurned);
  return chosen && tableOn(grid, largestLayer(grid, sample, chosen.plane));
}

const KNOWN = new CellArray();

function sampleOf({ xyz, normals, width, height }: DepthGrid): Uint32Array {
  const all = KNOWN.of(width * height);
  let count = 0;
  for (let cell = 0; cell < all.length; cell++) {
    const z = xyz[3 * cell + 2] ?? 0;
    if (z > 0 && z < 4 && normals.isKnown(cell)) all[count++] = cell;
  }
  const stride = Math.max(1, count / SAMPLE);
  const sample = new Uint32Array(Math.floor(count / stride));
  for (let i = 0; i < sample.length; i++) sample[i] = all[Math.floor(i * stride)] ?? 0;
  return sample;
}

/** Each try is one cell and its normal. */
function mostFrequent(
  grid: DepthGrid,
  cells: Uint32Array,
  random: () => number,
  least: number,
): Plane | undefined {
  let [best, bestCount]: [Plane | undefined, number] = [undefined, least - 1];
  // Beside each other: each is looked at eighty times.
  const xyz = new Float32Array(3 * cells.length);
  const normals = new Float32Array(3 * cells.length);
  cells.forEach((cell, i) => {
    xyz.set(grid.xyz.subarray(3 * cell, 3 * cell + 3), 3 * i);
    normals.set(grid.normals.of(cell).subarray(3 * cell, 3 * cell + 3), 3 * i);
  });
  const limitsM = Float64Array.from(cells, (cell) => 2 * toleranceAt(grid, cell));
  for (let i = 0; i < TRIES; i++) {
    const at = Math.floor(random() * cells.length);
    const normal = vec3At(normals, 3 * at);
    const offsetM = -along(normal, xyz, 3 * at);
    const plane = { normal, offsetM, residualM: 0, inliers: 1 };
    let count = 0;
    for (let k = 0; k < cells.length && count + cells.length - k > bestCount; k++)
      if (isNear(plane, xyz, k, limitsM[k] ?? 0) && isAlong(plane, normals, k)) count += 1;
    if (count > bestCount) [best, bestCount] = [plane, count];
  }
  return best;
}

function isOn(grid: DepthGrid, plane: Plane, factor: number): (cell: number) => boolean {
  return (cell) => lies(grid, cell, plane, factor * toleranceAt(grid, cell));
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
  let middle: Vec3 = [0, 0, 0];
  for (const index of patch.members) {
    const point = vec3At(xyz, 3 * (own[index] ?? 0));
    const slant = Math.max(0.1, Math.abs(dot(plane.normal, unit(point) ?? [0, 0, 1])));
    areaM2 += (share * (pitchM * point[2]) ** 2) / slant;
    middle = addScaled(middle, point, 1 / patch.members.length);
  }
  let over = 0;
  let feet = 0;
  for (const cell of sample) {
    const aboveM = heightOver(plane, xyz, cell);
    if (aboveM < 0.01 || aboveM > LADEN_M) continue;
    if (!isOver(table, xyz, cell, 0)) continue;
    over += 1;
    if (aboveM < FOOT_M) feet += 1;
  }
  return {
    areaM2,
    middle,
    ladenShare: over / Math.max(1, patch.members.length),
    footShare: feet / Math.max(1, over),
  };
}
