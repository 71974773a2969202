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
  /** Directions of the surface. */
  readonly normals: Normals;
  /** Distance between neighbouring cells at 1 m, metres. */
  readonly pitchM: number;
}

/** @param old a grid that nobody needs any more: its arrays are written into, if they are as large */
export function depthGridOf(view: DepthView, old?: DepthGrid): DepthGrid {
  const step = Math.max(1, Math.ceil(view.width / MOST_COLUMNS));
  const [width, height] = [Math.floor(view.width / step), Math.floor(view.height / step)];
  const pitchM = (step * view.colorScale) / view.info.fx;
  const spare = old?.width === width && old.height === height ? old : undefined;
  const xyz = spare?.xyz.fill(0) ?? new Float32Array(3 * width * height);
  writePoints(xyz, view, width, height, step);
  const normals = new Normals(xyz, width, height, pitchM, spare?.normals);
  return { width, height, step, xyz, normals, pitchM };
}

function writePoints(
  xyz: Float32Array,
  view: DepthView,
  width: number,
  height: number,
  step: number,
): void {
  const { depthM, rays } = view;
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
}

/** Normals of a grid's cells, each worked out when it is asked for first: most of them never are. */
export class Normals {
  readonly #xyz: Float32Array;
  readonly #width: number;
  readonly #height: number;
  /** Of each cell alone; 0, 0, 0 where not known. */
  readonly #raw: Float32Array;
  /** Means of these. */
  readonly #smooth: Float32Array;
  /** 1 for cells that were asked for. */
  readonly #isDone: Uint8Array;

  /** @param old of a grid of the same size, which nobody needs any more */
  constructor(xyz: Float32Array, width: number, height: number, pitchM: number, old?: Normals) {
    this.#xyz = xyz;
    this.#width = width;
    this.#height = height;
    this.#raw = old ? old.#raw.fill(0) : new Float32Array(xyz.length);
    this.#smooth = old ? old.#smooth.fill(0) : new Float32Array(xyz.length);
    this.#isDone = old ? old.#isDone.fill(0) : new Uint8Array(width * height);
    for (let row = 0; row < height; row++) fillRow(xyz, width, height, pitchM, row, this.#raw);
  }

  /**
   * An array with the normal of a cell at `3 · cell`: a unit vector towards the camera; 0, 0, 0 where the
   * surface's direction is not known. Of other cells there may be nothing in it.
   */
  of(cell: number): Float32Array {
    if (this.#isDone[cell] === 0) this.#smoothen(cell);
    return this.#smooth;
  }

  /** As `of` tells it, mostly without working it out. */
  isKnown(cell: number): boolean {
    if (!this.#isInner(cell)) return false;
    return this.#raw[3 * cell + 2] !== 0 || this.of(cell)[3 * cell + 2] !== 0;
  }

  #isInner(cell: number): boolean {
    const width = this.#width;
    const column = cell % width;
    return column > 0 && column < width - 1 && cell >= width && cell < width * (this.#height - 1);
  }

  /** The mean over three by three cells of one surface. */
  #smoothen(cell: number): void {
    this.#isDone[cell] = 1;
    const [xyz, raw, width] = [this.#xyz, this.#raw, this.#width];
    const z = xyz[3 * cell + 2] ?? 0;
    if (z === 0 || !this.#isInner(cell)) return;
    const limit = 0.01 * z;
    let x = 0;
    let y = 0;
    let w = 0;
    for (let row = cell - width; row <= cell + width; row += width)
      for (let at = 3 * (row - 1); at <= 3 * (row + 1); at += 3) {
        if (Math.abs((xyz[at + 2] ?? 0) - z) > limit) continue;
        x += raw[at] ?? 0;
        y += raw[at + 1] ?? 0;
        w += raw[at + 2] ?? 0;
      }
    const length = Math.sqrt(x * x + y * y + w * w);
    if (length < 1e-6) return;
    const factor = 1 / length;
    this.#smooth[3 * cell] = factor * x;
    this.#smooth[3 * cell + 1] = factor * y;
    this.#smooth[3 * cell + 2] = factor * w;
  }
}

/** Normals of a row's cells, of differences across them; left out where these are not known. */
function fillRow(
  xyz: Float32Array,
  width: number,
  height: number,
  pitchM: number,
  row: number,
  raw: Float32Array,
): void {
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
    raw[at] = factor * nx;
    raw[at + 1] = factor * ny;
    raw[at + 2] = factor * nz;
  }
}

/** The place of the other cell where it is on the same surface as one of depth z, else of that one. */
function near(xyz: Float32Array, other: number, z: number, limit: number, own: number): number {
  const there = xyz[other + 2] ?? 0;
  return there > 0 && Math.abs(there - z) < limit ? other : own;
}
