import type { Pose } from "../camera/index.js";
import type { Contradiction } from "./Contradiction.js";
import { cameraMotionM } from "./cameraMotionM.js";
import type { Look } from "./Evidence.js";
import { isAtBorder } from "./maskPixels.js";
import type { SmallView } from "./SmallView.js";

/** Masks of a thing that is where it was have this share in common. */
const SAME_PLACE = 0.9;
const LEAST_PIXELS = 40;
/** Of its pixels, as many must have depth. */
const LEAST_KNOWN = 0.5;
/** By such a factor of its distance over the focal length it cannot be where it was. */
const LEAST_JUMP = 0.05;
/** The same of depth where nothing is told of the camera, which may come nearer to a thing that fingers hide in part. */
const LEAST_UNTOLD_JUMP = 0.12;
/** Thing and main plane say the same of it. */
const AS_PLANE = 0.02;
/** Of a jump, such a share lies between two images that are next to each other by distance. */
const AT_ONCE = 0.75;
/** Of a jump, before and after it, as many images. */
const LEAST_IMAGES = 2;

interface Shown {
  /** Logarithms of the distance over the focal length: of the thing, and of the main plane where it is. */
  readonly thing: number;
  readonly plane: number;
  readonly fx: number;
}

/**
 * Depth or a lens that changes within the recording: a thing's mask is where it was and as large, but
 * thing and main plane are so many times as far, or the focal length is another one.
 */
export function judgeJump(looks: readonly Look[]): Contradiction | undefined {
  for (const id of new Set(
    looks.flatMap(({ masked }) => [...(masked?.view.pixels.keys() ?? [])]),
  )) {
    const all = looks.flatMap((look) => maskIn(look, id) ?? []);
    const done = new Set<Mask>();
    for (const reference of all) {
      if (done.has(reference)) continue;
      const masks = all.filter((other) => isWhere(reference, other));
      for (const mask of masks) done.add(mask);
      const found = jumpOf(masks);
      if (found) return { kind: "jump", id, ...found, images: masks.length };
    }
  }
  return undefined;
}

/**
 * A jump parts the images in two, with nothing between; a camera at a wrist that rises over a thing, or carries
 * it, comes from one distance to the other, and its transforms say so.
 */
function jumpOf(masks: readonly Mask[]): { of: "lens" | "depth"; factor: number } | undefined {
  const sorted = masks.toSorted((a, b) => a.shown.thing - b.shown.thing);
  const inner = sorted.slice(LEAST_IMAGES - 1, sorted.length - LEAST_IMAGES + 1);
  const [low, high] = [inner[0], inner.at(-1)];
  if (!low || !high) return undefined;
  const jump = high.shown.thing - low.shown.thing;
  const asPlane = high.shown.plane - low.shown.plane;
  if (jump < LEAST_JUMP || Math.abs(jump - asPlane) > AS_PLANE) return undefined;
  const isAtOnce = inner.some(
    ({ shown }, i) => shown.thing - (inner[i - 1] ?? low).shown.thing > AT_ONCE * jump,
  );
  if (!isAtOnce) return undefined;
  const lens = Math.abs(Math.log(low.shown.fx / high.shown.fx));
  const of = lens > LEAST_JUMP / 2 ? "lens" : "depth";
  const mayBeMotion =
    low.rest && high.rest
      ? cameraMotionM(low.rest, high.rest) > (low.depthM * Math.expm1(jump)) / 2
      : jump < LEAST_UNTOLD_JUMP;
  return of === "depth" && mayBeMotion ? undefined : { of, factor: Math.exp(jump) };
}

interface Mask {
  readonly id: number;
  readonly depthM: number;
  readonly rest: Pose | undefined;
  readonly episode: string;
  readonly view: SmallView;
  readonly pixels: readonly number[];
  readonly shown: Shown;
}

function maskIn({ masked, episode, rest }: Look, id: number): Mask | undefined {
  const pixels = masked?.view.pixels.get(id);
  if (!masked || !pixels || pixels.length < LEAST_PIXELS) return undefined;
  const { view, info } = masked;
  // What is cut off may look the same from elsewhere.
  if (isAtBorder(pixels, view)) return undefined;
  const [a, b, c] = view.plane;
  let inverse = 0;
  const depths: number[] = [];
  for (const pixel of pixels) {
    inverse += a * (pixel % view.width) + b * Math.floor(pixel / view.width) + c;
    const depth = view.depthM[pixel] ?? 0;
    if (depth > 0) depths.push(depth);
  }
  depths.sort((a, b) => a - b);
  const depth = depths[depths.length >> 1];
  if (depth === undefined || depths.length < LEAST_KNOWN * pixels.length || inverse <= 0) {
    return undefined;
  }
  const fx = info.fx / info.width;
  const plane = Math.log(pixels.length / inverse / fx);
  const shown = { thing: Math.log(depth / fx), plane, fx };
  return { id, depthM: depth, rest, episode, view, pixels, shown };
}

function isWhere(a: Mask, b: Mask): boolean {
  const isAlike = a.episode === b.episode && a.view.width === b.view.width;
  const least = SAME_PLACE * Math.max(a.pixels.length, b.pixels.length);
  if (!isAlike || Math.min(a.pixels.length, b.pixels.length) < least) return false;
  return a.pixels.filter((pixel) => b.view.ids[pixel] === b.id).length > least;
}
