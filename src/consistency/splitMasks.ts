import { connectedParts, distanceBetween, type Vec3 } from "../base/index.js";
import type { CameraInfo } from "../camera/index.js";
import { isAtBorder } from "./maskPixels.js";
import { rayAt, type SmallView } from "./SmallView.js";

/** Smaller parts of a mask are crumbs: pixels, and share of the mask. */
const LEAST_PIXELS = 12;
const LEAST_SHARE = 0.2;
/** Parts that are nearer to each other may belong to one thing, m. */
const LEAST_APART_M = 0.06;
/** Between two things, so much of what is seen is neither a thing nor before them. */
const LEAST_FREE = 0.5;
const BEFORE_M = 0.01;
/** So near to the image's border a mask is cut off there. */
const BORDER_PX = 2;
/** Of a part's pixels, as many are compared. */
const MOST_COMPARED = 80;

interface Place {
  readonly pixel: number;
  readonly at: Vec3;
}

/**
 * Masks that show two things: each has two parts far from each other, and what is between them could not
 * hide that they hang together. By id, how far they are apart, m.
 *
 * @param isMeant whether an id is looked at
 * @param isThing whether an id is a thing's, and not the support's
 */
export function splitMasks(
  view: SmallView,
  info: CameraInfo,
  isMeant: (id: number) => boolean,
  isThing: (id: number) => boolean,
): ReadonlyMap<number, number> {
  const split = new Map<number, number>();
  const { ids, width } = view;
  const around = [-width - 1, -width, -width + 1, -1, 1, width - 1, width, width + 1];
  for (const [id, pixels] of view.pixels) {
    if (!isMeant(id)) continue;
    const idAt = (pixel: number) => (ids[pixel] === id ? id : 0);
    const parts = [...connectedParts(pixels, ids.length, idAt, around)];
    if (parts.length < 2) continue;
    const all = parts.reduce((sum, { length }) => sum + length, 0);
    const [large, small] = parts
      .filter(({ length }) => length >= Math.max(LEAST_PIXELS, LEAST_SHARE * all))
      .sort((a, b) => b.length - a.length)
      .map((pixels) => ({ pixels, places: placesOf(view, info, pixels) }));
    if (!large || !small) continue;
    // What joins them may be outside of the image.
    if ([large, small].every((part) => isAtBorder(part.pixels, view, BORDER_PX))) continue;
    const apartM = apartOf(view, isThing, large.places, small.places);
    if (apartM !== undefined) split.set(id, apartM);
  }
  return split;
}

function placesOf(view: SmallView, info: CameraInfo, pixels: readonly number[]): readonly Place[] {
  const step = Math.max(1, Math.floor(pixels.length / MOST_COMPARED));
  const places: Place[] = [];
  for (let i = 0; i < pixels.length; i += step) {
    const pixel = pixels[i] ?? 0;
    const z = view.depthM[pixel] ?? 0;
    const ray =
      z > 0 ? rayAt(view, info, pixel % view.width, Math.floor(pixel / view.width)) : undefined;
    if (ray) places.push({ pixel, at: [ray[0] * z, ray[1] * z, z] });
  }
  return places;
}

/** Undefined where they are near, or something may hide what is between them. */
function apartOf(
  view: SmallView,
  isThing: (id: number) => boolean,
  some: readonly Place[],
  others: readonly Place[],
): number | undefined {
  let apartM = Number.POSITIVE_INFINITY;
  let nearest: readonly [Place, Place] | undefined;
  for (const a of some) {
    for (const b of others) {
      const m = distanceBetween(a.at, b.at);
      if (m < apartM) [apartM, nearest] = [m, [a, b]];
    }
  }
  if (!nearest || apartM < LEAST_APART_M) return undefined;
  return freeShare(view, isThing, ...nearest) >= LEAST_FREE ? apartM : undefined;
}

/** Share of what is seen between two places that is no thing, and not before the line that joins them. */
function freeShare(
  { ids, depthM, width }: SmallView,
  isThing: (id: number) => boolean,
  a: Place,
  b: Place,
): number {
  const [ax, ay] = [a.pixel % width, Math.floor(a.pixel / width)];
  const [bx, by] = [b.pixel % width, Math.floor(b.pixel / width)];
  const steps = Math.max(Math.abs(bx - ax), Math.abs(by - ay));
  const own = ids[a.pixel];
  let [free, between] = [0, 0];
  for (let i = 1; i < steps; i++) {
    const share = i / steps;
    const pixel = Math.round(ay + share * (by - ay)) * width + Math.round(ax + share * (bx - ax));
    const id = ids[pixel] ?? 0;
    // Of the nearest two places that are compared, some lie within.
    if (id === own) continue;
    between += 1;
    const lineM = a.at[2] + share * (b.at[2] - a.at[2]);
    const isBehind = (depthM[pixel] ?? 0) > lineM - BEFORE_M;
    if (isBehind && (id === 0 || !isThing(id))) free += 1;
  }
  return between === 0 ? 0 : free / between;
}
