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

/** Row by row: three rows of raw normals are smoothed while the processor still has them at hand. */
function normalsOf(xyz: Float32Array, width: number, height: number, pitchM: number): Float32Array {
  const out = new Float32Array(xyz.length);
  const rows: [Float32Array, Float32Array, Float32Array] = [
    new Float32Array(3 * width),
    new Float32Array(3 * width),
    new Float32Array(3 * width),
  ];
  for (let row = 0; row < height; row++) {
    const [oldest, above, here] = rows;
    rows[0] = above;
    rows[1] = here;
    rows[2] = oldest;
    rawRow(xyz, width, height, pitchM, row, oldest);
    if (row >= 2) smoothRow(rows, xyz, width, row - 1, out);
  }
  return out;
}

/** Normals of a row's cells, of differences across them; 0, 0, 0 where these are not known. */
function rawRow(
  xyz: Float32Array,
  width: number,
  height: number,
  pitchM: number,
  row: number,
  raw: Float32Array,
): void {
  raw.fill(0);
  for (let column = 0; column < width; column++) {
    const cell = row * width + column;
    const z = xyz[3 * cell + 2]!;
    if (z === 0) continue;
    const reach = Math.min(6, Math.max(2, Math.round(ACROSS_M / 2 / (pitchM * z))));
    const limit = JUMP * z;
    const east = column + reach < width ? near(xyz, cell + reach, z, limit, cell) : cell;
    const west = column >= reach ? near(xyz, cell - reach, z, limit, cell) : cell;
    const south = row + reach < height ? near(xyz, cell + reach * width, z, limit, cell) : cell;
    const north = row >= reach ? near(xyz, cell - reach * width, z, limit, cell) : cell;
    if (east === west || south === north) continue;
    const ux = xyz[3 * east]! - xyz[3 * west]!;
    const uy = xyz[3 * east + 1]! - xyz[3 * west + 1]!;
    const uz = xyz[3 * east + 2]! - xyz[3 * west + 2]!;
    const vx = xyz[3 * south]! - xyz[3 * north]!;
    const vy = xyz[3 * south + 1]! - xyz[3 * north + 1]!;
    const vz = xyz[3 * south + 2]! - xyz[3 * north + 2]!;
    // Image y goes down: v × u points to the camera.
    const nx = vy * uz - vz * uy;
    const ny = vz * ux - vx * uz;
    const nz = vx * uy - vy * ux;
    const length = Math.sqrt(nx * nx + ny * ny + nz * nz);
    if (length < 1e-12) continue;
    raw[3 * column] = nx / length;
    raw[3 * column + 1] = ny / length;
    raw[3 * column + 2] = nz / length;
  }
}

/** The other cell where it is on the same surface as one of depth z, else that one. */
function near(xyz: Float32Array, other: number, z: number, limit: number, own: number): number {
  const there = xyz[3 * other + 2]!;
  return there > 0 && Math.abs(there - z) < limit ? other : own;
}

/** Means over three by three cells of one surface, as unit vectors, of the row in the middle. */
function smoothRow(
  rows: readonly [Float32Array, Float32Array, Float32Array],
  xyz: Float32Array,
  width: number,
  row: number,
  out: Float32Array,
): void {
  const level = 3 * row * width;
  for (let at = 3; at < 3 * (width - 1); at += 3) {
    const z = xyz[level + at + 2]!;
    if (z === 0) continue;
    const limit = 0.01 * z;
    let [x, y, w] = [0, 0, 0];
    for (let k = 0; k < 3; k++) {
      const raw = rows[k]!;
      const from = level + 3 * (k - 1) * width;
      for (let i = at - 3; i < at + 6; i += 3) {
        if (Math.abs(xyz[from + i + 2]! - z) > limit) continue;
        x += raw[i]!;
        y += raw[i + 1]!;
        w += raw[i + 2]!;
      }
    }
    const length = Math.sqrt(x * x + y * y + w * w);
    if (length < 1e-6) continue;
    out[level + at] = x / length;
    out[level + at + 1] = y / length;
    out[level + at + 2] = w / length;
  }
}
