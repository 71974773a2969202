import type { PixelBox, RgbImage } from "../../camera/index.js";

/** Rows that are looked at together, as a share of the box's width: noise and small patterns average out. */
const BAND_SHARE = 0.15;
const LEAST_BAND_PX = 3;
/** An arm goes on at most so far to either side of what is below it, in widths of the box. */
const DRIFT = 1.25;
/** Background is looked at up to so far to either side of a box, in widths of it. */
const BESIDE = 3;
/** An arm is at least so wide, as a share of the box, and begins so near over it: fingers may be as long. */
const LEAST_WIDTH = 0.3;
const BEGINS_WITHIN = 0.6;
/** Its sides go straight up: one of them, from band to band, but for so much of the box's width. */
const STEADY_SHARE = 0.25;
/** Fewer bands do not tell, or two fewer than there is room for. */
const LEAST_BANDS = 4;
const LEAST_UNDER_BORDER = 2;
/** A narrower box is too small to look at, pixels. */
const LEAST_WIDE_PX = 8;

/** How plainly an arm is seen. */
interface Plainly {
  /** Colours are of two things if they differ by about so much, of 255. */
  readonly colorStep: number;
  /** So much they differ where one ends before the other: light that changes slowly has no such edges. */
  readonly edgeStep: number;
  /** Its sides may be lost in so many of its bands. */
  readonly missedShare: number;
  /**
   * A band tells nothing where a side has the light of what is behind it, and the other one goes on. Where an arm
   * begins, and where it is lost, it is looked for from there to the box: what was seen may have been one finger, or
   * its shadow. Of what only fingers have room for, one band is enough.
   */
  readonly isLenient: boolean;
}
const SURE: Plainly = { colorStep: 7, edgeStep: 5, missedShare: 0.25, isLenient: false };
/** A pale arm before a pale wall, or before a pattern; but also some real things that stand. */
const PERHAPS: Plainly = { colorStep: 3, edgeStep: 3, missedShare: 0.5, isLenient: true };

/** First and last column. */
type Run = readonly [from: number, to: number];

/**
 * Whether something goes up from a box to the image's upper border that differs, row by row, from what is seen to
 * both sides of it and has sharp edges there. It may have the colours of the support, or of a wall, elsewhere.
 *
 * @param box in pixels of the image
 * @param around boxes of other things: what they show is no arm
 * @param marginPx a box may end so much too early
 * @returns "perhaps" where that is not plain, or the box is so near to the border that no arm could be seen
 */
export function armOver(
  image: RgbImage,
  box: PixelBox,
  around: readonly PixelBox[],
  marginPx: number,
): "sure" | "perhaps" | undefined {
  const [left, top, right] = box;
  const wide = right - left;
  if (wide < LEAST_WIDE_PX) return undefined;
  const bandPx = Math.max(LEAST_BAND_PX, Math.round(BAND_SHARE * wide));
  const first = Math.max(0, Math.round(left - BESIDE * wide));
  const end = Math.min(image.width, Math.round(right + BESIDE * wide));
  const start = Math.round(top - marginPx);
  const bands: Float32Array[] = [];
  const bandAt = (i: number) => {
    const low = start - i * bandPx;
    bands[i] ??= bandOf(image, low - bandPx, low, first, end);
    return bands[i];
  };
  const over = { box, around, bandPx, first, end, start, bandAt };
  if (isSeen(over, SURE)) return "sure";
  const isAtBorder = start < LEAST_UNDER_BORDER * bandPx;
  return isAtBorder || isSeen(over, PERHAPS) ? "perhaps" : undefined;
}

/** What the image shows over a box. */
interface Over {
  readonly box: PixelBox;
  readonly around: readonly PixelBox[];
  /** Height of a band of rows. */
  readonly bandPx: number;
  /** First column that is looked at, and the one behind the last. */
  readonly first: number;
  readonly end: number;
  /** The lowest row over the box. */
  readonly start: number;
  /** Colours of the bands' columns, from the lowest band up; see `bandOf`. Both looks share them. */
  readonly bandAt: (i: number) => Float32Array;
}

function isSeen(over: Over, how: Plainly): boolean {
  const { around, bandPx, first, end, start, bandAt } = over;
  const [left, , right] = over.box;
  const wide = right - left;
  const least = Math.max(2, Math.round(LEAST_WIDTH * wide));
  let [found, missed] = [0, 0];
  let below: Run | undefined;
  let isLost = false;
  for (let low = start, i = 0; low >= bandPx; low -= bandPx, i++) {
    const colors = bandAt(i);
    const isOthers = (u: number) =>
      around.some((it) => u >= it[0] && u <= it[2] && low >= it[1] && low - bandPx <= it[3]);
    const middle = below ? (below[0] + below[1]) / 2 : (left + right) / 2;
    const isNew = isLost || start - low < BEGINS_WITHIN * wide;
    const from = how.isLenient && isNew ? [middle, (left + right) / 2] : [middle];
    const most = (0.5 + DRIFT) * wide;
    const reach: Run = [Math.min(...from) - most, Math.max(...from) + most];
    const run = strangersIn(colors, first, reach, isOthers, how);
    const isInside =
      run &&
      run[0] > Math.max(first + least, reach[0]) &&
      run[1] < Math.min(end - 1 - least, reach[1]) &&
      run[1] - run[0] + 1 >= least;
    const isClear = isInside && !isOthers(run[0] - 1) && !isOthers(run[1] + 1);
    const isOn = isClear && below !== undefined && isSteady(run, below, wide);
    if (isClear && isSharp(colors, first, run, how)) {
      found++;
      if (below && !isOn) missed++;
      below = run;
      isLost = false;
    } else if (isOn && how.isLenient) below = run;
    else if (below) {
      missed++;
      isLost = true;
    }
    // What begins farther up is behind the thing.
    else if (start - low > BEGINS_WITHIN * wide) return false;
  }
  const room = Math.floor(start / bandPx);
  const isShort = start < BEGINS_WITHIN * wide + LEAST_UNDER_BORDER * bandPx;
  if (how.isLenient && isShort) return found > 0;
  const enough = Math.max(LEAST_UNDER_BORDER, Math.min(LEAST_BANDS, room - 2));
  return found >= enough && missed <= how.missedShare * (found + missed);
}

/** Whether one side of an arm at least goes straight up from a band to the next. */
function isSteady([from, to]: Run, [a, b]: Run, wide: number): boolean {
  return Math.min(Math.abs(from - a), Math.abs(to - b)) <= STEADY_SHARE * wide;
}

/** Mean colours of the columns of a band of rows: red, green, blue of each in turn. */
function bandOf(
  { width, data }: RgbImage,
  from: number,
  to: number,
  first: number,
  end: number,
): Float32Array {
  const means = new Float32Array(3 * (end - first));
  for (let v = from; v < to; v++) {
    const row = 3 * (v * width + first);
    for (let i = 0; i < means.length; i++) means[i] = (means[i] ?? 0) + (data[row + i] ?? 0);
  }
  return means.map((sum) => sum / (to - from));
}

/** The longest run of columns within a reach whose colours are not seen outside of it. */
function strangersIn(
  colors: Float32Array,
  first: number,
  reach: Run,
  isOthers: (u: number) => boolean,
  { colorStep }: Plainly,
): Run | undefined {
  const seen = new Set<number>();
  const isBeside = (u: number) => u < reach[0] || u > reach[1];
  const count = colors.length / 3;
  for (let i = 0; i < count; i++)
    if (isBeside(first + i) && !isOthers(first + i)) seen.add(cellOf(colors, i, colorStep));
  let best: Run | undefined;
  let start: number | undefined;
  for (let i = 0; i < count; i++) {
    const u = first + i;
    if (isBeside(u) || isOthers(u) || isNextTo(seen, cellOf(colors, i, colorStep)))
      start = undefined;
    else {
      start ??= u;
      if (!best || u - start > best[1] - best[0]) best = [start, u];
    }
  }
  return best;
}

function isSharp(
  colors: Float32Array,
  first: number,
  [from, to]: Run,
  { edgeStep }: Plainly,
): boolean {
  const step = (inside: number, outside: number) => {
    const at = (u: number, c: number) => colors[3 * (u - first) + c] ?? Number.NaN;
    const apart = (c: number) => Math.abs(at(inside, c) - at(outside, c));
    return Math.max(apart(0), apart(1), apart(2));
  };
  return step(from + 1, from - 2) > edgeStep && step(to - 1, to + 2) > edgeStep;
}

/** Colours are told apart by cells of a grid, so many each way. */
const GRID = 128;

function cellOf(colors: Float32Array, column: number, colorStep: number): number {
  const at = (c: number) => Math.round((colors[3 * column + c] ?? 0) / colorStep) + 1;
  return (at(0) * GRID + at(1)) * GRID + at(2);
}

/** A cell and those around it. */
const AROUND = [-1, 0, 1].flatMap((r) =>
  [-1, 0, 1].flatMap((g) => [-1, 0, 1].map((b) => (r * GRID + g) * GRID + b)),
);

function isNextTo(seen: ReadonlySet<number>, cell: number): boolean {
  return AROUND.some((by) => seen.has(cell + by));
}
