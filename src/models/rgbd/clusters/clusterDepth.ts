import type { Cluster } from "./Cluster.js";
import type { DepthGrid } from "./DepthGrid.js";
import { heightOver, isOver, type Table } from "./findTable.js";
import { joinParts } from "./joinParts.js";

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
/** Fewer cells are a speck. */
const LEAST_CELLS = 25;

/**
 * What stands on a table, apart: cells over it are linked where they are near each other, or on one
 * surface, and where the surfaces do not meet at a hollow edge; parts of one thing that were
 * separated (a mug's inside, a handle) are joined again.
 */
export function clusterDepth(grid: DepthGrid, table: Table): Cluster[] {
  const raised = raisedCells(grid, table);
  const apart = components(grid, raised);
  const parts = grown(grid, raised, apart);
  return joinParts(grid, table, parts);
}

/** 1 for cells over the table. */
function raisedCells(grid: DepthGrid, table: Table): Uint8Array {
  const { width, height, xyz } = grid;
  const raised = new Uint8Array(width * height);
  const scatterM = Math.max(RAISED_M, 2.5 * table.plane.residualM);
  for (let cell = 0; cell < raised.length; cell++) {
    const z = xyz[3 * cell + 2]!;
    if (z === 0) continue;
    const above = heightOver(table.plane, xyz, cell);
    if (above < scatterM || above > MOST_HEIGHT_M) continue;
    if (isOver(table, xyz, cell, BESIDE_M)) raised[cell] = 1;
  }
  return raised;
}

/** Number of each raised cell's component, from 1. */
function components(grid: DepthGrid, raised: Uint8Array): Uint32Array {
  const { width, height } = grid;
  const parent = new Uint32Array(width * height);
  for (let cell = 0; cell < parent.length; cell++) parent[cell] = cell;
  const root = (cell: number): number => {
    let at = cell;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at]!]!;
      at = parent[at]!;
    }
    return at;
  };
  const east = new Uint8Array(width * height);
  const south = new Uint8Array(width * height);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const cell = row * width + column;
      if (raised[cell] === 0) continue;
      if (column + 1 < width && raised[cell + 1] === 1)
        east[cell] = isLinked(grid, raised, cell, cell + 1, 1, column, width) ? 1 : 0;
      if (row + 1 < height && raised[cell + width] === 1)
        south[cell] = isLinked(grid, raised, cell, cell + width, width, row, height) ? 1 : 0;
    }
  // A single link between two things is chance: one beside it has to agree.
  for (let row = 1; row < height - 1; row++)
    for (let column = 1; column < width - 1; column++) {
      const cell = row * width + column;
      if (east[cell] === 1 && (east[cell - width] === 1 || east[cell + width] === 1))
        parent[root(cell)] = root(cell + 1);
      if (south[cell] === 1 && (south[cell - 1] === 1 || south[cell + 1] === 1))
        parent[root(cell)] = root(cell + width);
    }
  const numbers = new Uint32Array(width * height);
  for (let cell = 0; cell < numbers.length; cell++)
    if (raised[cell] === 1) numbers[cell] = root(cell) + 1;
  return numbers;
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
  const [dx, dy, dz] = [
    xyz[3 * b]! - xyz[3 * a]!,
    xyz[3 * b + 1]! - xyz[3 * a + 1]!,
    xyz[3 * b + 2]! - xyz[3 * a + 2]!,
  ];
  const z = xyz[3 * a + 2]!;
  const away = Math.sqrt(dx * dx + dy * dy + dz * dz);
  if (away > Math.max(GAP_M, 2.5 * pitchM * z)) {
    if (away > SLANT_M) return false;
    // On one surface that runs away from the camera.
    const offA = dx * normals[3 * a]! + dy * normals[3 * a + 1]! + dz * normals[3 * a + 2]!;
    const offB = dx * normals[3 * b]! + dy * normals[3 * b + 1]! + dz * normals[3 * b + 2]!;
    if (normals[3 * a + 2] === 0 || normals[3 * b + 2] === 0) return false;
    if (Math.abs(offA) > GAP_M / 2 || Math.abs(offB) > GAP_M / 2) return false;
  }
  const [from, to] = [a - ASIDE * step, b + ASIDE * step];
  if (place < ASIDE || place + 1 + ASIDE >= count) return true;
  if (raised[from] === 0 || raised[to] === 0) return true;
  const nearM = 2.5 * (2 * ASIDE + 1) * pitchM * z + 0.01;
  const [ex, ey, ez] = [
    xyz[3 * to]! - xyz[3 * from]!,
    xyz[3 * to + 1]! - xyz[3 * from + 1]!,
    xyz[3 * to + 2]! - xyz[3 * from + 2]!,
  ];
  if (ex * ex + ey * ey + ez * ez > nearM * nearM) return true;
  const [ax, ay, az] = [normals[3 * from]!, normals[3 * from + 1]!, normals[3 * from + 2]!];
  const [bx, by, bz] = [normals[3 * to]!, normals[3 * to + 1]!, normals[3 * to + 2]!];
  if (az === 0 || bz === 0) return true;
  if (ax * bx + ay * by + az * bz > HOLLOW) return true;
  // Normals that turn towards each other: an inner edge.
  return (bx - ax) * ex + (by - ay) * ey + (bz - az) * ez > 0;
}

/** Parts by cells: specks and the seams between parts go to the part that they touch most. */
function grown(grid: DepthGrid, raised: Uint8Array, numbers: Uint32Array): Uint32Array[] {
  const { width, height, xyz, pitchM } = grid;
  const sizes = new Uint32Array(numbers.length + 1);
  for (let cell = 0; cell < numbers.length; cell++) sizes[numbers[cell]!]! += 1;
  const own = new Uint32Array(numbers.length);
  for (let cell = 0; cell < own.length; cell++)
    if (sizes[numbers[cell]!]! >= LEAST_CELLS) own[cell] = numbers[cell]!;
  const isFree = (cell: number) => raised[cell] === 1 && own[cell] === 0;
  const queue: number[] = [];
  for (let cell = 0; cell < own.length; cell++) {
    if (own[cell] === 0) continue;
    if (isFree(cell - 1) || isFree(cell + 1) || isFree(cell - width) || isFree(cell + width))
      queue.push(cell);
  }
  for (let i = 0; i < queue.length; i++) {
    const cell = queue[i]!;
    const [column, row] = [cell % width, Math.floor(cell / width)];
    for (const [dx, dy] of SIDES) {
      if (column + dx < 0 || column + dx >= width || row + dy < 0 || row + dy >= height) continue;
      const beside = cell + dx + dy * width;
      if (!isFree(beside)) continue;
      const z = xyz[3 * cell + 2]!;
      if (Math.abs(xyz[3 * beside + 2]! - z) > Math.max(0.02, 4 * pitchM * z)) continue;
      own[beside] = own[cell]!;
      queue.push(beside);
    }
  }
  return partsOf(own);
}

/** Cells of each number but 0, ascending; in the order of their first cells. */
function partsOf(own: Uint32Array): Uint32Array[] {
  const sizes = new Map<number, number>();
  for (let cell = 0; cell < own.length; cell++)
    if (own[cell] !== 0) sizes.set(own[cell]!, (sizes.get(own[cell]!) ?? 0) + 1);
  const places = new Uint32Array(own.length + 1);
  const parts: Uint32Array[] = [];
  for (const [number, size] of sizes) {
    places[number] = parts.length;
    parts.push(new Uint32Array(size));
  }
  const filled = new Uint32Array(parts.length);
  for (let cell = 0; cell < own.length; cell++) {
    if (own[cell] === 0) continue;
    const place = places[own[cell]!]!;
    parts[place]![filled[place]!++] = cell;
  }
  return parts;
}

const SIDES = [
  [-1, 0],
  [1, 0],
  [0, -1],
  [0, 1],
] as const;
