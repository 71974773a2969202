import { connectedParts } from "../../base/index.js";
import {
  type CameraFrame,
  decodeColor,
  FrameError,
  type PixelBox,
  type RgbImage,
  scaledBox,
} from "../../camera/index.js";
import { armOver } from "./armOver.js";
import { isOther, isTable, type Touching } from "./BoxView.js";
import { SupportColors } from "./SupportColors.js";
import { type EdgeIndex, turned } from "./turned.js";

/** Pictures are looked at in this size: finer grain is noise. */
const MOST_SIDE_PX = 320;
/** A box of fewer pixels there, either way, is too small to look at. */
const LEAST_SIDE_PX = 12;
/** Where less of a box is unlike the support, or more is so here and there, the outline of the thing is not seen. */
const LEAST_SEEN = 0.4;
const MOST_SPECKLES = 0.08;
/** Pieces of less of the box are no part of the thing. */
const LEAST_PIECE = 0.08;
/** A box may end so much too early, as a share of its side, beside its standard deviations. */
const LOOSE_SHARE = 0.06;
const NEAR_SIGMAS = 2;
/** An edge of something is a step of so much light, of 255, over so many pixels to either side. */
const LEAST_STEP = 10;
const EDGE_PX = 2;
/** What goes on over so much of an edge of a box is another thing. */
const WIDE_SHARE = 0.35;
/** A larger share of the image is no arm. */
const MOST_ARM = 0.25;
/** Two feet are so wide, as a share of the box, and the gap between them so high. */
const FOOT_SHARE = 0.15;
const GAP_SHARE = 0.2;

export interface Boxed {
  /** By name, in pixels of the frame's CameraInfo. */
  readonly boxes: ReadonlyMap<string, PixelBox>;
  /** Of what nobody asks about. */
  readonly others: readonly (readonly [what: string, box: PixelBox])[];
  /** Names of the boxes to look at. */
  readonly unknown: readonly string[];
  /** Standard deviation of an edge, pixels. */
  readonly boxSigmaPx: number;
  /** The edge of boxes that things stand on. */
  readonly foot: EdgeIndex;
}

/**
 * What has no box at each box, by the picture alone: what is unlike the support, touches the thing and goes on
 * where its box ends, or goes up from it to the image's border. Of the former it tells nothing where that, or the thing,
 * has the support's colours.
 */
export async function surroundingsOf(
  { image, info }: CameraFrame,
  { boxes, others, unknown, boxSigmaPx, foot }: Boxed,
): Promise<ReadonlyMap<string, Touching>> {
  const found = new Map<string, Touching>();
  if (!info || unknown.length === 0) return found;
  const seen = await decodeColor(image, { maxSidePx: MOST_SIDE_PX }).catch((error: unknown) => {
    // Without a picture there are still the boxes.
    if (error instanceof FrameError) return undefined;
    throw error;
  });
  if (!seen) return found;
  const [x, y] = [seen.width / info.width, seen.height / info.height];
  // Down is down in what is looked at.
  const shown = turnedImage(seen, foot);
  const { width, height } = shown;
  const [fromX, fromY] = turned([0, 0, seen.width - 1, seen.height - 1], foot);
  const toShown = (box: PixelBox): PixelBox => {
    const [left, top, right, bottom] = turned(scaledBox(box, x, y), foot);
    return [left - fromX, top - fromY, right - fromX, bottom - fromY];
  };
  const downScale = foot % 2 === 0 ? x : y;
  const all = [...boxes, ...others].filter(([, it]) => !isTable(it, info));
  const things = all.map(([, it]) => toShown(it));
  const raw = new SupportColors(shown, things).unlike(shown);
  const unlike = smoothed(raw, width, height);
  for (const [name, box] of boxes) {
    if (!unknown.includes(name)) continue;
    const around = all.flatMap(([, it]) => (isOther(it, box, info) ? [toShown(it)] : []));
    const sigmaPx = boxSigmaPx * Math.max(x, y);
    const mask = { shown, raw, unlike, width, height };
    const touching = touchingAt(mask, toShown(box), around, sigmaPx);
    // Fingers go on under what they hold, too.
    const arm =
      !touching || touching.what === "carrier"
        ? armOver(shown, toShown(box), around, NEAR_SIGMAS * sigmaPx)
        : undefined;
    if (arm === "sure") found.set(name, { what: "arm" });
    else if (!touching && arm) found.set(name, { what: "perhaps an arm" });
    else if (touching)
      found.set(name, {
        what: touching.what,
        endsAt: touching.endsAt === undefined ? undefined : (touching.endsAt + fromY) / downScale,
      });
  }
  return found;
}

/** By quarter turns that make the edge of boxes that things stand on the lower one. */
function turnedImage(image: RgbImage, foot: EdgeIndex): RgbImage {
  if (foot === 3) return image;
  const { width, height, data } = image;
  const [fromX, fromY, toX, toY] = turned([0, 0, width - 1, height - 1], foot);
  const size = { width: toX - fromX + 1, height: toY - fromY + 1 };
  const upright = new Uint8Array(data.length);
  for (let v = 0; v < height; v++)
    for (let u = 0; u < width; u++) {
      const [x, y] = turned([u, v, u, v], foot);
      const to = 3 * ((y - fromY) * size.width + x - fromX);
      const from = 3 * (v * width + u);
      for (let c = 0; c < 3; c++) upright[to + c] = data[from + c] ?? 0;
    }
  return { ...image, ...size, data: upright };
}

interface Mask {
  readonly shown: RgbImage;
  /** As `unlike`, before it was smoothed. */
  readonly raw: Uint8Array;
  /** 1 where a pixel is unlike the support. */
  readonly unlike: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Without what is thinner than two pixels: most of the nine around a pixel decide. */
function smoothed(unlike: Uint8Array, width: number, height: number): Uint8Array {
  const [across, smooth] = [new Uint8Array(unlike.length), new Uint8Array(unlike.length)];
  for (let i = 1; i < unlike.length - 1; i++)
    across[i] = (unlike[i - 1] ?? 0) + (unlike[i] ?? 0) + (unlike[i + 1] ?? 0);
  for (let v = 1; v < height - 1; v++)
    for (let i = v * width + 1; i < (v + 1) * width - 1; i++) {
      const sum = (across[i - width] ?? 0) + (across[i] ?? 0) + (across[i + width] ?? 0);
      smooth[i] = sum > 4 ? 1 : 0;
    }
  return smooth;
}

function touchingAt(
  mask: Mask,
  box: PixelBox,
  around: readonly PixelBox[],
  sigmaPx: number,
): Touching | undefined {
  const { width, height } = mask;
  const [left, top, right, bottom] = box.map(Math.round) as [number, number, number, number];
  const [wide, high] = [right - left, bottom - top];
  if (wide < LEAST_SIDE_PX || high < LEAST_SIDE_PX) return undefined;
  const thing = thingIn(mask, box, around);
  if (!thing) return undefined;
  const marginX = Math.round(NEAR_SIGMAS * sigmaPx + LOOSE_SHARE * wide);
  const marginY = Math.round(NEAR_SIGMAS * sigmaPx + LOOSE_SHARE * high);
  const at = (u: number, v: number) =>
    u >= 0 && v >= 0 && u < width && v < height ? (thing.pixels[v * width + u] ?? 0) : 0;
  let over = 0;
  for (let u = left; u < right; u++) over += at(u, top - marginY);
  let beside = 0;
  for (let v = top; v < bottom; v++)
    beside += Math.max(at(left - marginX, v), at(right + marginX, v));
  const goesOn = over > WIDE_SHARE * wide || beside > WIDE_SHARE * high;
  if (goesOn && thing.isAtBorder && thing.count < MOST_ARM * width * height) return { what: "arm" };
  let below = 0;
  for (let u = left; u < right; u++) below += at(u, bottom + marginY);
  if (below > WIDE_SHARE * wide && endsSharply(mask, thing.pixels, [left, right], bottom + marginY))
    return {
      what: "carrier",
      endsAt: endOf(mask, thing.pixels, [left - wide, right + wide], bottom + marginY, around),
    };
  if (!thing.isWhole) return undefined;
  return hasTwoFeet(at, [left, top, right, bottom]) ? { what: "neighbour" } : undefined;
}

/**
 * Whether what goes on under a box ends with an edge: a shadow, a reflection and the light that a thing throws on
 * the table end slowly.
 */
function endsSharply(
  { shown, width, height }: Mask,
  pixels: Uint8Array,
  [left, right]: readonly [number, number],
  from: number,
): boolean {
  const meanAt = (u: number, v: number, c: number) => {
    let [sum, count] = [0, 0];
    for (let y = Math.max(0, v - 1); y <= Math.min(height - 1, v + 1); y++)
      for (let x = Math.max(0, u - 1); x <= Math.min(width - 1, u + 1); x++) {
        sum += shown.data[3 * (y * width + x) + c] ?? 0;
        count++;
      }
    return sum / count;
  };
  const steps: number[] = [];
  for (let u = Math.max(0, left); u < Math.min(width, right); u++) {
    if (!pixels[from * width + u]) continue;
    let v = from;
    while (v < height && pixels[v * width + u]) v++;
    // It goes on to the image's border.
    if (v >= height - EDGE_PX) steps.push(255);
    else {
      const [inside, outside] = [v - EDGE_PX, v + EDGE_PX];
      steps.push(
        Math.max(...[0, 1, 2].map((c) => Math.abs(meanAt(u, inside, c) - meanAt(u, outside, c)))),
      );
    }
  }
  const middle = steps.toSorted((a, b) => a - b)[steps.length >> 1] ?? 0;
  return middle > LEAST_STEP;
}

/** The lowest row of what goes on under a box, and of boxes that it goes on to; undefined at the image's border. */
function endOf(
  { width, height }: Mask,
  pixels: Uint8Array,
  [left, right]: readonly [number, number],
  from: number,
  around: readonly PixelBox[],
): number | undefined {
  let end = from;
  for (let u = Math.max(0, left); u < Math.min(width, right); u++) {
    let v = from;
    while (v < height && pixels[v * width + u]) v++;
    if (v === from) continue;
    const next = around.filter(
      (it) => u >= it[0] - 1 && u <= it[2] + 1 && v >= it[1] - 2 && v <= it[3] + 1,
    );
    end = Math.max(end, v, ...next.map((it) => it[3]));
  }
  return end < height - EDGE_PX ? end : undefined;
}

interface ThingPixels {
  /** 1 where a pixel is of the thing, or of what it touches. */
  readonly pixels: Uint8Array;
  readonly count: number;
  readonly isAtBorder: boolean;
  /** Most of the box is unlike the support, and not here and there. */
  readonly isWhole: boolean;
}

/** What is unlike the support in a box, and all that is connected to it outside of other boxes. */
function thingIn(
  { raw, unlike, width, height }: Mask,
  [left, top, right, bottom]: PixelBox,
  around: readonly PixelBox[],
): ThingPixels | undefined {
  const inBox: number[] = [];
  const isOwn = new Uint8Array(unlike.length);
  for (let v = Math.max(0, Math.ceil(top)); v < Math.min(height, bottom); v++)
    for (let u = Math.max(0, Math.ceil(left)); u < Math.min(width, right); u++) {
      inBox.push(v * width + u);
      isOwn[v * width + u] = 1;
    }
  const placeOf = (pixel: number) => [pixel % width, Math.floor(pixel / width)] as const;
  const isOthers = (pixel: number) => {
    const [u, v] = placeOf(pixel);
    return around.some(
      (it) => u >= it[0] - 1 && u <= it[2] + 1 && v >= it[1] - 1 && v <= it[3] + 1,
    );
  };
  const isAtBorder = (pixel: number) => {
    const [u, v] = placeOf(pixel);
    // Smoothing leaves the outermost pixels out.
    return u <= 1 || v <= 1 || u >= width - 2;
  };
  const kindAt = (pixel: number) => (unlike[pixel] && (isOwn[pixel] || !isOthers(pixel)) ? 1 : 0);
  const area = (right - left) * (bottom - top);
  const pixels = new Uint8Array(unlike.length);
  let [count, inside, touches] = [0, 0, false];
  for (const piece of connectedParts(inBox, unlike.length, kindAt, [-1, 1, -width, width])) {
    const own = piece.filter((pixel) => isOwn[pixel]).length;
    if (own < LEAST_PIECE * area) continue;
    for (const pixel of piece) pixels[pixel] = 1;
    count += piece.length;
    inside += own;
    touches ||= piece.some((pixel) => !isOwn[pixel] && isAtBorder(pixel));
  }
  const speckles = inBox.filter((pixel) => raw[pixel] !== unlike[pixel]).length;
  const isWhole = inside > LEAST_SEEN * area && speckles < MOST_SPECKLES * area;
  return count > 0 ? { pixels, count, isAtBorder: touches, isWhole } : undefined;
}

/** Whether what is in a box stands in two places side by side: between them is nothing down to their feet. */
function hasTwoFeet(
  at: (u: number, v: number) => number,
  [left, top, right, bottom]: PixelBox,
): boolean {
  const high = bottom - top;
  const lowest = Array.from({ length: right - left }, (_, i) => {
    for (let v = bottom - 1; v >= top; v--) if (at(left + i, v)) return v - top;
    return 0;
  });
  const foot = Math.max(2, Math.round(FOOT_SHARE * (right - left)));
  // What a foot of that width reaches down to, from either side up to a column.
  const reach = lowest.map((_, i) =>
    i + foot <= lowest.length ? Math.min(...lowest.slice(i, i + foot)) : 0,
  );
  return lowest.some((gap, i) => {
    const before = Math.max(0, ...reach.slice(0, Math.max(0, i - foot + 1)));
    const after = Math.max(0, ...reach.slice(i + 1));
    return Math.min(before, after) - gap > GAP_SHARE * high;
  });
}
