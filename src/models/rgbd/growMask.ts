import type { Plane } from "../../geometry/index.js";
import type { DepthView } from "./DepthView.js";
import { raisedLimitM } from "./liftPixels.js";

/** Neighbours on one surface differ in depth by at most this share of 1 m + depth. */
const STEP = 0.006;
/** A surface is followed so far from its mask: pixels of an image 640 wide, and share of its size. */
const LEAST_REACH_PX = 12;
const REACH_SHARE = 1;
/** A mask beyond which less goes on, as a share of it, is good. */
const LEAST_ADDED = 0.02;
/** Of so many places where the surface still goes on it does not end. */
const OPEN_SHARE = 0.1;

/** Parts of a corrected mask that are smaller than this share of the largest are another thing's. */
const PART_SHARE = 0.3;

/** Whether two neighbouring pixels have depths that differ by no step; not where the second has none. */
export function isOneSurface(depthM: Float32Array, from: number, to: number): boolean {
  const z = depthM[from]!;
  return z > 0 && Math.abs(depthM[to]! - z) <= STEP * (1 + z);
}

/** A mask that the depth image has corrected. */
export interface GrownMask {
  /** What of the mask rises from the support, and the surface that goes on beyond the mask. */
  readonly pixels: Uint32Array;
  /** Whether the surface ends in reach; else the mask may be a part of something large. */
  readonly isEnded: boolean;
}

/**
 * Follows the surface of a thing beyond the edge of its mask, as far as it rises from the support and
 * its depth has no step: a mask that is shifted, too small or a part of its object leaves the rest of
 * the object outside.
 *
 * @param isOther whether a pixel is another thing's: that is not entered
 * @returns undefined where hardly anything goes on
 */
export function growMask(
  view: DepthView,
  mask: Uint32Array,
  plane: Plane,
  isOther: (pixel: number) => boolean,
): GrownMask | undefined {
  const { depthM, rays, scratch, width, height } = view;
  const limitM = raisedLimitM(plane);
  const [nx, ny, nz] = plane.normal;
  const isRaised = (pixel: number): boolean => {
    const z = depthM[pixel]!;
    return z * (nx * rays[2 * pixel]! + ny * rays[2 * pixel + 1]! + nz) + plane.offsetM > limitM;
  };
  for (let i = 0; i < mask.length; i++) scratch[mask[i]!] = 1;
  const added: number[] = [];
  const enter = (from: number, to: number): void => {
    if (scratch[to] !== 0) return;
    if (!isOneSurface(depthM, from, to) || !isRaised(to) || isOther(to)) return;
    scratch[to] = 1;
    added.push(to);
  };
  const enterAround = (pixel: number): void => {
    const column = pixel % width;
    if (column > 0) enter(pixel, pixel - 1);
    if (column < width - 1) enter(pixel, pixel + 1);
    if (pixel >= width) enter(pixel, pixel - width);
    if (pixel < width * (height - 1)) enter(pixel, pixel + width);
  };
  const raised = new Uint32Array(mask.length);
  let count = 0;
  for (let i = 0; i < mask.length; i++) {
    const pixel = mask[i]!;
    if (!(depthM[pixel]! > 0) || !isRaised(pixel)) continue;
    raised[count++] = pixel;
    const isInner =
      scratch[pixel - 1] === 1 &&
      scratch[pixel + 1] === 1 &&
      scratch[pixel - width] === 1 &&
      scratch[pixel + width] === 1;
    if (!isInner) enterAround(pixel);
  }
  const reachPx = Math.max((LEAST_REACH_PX * width) / 640, REACH_SHARE * Math.sqrt(mask.length));
  let start = 0;
  for (let step = 1; step < reachPx && start < added.length; step++) {
    const end = added.length;
    for (; start < end; start++) enterAround(added[start]!);
  }
  const open = added.length - start;
  for (let i = 0; i < mask.length; i++) scratch[mask[i]!] = 0;
  for (const pixel of added) scratch[pixel] = 0;
  if (added.length === 0 || added.length < LEAST_ADDED * mask.length) return undefined;
  const pixels = new Uint32Array(count + added.length);
  pixels.set(raised.subarray(0, count));
  pixels.set(added, count);
  return {
    pixels: largeParts(view, pixels),
    isEnded: open <= OPEN_SHARE * Math.sqrt(added.length),
  };
}

/** Parts that no step in depth cuts, ascending, without small ones: those are of what lies behind. */
function largeParts({ depthM, scratch, width }: DepthView, pixels: Uint32Array): Uint32Array {
  for (let i = 0; i < pixels.length; i++) scratch[pixels[i]!] = 1;
  /** Part by part. */
  const order = new Uint32Array(pixels.length);
  const ends: number[] = [];
  let end = 0;
  const enter = (from: number, to: number): void => {
    if (scratch[to] !== 1 || !isOneSurface(depthM, from, to)) return;
    scratch[to] = 0;
    order[end++] = to;
  };
  for (let i = 0; i < pixels.length; i++) {
    const first = pixels[i]!;
    if (scratch[first] !== 1) continue;
    scratch[first] = 0;
    let at = end;
    order[end++] = first;
    for (; at < end; at++) {
      const pixel = order[at]!;
      const column = pixel % width;
      if (column > 0) enter(pixel, pixel - 1);
      if (column < width - 1) enter(pixel, pixel + 1);
      enter(pixel, pixel - width);
      enter(pixel, pixel + width);
    }
    ends.push(end);
  }
  const sizes = ends.map((to, i) => to - (ends[i - 1] ?? 0));
  const least = PART_SHARE * sizes.reduce((most, size) => Math.max(most, size), 0);
  let kept = 0;
  ends.forEach((to, i) => {
    if ((sizes[i] ?? 0) < least) return;
    for (let at = ends[i - 1] ?? 0; at < to; at++) order[kept++] = order[at]!;
  });
  return order.subarray(0, kept).sort();
}
