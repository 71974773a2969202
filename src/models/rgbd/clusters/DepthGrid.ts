import type { DepthView } from "../DepthView.js";

/** Columns of the grid at most: a cell then is about 2 mm wide at half a metre. */
const MOST_COLUMNS = 320;
/** Normals are taken across this length, metres, and at least two cells to each side. */
const ACROSS_M = 0.012;
/** Neighbours whose depths differ by more than this share are not on one surface. */
const JUMP = 0.025;

/**
 * Every second (third, …) pixel of a depth image as a point, with the surface's normal there.
 * Positions of cells are `row · width + column`.
 */
export interface DepthGrid {
  readonly width: number;
  readonly height: number;
  /** Pixels of the depth image between two cells, along rows and columns. */
  readonly step: number;
  /** Optical frame, metres: x, y, z of each cell; z is 0 where there is no depth. */
  readonly xyz: Float32Array;
  /** Unit vectors towards the camera; 0, 0, 0 where the surface's direction is not known. */
  readonly normals: Float32Array;
  /** Distance between neighbouring cells at 1 m, metres. */
  readonly pitchM: number;
}

export function depthGridOf(view: DepthView): DepthGrid {
  const step = Math.max(1, Math.ceil(view.width / MOST_COLUMNS));
  const [width, height] = [Math.floor(view.width / step), Math.floor(view.height / step)];
  const pitchM = (step * view.colorScale) / view.info.fx;
  const xyz = pointsOf(view, width, height, step);
  return { width, height, step, xyz, normals: normalsOf(xyz, width, height, pitchM), pitchM };
}

function pointsOf(view: DepthView, width: number, height: number, step: number): Float32Array {
  const { depthM, rays } = view;
  const xyz = new Float32Array(3 * width * height);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const pixel = row * step * view.width + column * step;
      const z = depthM[pixel]!;
      const x = z * rays[2 * pixel]!;
      // NaN where the lens sees nothing.
      if (!(z > 0) || Number.isNaN(x)) continue;
      const at = 3 * (row * width + column);
      xyz[at] = x;
      xyz[at + 1] = z * rays[2 * pixel + 1]!;
      xyz[at + 2] = z;
    }
  return xyz;
}

/** Of a row that others are smoothed with, while the processor still has it at hand. */
interface RawRow {
  /** Raw normals of its cells; 0, 0, 0 where they are not known. */
  readonly normals: Float32Array;
  /** Sums of these over three cells beside each other. */
  readonly sums: Float64Array;
  /** The least and the largest depth of three cells beside each other. */
  readonly nearest: Float32Array;
  readonly farthest: Float32Array;
}

function rawRowOf(width: number): RawRow {
  return {
    normals: new Float32Array(3 * width),
    sums: new Float64Array(3 * width),
    nearest: new Float32Array(width),
    farthest: new Float32Array(width),
  };
}

function normalsOf(xyz: Float32Array, width: number, height: number, pitchM: number): Float32Array {
  const out = new Float32Array(xyz.length);
  let [above, here, below] = [rawRowOf(width), rawRowOf(width), rawRowOf(width)];
  for (let row = 0; row < height; row++) {
    [above, here, below] = [here, below, above];
    fillRow(xyz, width, height, pitchM, row, below.normals);
    sumRow(xyz, width, row, below);
    if (row >= 2) smoothRow(above, here, below, xyz, width, row - 1, out);
  }
  return out;
}

/** Normals of a row's cells, of differences across them; 0, 0, 0 where these are not known. */
function fillRow(
  xyz: Float32Array,
  width: number,
  height: number,
  pitchM: number,
  row: number,
  raw: Float32Array,
): void {
  raw.fill(0);
  const reachM = ACROSS_M / 2 / pitchM;
  const start = 3 * row * width;
  for (let i = 0; i < 3 * width; i += 3) {
    const at = start + i;
    const z = xyz[at + 2] ?? 0;
    if (z === 0) continue;
    let reach = 2;
    while (reach < 6 && (reach + 0.5) * z <= reachM) reach += 1;
    const limit = JUMP * z;
    const across = 3 * reach;
    const along = across * width;
    const east = i + across < 3 * width ? near(xyz, at + across, z, limit, at) : at;
    const west = i >= across ? near(xyz, at - across, z, limit, at) : at;
    if (east === west) continue;
    const south = row + reach < height ? near(xyz, at + along, z, limit, at) : at;
    const north = row >= reach ? near(xyz, at - along, z, limit, at) : at;
    if (south === north) continue;
    const ux = (xyz[east] ?? 0) - (xyz[west] ?? 0);
    const uy = (xyz[east + 1] ?? 0) - (xyz[west + 1] ?? 0);
    const uz = (xyz[east + 2] ?? 0) - (xyz[west + 2] ?? 0);
    const vx = (xyz[south] ?? 0) - (xyz[north] ?? 0);
    const vy = (xyz[south + 1] ?? 0) - (xyz[north + 1] ?? 0);
    const vz = (xyz[south + 2] ?? 0) - (xyz[north + 2] ?? 0);
    // Image y goes down: v × u points to the camera.
    const nx = vy * uz - vz * uy;
    const ny = vz * ux - vx * uz;
    const nz = vx * uy - vy * ux;
    const length = Math.sqrt(nx * nx + ny * ny + nz * nz);
    if (length < 1e-12) continue;
    const factor = 1 / length;
    raw[i] = factor * nx;
    raw[i + 1] = factor * ny;
    raw[i + 2] = factor * nz;
  }
}

/** The place of the other cell where it is on the same surface as one of depth z, else of that one. */
function near(xyz: Float32Array, other: number, z: number, limit: number, own: number): number {
  const there = xyz[other + 2] ?? 0;
  return there > 0 && Math.abs(there - z) < limit ? other : own;
}

function sumRow(
  xyz: Float32Array,
  width: number,
  row: number,
  { normals, sums, nearest, farthest }: RawRow,
): void {
  for (let i = 3; i < 3 * (width - 1); i++)
    sums[i] = (normals[i - 3] ?? 0) + (normals[i] ?? 0) + (normals[i + 3] ?? 0);
  let at = 3 * row * width + 2;
  let a = xyz[at] ?? 0;
  let b = xyz[at + 3] ?? 0;
  for (let column = 1; column < width - 1; column++) {
    at += 3;
    const c = xyz[at + 3] ?? 0;
    const isRising = a < c;
    const low = isRising ? a : c;
    const high = isRising ? c : a;
    nearest[column] = b < low ? b : low;
    farthest[column] = b > high ? b : high;
    a = b;
    b = c;
  }
}

/** Means over three by three cells of one surface, as unit vectors, of the row in the middle. */
function smoothRow(
  above: RawRow,
  here: RawRow,
  below: RawRow,
  xyz: Float32Array,
  width: number,
  row: number,
  out: Float32Array,
): void {
  const level = 3 * row * width;
  const [sumsA, sumsB, sumsC] = [above.sums, here.sums, below.sums];
  const [nearA, nearB, nearC] = [above.nearest, here.nearest, below.nearest];
  const [farA, farB, farC] = [above.farthest, here.farthest, below.farthest];
  for (let column = 1; column < width - 1; column++) {
    const i = 3 * column;
    const z = xyz[level + i + 2] ?? 0;
    if (z === 0) continue;
    const limit = 0.01 * z;
    const isFlat =
      z - (nearA[column] ?? 0) <= limit &&
      z - (nearB[column] ?? 0) <= limit &&
      z - (nearC[column] ?? 0) <= limit &&
      (farA[column] ?? 0) - z <= limit &&
      (farB[column] ?? 0) - z <= limit &&
      (farC[column] ?? 0) - z <= limit;
    let x = 0;
    let y = 0;
    let w = 0;
    if (isFlat) {
      x = (sumsA[i] ?? 0) + (sumsB[i] ?? 0) + (sumsC[i] ?? 0);
      y = (sumsA[i + 1] ?? 0) + (sumsB[i + 1] ?? 0) + (sumsC[i + 1] ?? 0);
      w = (sumsA[i + 2] ?? 0) + (sumsB[i + 2] ?? 0) + (sumsC[i + 2] ?? 0);
    } else {
      for (let k = 0; k < 9; k++) {
        const raw = k < 3 ? above.normals : k < 6 ? here.normals : below.normals;
        const at = i + 3 * ((k % 3) - 1);
        const there = xyz[level + at + 3 * width * (Math.floor(k / 3) - 1) + 2] ?? 0;
        if (Math.abs(there - z) > limit) continue;
        x += raw[at] ?? 0;
        y += raw[at + 1] ?? 0;
        w += raw[at + 2] ?? 0;
      }
    }
    const length = Math.sqrt(x * x + y * y + w * w);
    if (length < 1e-6) continue;
    const factor = 1 / length;
    out[level + i] = factor * x;
    out[level + i + 1] = factor * y;
    out[level + i + 2] = factor * w;
  }
}
