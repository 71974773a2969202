import type { PixelBox, RgbImage } from "../../camera/index.js";

/** Rows that are looked at together, as a share of the box's width: noise and small patterns average out. */
const BAND_SHARE = 0.15;
const LEAST_BAND_PX = 3;
/** An arm goes on at most so far to either side of what is below it, in widths of the box. */
const DRIFT = 1.25;
/** Background is looked at up to so far to either side of a box, in widths of it. */
const BESIDE = 3;
/** An arm is at least so wide, as a share of the box, and begins so near over it. */
const LEAST_WIDTH = 0.3;
const BEGINS_WITHIN = 0.6;
/** Its sides go straight up: one of them, from band to band, but for so much of the box's width. */
const STEADY_SHARE = 0.25;
/** Fewer bands do not tell, or two fewer than there is room for, and of so many of them its sides may be lost. */
const LEAST_BANDS = 4;
const LEAST_UNDER_BORDER = 2;
/** A narrower box is too small to look at, pixels. */
const LEAST_WIDE_PX = 8;
const MISSED_SHARE = 0.25;
/** Colours are of two things if they differ by about so much, of 255. */
const COLOR_STEP = 7;
/** So much they differ where one ends before the other: light that changes slowly has no such edges. */
const EDGE_STEP = 5;

type Rgb = readonly [r: number, g: number, b: number];
/** First and last column. */
type Run = readonly [from: number, to: number];

/**
 * Whether something goes up from a box to the image's upper border that differs, row by row, from what is seen to
 * both sides of it and has sharp edges there. It may have the colours of the support, or of a wall, elsewhere.
 *
 * @param box in pixels of the image
 * @param around boxes of other things: what they show is no arm
 * @param marginPx a box may end so much too early
 */
export function hasArmOver(
  image: RgbImage,
  [left, top, right]: PixelBox,
  around: readonly PixelBox[],
  marginPx: number,
): boolean {
  const wide = right - left;
  if (wide < LEAST_WIDE_PX) return false;
  const bandPx = Math.max(LEAST_BAND_PX, Math.round(BAND_SHARE * wide));
  const least = Math.max(2, Math.round(LEAST_WIDTH * wide));
  const start = Math.round(top - marginPx);
  const first = Math.max(0, Math.round(left - BESIDE * wide));
  const end = Math.min(image.width, Math.round(right + BESIDE * wide));
  let [found, missed] = [0, 0];
  let below: Run | undefined;
  for (let low = start; low >= bandPx; low -= bandPx) {
    const colors = bandOf(image, low - bandPx, low, first, end);
    const isOthers = (u: number) =>
      around.some((it) => u >= it[0] && u <= it[2] && low >= it[1] && low - bandPx <= it[3]);
    const middle = below ? (below[0] + below[1]) / 2 : (left + right) / 2;
    const reach: Run = [middle - (0.5 + DRIFT) * wide, middle + (0.5 + DRIFT) * wide];
    const run = strangersIn(colors, first, reach, isOthers);
    const isInside =
      run &&
      run[0] > Math.max(first + least, reach[0]) &&
      run[1] < Math.min(end - 1 - least, reach[1]) &&
      run[1] - run[0] + 1 >= least;
    if (!isInside || isOthers(run[0] - 1) || isOthers(run[1] + 1) || !isSharp(colors, first, run)) {
      // What begins farther up is behind the thing.
      if (!below && start - low > BEGINS_WITHIN * wide) return false;
      if (below) missed++;
      continue;
    }
    found++;
    const [a, b] = below ?? run;
    if (Math.min(Math.abs(run[0] - a), Math.abs(run[1] - b)) > STEADY_SHARE * wide) missed++;
    below = run;
  }
  const room = Math.floor(start / bandPx);
  const enough = Math.max(LEAST_UNDER_BORDER, Math.min(LEAST_BANDS, room - 2));
  return found >= enough && missed <= MISSED_SHARE * (found + missed);
}

/** Mean colours of the columns of a band of rows. */
function bandOf(
  { width, data }: RgbImage,
  from: number,
  to: number,
  first: number,
  end: number,
): readonly Rgb[] {
  const mean = (u: number, c: number) => {
    let sum = 0;
    for (let v = from; v < to; v++) sum += data[3 * (v * width + u) + c] ?? 0;
    return sum / (to - from);
  };
  return Array.from({ length: end - first }, (_, i) => [
    mean(first + i, 0),
    mean(first + i, 1),
    mean(first + i, 2),
  ]);
}

/** The longest run of columns within a reach whose colours are not seen outside of it. */
function strangersIn(
  colors: readonly Rgb[],
  first: number,
  reach: Run,
  isOthers: (u: number) => boolean,
): Run | undefined {
  const seen = new Set<number>();
  const isBeside = (u: number) => u < reach[0] || u > reach[1];
  colors.forEach((color, i) => {
    if (isBeside(first + i) && !isOthers(first + i))
      for (const cell of cellsAround(color)) seen.add(cell);
  });
  let best: Run | undefined;
  let start: number | undefined;
  colors.forEach((color, i) => {
    const u = first + i;
    if (isBeside(u) || isOthers(u) || seen.has(cellOf(color, 0, 0, 0))) start = undefined;
    else {
      start ??= u;
      if (!best || u - start > best[1] - best[0]) best = [start, u];
    }
  });
  return best;
}

function isSharp(colors: readonly Rgb[], first: number, [from, to]: Run): boolean {
  const step = (inside: number, outside: number) => {
    const [a, b] = [colors[inside - first], colors[outside - first]];
    return a && b ? Math.max(...a.map((it, c) => Math.abs(it - (b[c] ?? 0)))) : 0;
  };
  return step(from + 1, from - 2) > EDGE_STEP && step(to - 1, to + 2) > EDGE_STEP;
}

function cellOf([r, g, b]: Rgb, dr: number, dg: number, db: number): number {
  const at = (value: number, by: number) => Math.round(value / COLOR_STEP) + 1 + by;
  return (at(r, dr) * 64 + at(g, dg)) * 64 + at(b, db);
}

const NEXT = [-1, 0, 1] as const;

function cellsAround(color: Rgb): readonly number[] {
  return NEXT.flatMap((r) => NEXT.flatMap((g) => NEXT.map((b) => cellOf(color, r, g, b))));
}
