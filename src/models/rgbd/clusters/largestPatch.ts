import type { Points2 } from "../../../geometry/index.js";

/** Squares of a row: more than a table has, and a power of two. */
const ROW = 8192;

/**
 * Of points of a plane, those that hang together in squares of a side: not the things' tops at the
 * same height, nor a second table behind.
 */
export function largestPatch(
  points: Points2,
  sideM: number,
): { readonly points: Points2; readonly members: Uint32Array } {
  const count = points.length >> 1;
  /** Numbers of the squares, by their places. */
  const numbers = new Map<number, number>();
  const own = new Uint32Array(count);
  const sizes: number[] = [];
  let last = -1;
  let number = 0;
  for (let i = 0; i < count; i++) {
    const x = Math.floor((points[2 * i] ?? 0) / sideM);
    const y = Math.floor((points[2 * i + 1] ?? 0) / sideM);
    const key = (x + ROW / 2) * ROW + y + ROW / 2;
    // Points come row by row: the next one is mostly in the same square.
    if (key !== last) {
      last = key;
      number = numbers.get(key) ?? sizes.length;
      if (number === sizes.length) {
        numbers.set(key, number);
        sizes.push(0);
      }
    }
    own[i] = number;
    sizes[number] = (sizes[number] ?? 0) + 1;
  }
  const { squares, size } = largestOf(numbers, sizes);
  // Square by square, each one's points in their order.
  const ends = new Int32Array(sizes.length).fill(-1);
  let end = 0;
  for (const square of squares) {
    ends[square] = end;
    end += sizes[square] ?? 0;
  }
  const members = new Uint32Array(size);
  const chosen = new Float64Array(2 * size);
  for (let i = 0; i < count; i++) {
    const square = own[i] ?? 0;
    const at = ends[square] ?? -1;
    if (at < 0) continue;
    ends[square] = at + 1;
    members[at] = i;
    chosen[2 * at] = points[2 * i] ?? 0;
    chosen[2 * at + 1] = points[2 * i + 1] ?? 0;
  }
  return { points: chosen, members };
}

/** Squares that are no more than two from each other, with the most points. */
function largestOf(
  numbers: ReadonlyMap<number, number>,
  sizes: readonly number[],
): { readonly squares: readonly number[]; readonly size: number } {
  const seen = new Set<number>();
  let best: { readonly squares: readonly number[]; readonly size: number } = {
    squares: [],
    size: 0,
  };
  for (const start of numbers.keys()) {
    if (seen.has(start)) continue;
    const squares: number[] = [];
    let size = 0;
    const queue = [start];
    seen.add(start);
    for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
      const square = numbers.get(key) ?? 0;
      squares.push(square);
      size += sizes[square] ?? 0;
      for (let dx = -2; dx <= 2; dx++)
        for (let dy = -2; dy <= 2; dy++) {
          const beside = key + ROW * dx + dy;
          if (!numbers.has(beside) || seen.has(beside)) continue;
          seen.add(beside);
          queue.push(beside);
        }
    }
    if (size > best.size) best = { squares, size };
  }
  return best;
}
