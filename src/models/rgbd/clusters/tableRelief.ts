import { solved } from "../../../base/index.js";
import type { DepthGrid } from "./DepthGrid.js";
import { heightOver, isAlong, isOver, type Table } from "./Table.js";

/** Height of what is seen of a table over its plane, metres, at a place of the grid. */
export type Relief = (column: number, row: number) => number;

/** Heights are means over so many cells along rows and columns. */
const BLOCK = 4;
/** Of those every second one, whose middle is so many cells on from the first. */
const EVERY = 2;
const MIDDLE = (BLOCK - EVERY) / 2;
const LEAST_BLOCKS = 200;
/** From block to block, and to the next but one, a table rises less than this, metres. */
const STEP_M = 0.004;
/** What is farther from the plane is not the table, metres. */
const FAR_M = 0.03;
/** From fit to fit, what is farther from the last one is left out, metres. */
const ROUNDS_M = [0.025, 0.018, 0.012, 0.01, 0.01];
/** A fit counts where it has so large a share of all blocks so near to it, metres, and so many times as many as the plane. */
const NEAR_M = 0.006;
const LEAST_SHARE = 0.6;
const BETTER = 1.1;
/** 1, u, v, u², uv, v². */
const TERMS = 6;
/** What has no larger pivot is not determined. */
const LEAST_PIVOT = 1e-9;

const FLAT: Relief = () => 0;

/**
 * A table that is not quite even, or that the camera bows: the surface of second order in the picture's directions
 * through what faces up and goes on from the table's plane without a step, where clearly more of it lies on that than on the plane; else the plane.
 */
export function tableRelief(grid: DepthGrid, table: Table): Relief {
  if (isEven(grid, table)) return FLAT;
  const { width, height } = grid;
  const blocks = blocksOf(grid, table);
  const wide = Math.floor(width / BLOCK);
  const terms: number[] = [];
  const heights: number[] = [];
  for (const at of withoutSteps(blocks, wide)) {
    const column = (at % wide) * BLOCK + MIDDLE;
    const row = Math.floor(at / wide) * BLOCK + MIDDLE;
    const [u, v] = [column / width - 0.5, (row - height / 2) / width];
    terms.push(1, u, v, u * u, u * v, v * v);
    heights.push(blocks[at] ?? 0);
  }
  const onPlane = countNear(heights, terms, undefined);
  if (heights.length < LEAST_BLOCKS) return FLAT;
  let fit: readonly number[] | undefined;
  for (const limitM of ROUNDS_M) fit = fitted(heights, terms, fit, limitM) ?? fit;
  if (!fit) return FLAT;
  const onFit = countNear(heights, terms, fit);
  if (onFit < BETTER * onPlane || onFit < LEAST_SHARE * heights.length) return FLAT;
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = fit;
  return (column, row) => {
    const u = column / width - 0.5;
    const v = (row - height / 2) / width;
    return Math.min(FAR_M, Math.max(-FAR_M, a + u * (b + d * u + e * v) + v * (c + f * v)));
  };
}

/** Whether so much near the plane is on it that nothing can be better by much. Cheap: most tables are. */
function isEven({ width, height, xyz }: DepthGrid, table: Table): boolean {
  let [near, all] = [0, 0];
  for (let row = 0; row < height; row += BLOCK)
    for (let cell = row * width; cell < (row + 1) * width; cell += BLOCK) {
      if (xyz[3 * cell + 2] === 0) continue;
      const aboveM = Math.abs(heightOver(table.plane, xyz, cell));
      if (!(aboveM < FAR_M) || !isOver(table, xyz, cell, 0)) continue;
      all += 1;
      if (aboveM < NEAR_M) near += 1;
    }
  return BETTER * near > all;
}

/** Mean heights of blocks of cells that face up near the plane; NaN where they are few. */
function blocksOf({ width, height, xyz, normals }: DepthGrid, table: Table): Float32Array {
  const [wide, high] = [Math.floor(width / BLOCK), Math.floor(height / BLOCK)];
  const sums = new Float32Array(wide * high);
  const counts = new Uint8Array(wide * high);
  for (let row = 0; row < high * BLOCK; row += EVERY)
    for (let column = 0; column < wide * BLOCK; column += EVERY) {
      const cell = row * width + column;
      if (xyz[3 * cell + 2] === 0) continue;
      const aboveM = heightOver(table.plane, xyz, cell);
      if (!(Math.abs(aboveM) < FAR_M) || !isOver(table, xyz, cell, 0)) continue;
      if (!isAlong(table.plane, normals.of(cell), cell)) continue;
      const at = Math.floor(row / BLOCK) * wide + Math.floor(column / BLOCK);
      sums[at] = (sums[at] ?? 0) + aboveM;
      counts[at] = (counts[at] ?? 0) + 1;
    }
  return sums.map((sum, at) => ((counts[at] ?? 0) < 2 ? NaN : sum / (counts[at] ?? 1)));
}

/** Blocks that no step parts from those on the plane: what lies on the table is apart from it. */
function withoutSteps(blocks: Float32Array, wide: number): number[] {
  const reached: number[] = [];
  const isReached = new Uint8Array(blocks.length);
  const reach = (at: number): void => {
    isReached[at] = 1;
    reached.push(at);
  };
  blocks.forEach((aboveM, at) => {
    if (Math.abs(aboveM) < STEP_M) reach(at);
  });
  for (let i = 0; i < reached.length; i++) {
    const at = reached[i] ?? 0;
    const isAtSide = at % wide === 0 || at % wide === wide - 1;
    for (const next of [at - 1, at + 1, at - wide, at + wide]) {
      if (isReached[next] !== 0 || Math.abs((next % wide) - (at % wide)) > 1) continue;
      const here = blocks[at] ?? NaN;
      // At the image's side there is none: the next number is the other end of another row.
      const isNone = isAtSide && Math.abs(next - at) === 1;
      const behind = isNone ? NaN : (blocks[2 * at - next] ?? NaN);
      // A step within a block is half of it to each side.
      const isStep = Math.abs((blocks[next] ?? NaN) - behind) > STEP_M;
      if (!isStep && Math.abs((blocks[next] ?? NaN) - here) < STEP_M) reach(next);
    }
  }
  return reached;
}

/** The fit's height at the i-th place; 0 of none. */
function valueAt(fit: readonly number[] | undefined, terms: readonly number[], i: number): number {
  let sum = 0;
  if (fit) for (let k = 0; k < TERMS; k++) sum += (fit[k] ?? 0) * (terms[TERMS * i + k] ?? 0);
  return sum;
}

function countNear(
  heights: readonly number[],
  terms: readonly number[],
  fit: readonly number[] | undefined,
): number {
  let near = 0;
  heights.forEach((heightM, i) => {
    if (Math.abs(heightM - valueAt(fit, terms, i)) < NEAR_M) near += 1;
  });
  return near;
}

/** Least squares over what is near to the last fit. Undefined where that does not determine it. */
function fitted(
  heights: readonly number[],
  terms: readonly number[],
  last: readonly number[] | undefined,
  limitM: number,
): readonly number[] | undefined {
  /** The normal equations, row by row, and their right-hand side. */
  const sums = new Float64Array(TERMS * TERMS);
  const right = new Float64Array(TERMS);
  heights.forEach((heightM, i) => {
    if (Math.abs(heightM - valueAt(last, terms, i)) > limitM) return;
    for (let row = 0; row < TERMS; row++) {
      const term = terms[TERMS * i + row] ?? 0;
      for (let k = 0; k < TERMS; k++)
        sums[row * TERMS + k] = (sums[row * TERMS + k] ?? 0) + term * (terms[TERMS * i + k] ?? 0);
      right[row] = (right[row] ?? 0) + term * heightM;
    }
  });
  const matrix = Array.from({ length: TERMS }, (_, row) =>
    sums.subarray(row * TERMS, (row + 1) * TERMS),
  );
  return solved(matrix, right, LEAST_PIVOT);
}
