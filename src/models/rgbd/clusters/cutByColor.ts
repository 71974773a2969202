import type { DepthGrid } from "./DepthGrid.js";
import type { GridColors } from "./Look.js";

/** Cells that two colours are sought among. */
const SAMPLE = 400;
const ROUNDS = 6;
/** Shades of one colour differ by the light that falls on them: lightness counts so much, against shares of red and green. */
const LIGHT = 0.06;
/** Two colours are this far apart, and by this factor farther than each scatters. */
const APART = 0.16;
const CLEAR = 2.5;
/** The smaller part has this share of the cells. */
const LEAST_SHARE = 0.1;
/** Almost all of a colour is in one place. */
const TOGETHER = 0.85;

/** Two parts of some cells, each of one colour and in one piece; undefined where they are not that. */
export function cutByColor(
  grid: DepthGrid,
  colors: GridColors,
  cells: Uint32Array,
): readonly [Uint32Array, Uint32Array] | undefined {
  const stride = Math.max(1, Math.floor(cells.length / SAMPLE));
  const sample = new Uint32Array(Math.ceil(cells.length / stride));
  for (let i = 0; i < sample.length; i++) sample[i] = cells[i * stride] ?? 0;
  const middles = twoMiddles(huesOf(colors, sample));
  if (!middles) return undefined;
  const hues = huesOf(colors, cells);
  const side = new Uint8Array(grid.width * grid.height);
  for (let i = 0; i < cells.length; i++) side[cells[i] ?? 0] = nearer(hues, 3 * i, middles);
  smooth(side, cells, grid.width);
  const [first, second] = [
    pieceOf(side, cells, grid.width, 1),
    pieceOf(side, cells, grid.width, 2),
  ];
  if (Math.min(first.length, second.length) < LEAST_SHARE * cells.length) return undefined;
  if (first.length + second.length < TOGETHER * cells.length) return undefined;
  return [first, second];
}

/** Of each cell: the shares of red and of green, and lightness. */
function huesOf(colors: GridColors, cells: Uint32Array): Float32Array {
  const hues = new Float32Array(3 * cells.length);
  const rgb = new Uint8Array(3);
  for (let i = 0; i < cells.length; i++) {
    colors.copyRgb(cells[i] ?? 0, rgb, 0);
    const [red = 0, green = 0, blue = 0] = rgb;
    // What is nearly black has no hue.
    const sum = red + green + blue + 24;
    hues[3 * i] = (red + 8) / sum;
    hues[3 * i + 1] = (green + 8) / sum;
    hues[3 * i + 2] = LIGHT * Math.log2(sum);
  }
  return hues;
}

/** Middles of two groups; undefined if they are not clearly two. */
function twoMiddles(hues: Float32Array): Float32Array | undefined {
  const count = hues.length / 3;
  const middles = new Float32Array(6);
  for (let k = 0; k < 3; k++) {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += hues[3 * i + k] ?? 0;
    middles[k] = sum / count;
  }
  // From the farthest of the middle, and the farthest of that.
  for (const [from, to] of [
    [0, 3],
    [3, 0],
  ] as const) {
    let most = -1;
    let at = 0;
    for (let i = 0; i < count; i++) {
      const away = apart(hues, 3 * i, middles, from);
      if (away <= most) continue;
      most = away;
      at = i;
    }
    // Of what lies around one middle no two are farther apart than twice that.
    if (from === 0 && 2 * Math.sqrt(most) < APART) return undefined;
    for (let k = 0; k < 3; k++) middles[to + k] = hues[3 * at + k] ?? 0;
  }
  let scatter = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const sums = new Float64Array(8);
    scatter = 0;
    for (let i = 0; i < count; i++) {
      const to = 3 * (nearer(hues, 3 * i, middles) - 1);
      scatter += apart(hues, 3 * i, middles, to);
      for (let k = 0; k < 3; k++) sums[to + k] = (sums[to + k] ?? 0) + (hues[3 * i + k] ?? 0);
      sums[6 + to / 3] = (sums[6 + to / 3] ?? 0) + 1;
    }
    scatter = Math.sqrt(scatter / count);
    const before = middles.slice();
    for (let k = 0; k < 6; k++) {
      const n = sums[k < 3 ? 6 : 7] ?? 0;
      if (n > 0) middles[k] = (sums[k] ?? 0) / n;
    }
    if (middles.every((value, k) => value === before[k])) break;
  }
  const away = Math.sqrt(apart(middles, 0, middles, 3));
  return away > APART && away > CLEAR * scatter ? middles : undefined;
}

function apart(a: Float32Array, atA: number, b: Float32Array, atB: number): number {
  const x = (a[atA] ?? 0) - (b[atB] ?? 0);
  const y = (a[atA + 1] ?? 0) - (b[atB + 1] ?? 0);
  const z = (a[atA + 2] ?? 0) - (b[atB + 2] ?? 0);
  return x * x + y * y + z * z;
}

/** 1 or 2. */
function nearer(hues: Float32Array, at: number, middles: Float32Array): 1 | 2 {
  return apart(hues, at, middles, 0) <= apart(hues, at, middles, 3) ? 1 : 2;
}

/** Single cells go with those around them. */
function smooth(side: Uint8Array, cells: Uint32Array, width: number): void {
  for (let round = 0; round < 2; round++) {
    const before = side.slice();
    for (const cell of cells) {
      let ones = 0;
      let twos = 0;
      for (let dy = -width; dy <= width; dy += width)
        for (let dx = -1; dx <= 1; dx++) {
          const its = before[cell + dy + dx];
          if (its === 1) ones += 1;
          else if (its === 2) twos += 1;
        }
      if (ones !== twos) side[cell] = ones > twos ? 1 : 2;
    }
  }
}

/** The largest piece of a side, ascending. */
function pieceOf(side: Uint8Array, cells: Uint32Array, width: number, which: 1 | 2): Uint32Array {
  const seen = new Uint8Array(side.length);
  let best: number[] = [];
  for (const start of cells) {
    if (side[start] !== which || seen[start] === 1) continue;
    const piece = [start];
    seen[start] = 1;
    for (let i = 0; i < piece.length; i++) {
      const cell = piece[i] ?? 0;
      for (const beside of [cell - 1, cell + 1, cell - width, cell + width])
        if (side[beside] === which && seen[beside] === 0) {
          seen[beside] = 1;
          piece.push(beside);
        }
    }
    if (piece.length > best.length) best = piece;
  }
  return Uint32Array.from(best).sort();
}
