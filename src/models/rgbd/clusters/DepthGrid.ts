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

function normalsOf(xyz: Float32Array, width: number, height: number, pitchM: number): Float32Array {
  const raw = new Float32Array(xyz.length);
  for (let row = 0; row < height; row++)
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
      raw[3 * cell] = nx / length;
      raw[3 * cell + 1] = ny / length;
      raw[3 * cell + 2] = nz / length;
    }
  return smoothed(raw, xyz, width, height);
}

/** The other cell where it is on the same surface as one of depth z, else that one. */
function near(xyz: Float32Array, other: number, z: number, limit: number, own: number): number {
  const there = xyz[3 * other + 2]!;
  return there > 0 && Math.abs(there - z) < limit ? other : own;
}

/** Means over three by three cells of one surface, as unit vectors. */
function smoothed(
  raw: Float32Array,
  xyz: Float32Array,
  width: number,
  height: number,
): Float32Array {
  const out = new Float32Array(raw.length);
  for (let row = 1; row < height - 1; row++)
    for (let column = 1; column < width - 1; column++) {
      const cell = row * width + column;
      const z = xyz[3 * cell + 2]!;
      if (z === 0) continue;
      const limit = 0.01 * z;
      let [x, y, w] = [0, 0, 0];
      for (let down = -width; down <= width; down += width) {
        const first = 3 * (cell + down - 1);
        for (let at = first; at < first + 9; at += 3) {
          if (Math.abs(xyz[at + 2]! - z) > limit) continue;
          x += raw[at]!;
          y += raw[at + 1]!;
          w += raw[at + 2]!;
        }
      }
      const length = Math.sqrt(x * x + y * y + w * w);
      if (length < 1e-6) continue;
      out[3 * cell] = x / length;
      out[3 * cell + 1] = y / length;
      out[3 * cell + 2] = w / length;
    }
  return out;
}
