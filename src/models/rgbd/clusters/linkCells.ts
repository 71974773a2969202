import type { Vec3 } from "../../../base/index.js";
import { CellArray } from "./CellArray.js";
import type { DepthGrid } from "./DepthGrid.js";
import type { CellSet } from "./raisedCells.js";
import { along } from "./Table.js";

/** Neighbours nearer than this are of one thing, metres. */
const GAP_M = 0.007;
/** So far along a surface that runs away from the camera. */
const SLANT_M = 0.05;
/** Surfaces that meet at a hollow edge sharper than this are two things. */
const HOLLOW = Math.cos((25 * Math.PI) / 180);
/** How far to each side of a link the surfaces are compared, cells. */
const ASIDE = 4;
/** What is so much higher there, metres, on both of two parallel surfaces, is a step that a camera may have smeared. */
const STEP_M = 0.008;

/** Links of near neighbours, and of those alone that no step parts. */
export const NEAR = 1;
export const SMOOTH = 2;

/** Bits of a cell's links to the next one of its row and to the one below, and whether one of both goes across a step. */
const EAST = 1;
const SOUTH = 2;
export const ACROSS = 4;

export interface Components {
  /** Of each cell: one cell of its component. Of cells that are in none, nothing. Written anew by the next call. */
  readonly numbers: Uint32Array;
  /** Bits of each cell's links. */
  readonly links: Uint8Array;
}

const NUMBERS = new CellArray();

/**
 * What hangs together of some cells.
 *
 * @param least links that count: near ones, or smooth ones alone
 */
export function componentsOf(
  grid: DepthGrid,
  { is, cells }: CellSet,
  least: typeof NEAR | typeof SMOOTH,
): Components {
  const { width, height } = grid;
  const links = new Uint8Array(width * height);
  const parent = NUMBERS.of(width * height);
  // Iterators cost more than what is done here.
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i] ?? 0;
    parent[cell] = cell;
    const column = cell % width;
    const row = (cell - column) / width;
    let link = 0;
    if (column + 1 < width && is[cell + 1] === 1) {
      const east = linkOf(grid, is, cell, cell + 1, 1, column, width);
      if (east >= least) link |= EAST;
      if (east === NEAR) link |= ACROSS;
    }
    if (row + 1 < height && is[cell + width] === 1) {
      const south = linkOf(grid, is, cell, cell + width, width, row, height);
      if (south >= least) link |= SOUTH;
      if (south === NEAR) link |= ACROSS;
    }
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
  return { numbers: parent, links };
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

/** 0, or how a cell hangs together with a neighbour: across a step, or on one surface. */
function linkOf(
  { xyz, normals, pitchM }: DepthGrid,
  raised: Uint8Array,
  a: number,
  b: number,
  step: number,
  place: number,
  count: number,
): 0 | typeof NEAR | typeof SMOOTH {
  // No arrays here: this is asked twenty thousand times an image.
  const dx = (xyz[3 * b] ?? 0) - (xyz[3 * a] ?? 0);
  const dy = (xyz[3 * b + 1] ?? 0) - (xyz[3 * a + 1] ?? 0);
  const dz = (xyz[3 * b + 2] ?? 0) - (xyz[3 * a + 2] ?? 0);
  const z = xyz[3 * a + 2] ?? 0;
  const away = Math.sqrt(dx * dx + dy * dy + dz * dz);
  if (away > Math.max(GAP_M, 2.5 * pitchM * z)) {
    if (away > SLANT_M) return 0;
    // On one surface that runs away from the camera.
    const [ofA, ofB] = [normals.of(a), normals.of(b)];
    if (ofA[3 * a + 2] === 0 || ofB[3 * b + 2] === 0) return 0;
    const way: Vec3 = [dx, dy, dz];
    if (Math.abs(along(way, ofA, 3 * a)) > GAP_M / 2) return 0;
    if (Math.abs(along(way, ofB, 3 * b)) > GAP_M / 2) return 0;
  }
  const from = a - ASIDE * step;
  const to = b + ASIDE * step;
  if (place < ASIDE || place + 1 + ASIDE >= count) return SMOOTH;
  if (raised[from] === 0 || raised[to] === 0) return SMOOTH;
  const ex = (xyz[3 * to] ?? 0) - (xyz[3 * from] ?? 0);
  const ey = (xyz[3 * to + 1] ?? 0) - (xyz[3 * from + 1] ?? 0);
  const ez = (xyz[3 * to + 2] ?? 0) - (xyz[3 * from + 2] ?? 0);
  const there = normals.of(from);
  const ax = there[3 * from] ?? 0;
  const ay = there[3 * from + 1] ?? 0;
  const az = there[3 * from + 2] ?? 0;
  const beyond = normals.of(to);
  const bx = beyond[3 * to] ?? 0;
  const by = beyond[3 * to + 1] ?? 0;
  const bz = beyond[3 * to + 2] ?? 0;
  if (az === 0 || bz === 0) return SMOOTH;
  const overM = ax * ex + ay * ey + az * ez;
  const underM = bx * ex + by * ey + bz * ez;
  const nearM = 2.5 * (2 * ASIDE + 1) * pitchM * z + 0.01;
  if (ex * ex + ey * ey + ez * ez <= nearM * nearM && ax * bx + ay * by + az * bz <= HOLLOW)
    if (underM <= overM)
      // Normals that turn towards each other: an inner edge.
      return 0;
  const isStep = overM * underM > 0 && Math.min(Math.abs(overM), Math.abs(underM)) > STEP_M;
  return isStep ? NEAR : SMOOTH;
}
