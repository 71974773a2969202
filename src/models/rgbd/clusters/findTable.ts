import { addScaled, dot, mulberry32, unit, type Vec3, vec3At } from "../../../base/index.js";
import { convexHull, type Plane } from "../../../geometry/index.js";
import { CellArray } from "./CellArray.js";
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
  tableOn,
  toleranceAt,
} from "./Table.js";

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
const PLANES = 4;
/** For telling a table from tops of equal height that lie side by side; samples are a few cm apart. */
const TOP_PATCH_M = 0.05;

interface Found {
  readonly plane: Plane;
  /** Of its largest patch. */
  readonly areaM2: number;
  /** Of that patch. */
  readonly middle: Vec3;
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
  const chosen = tableOf(found, isTurned);
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

/**
 * A camera over a box looks at its floor: a wall of the box goes up in the image, but nothing stands on it, while it
 * stands on the floor. What is far behind a small table is no such floor, though noise over it looks like things.
 */
function mainOf(found: readonly Found[], way: 1 | -1): Found | undefined {
  const byLook = (it: Found) => likely(it, way);
  const main = mostOf(found, byLook);
  if (!main || isTable(main) || main.areaM2 > LEAST_TABLE_M2) return main;
  const laden = found.filter(
    (it) => isTable(it) && it.footShare > FOOT_SHARE && isJustOver(main, it),
  );
  return mostOf(laden, (it) => byLook(it) * it.ladenShare * it.footShare) ?? main;
}

/** Whether a plane is where the things are that stand on another. */
function isJustOver({ middle }: Found, { plane }: Found): boolean {
  const aboveM = dot(plane.normal, middle) + plane.offsetM;
  return aboveM > 0 && aboveM < LADEN_M;
}

function mostOf(found: readonly Found[], by: (it: Found) => number): Found | undefined {
  return found.reduce<Found | undefined>(
    (best, it) => (by(it) > (best ? by(best) : 0) ? it : best),
    undefined,
  );
}

function highestOf(found: readonly Found[], way: 1 | -1): Found | undefined {
  const main = mainOf(found, way);
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
