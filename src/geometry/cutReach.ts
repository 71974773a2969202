import { ramp } from "./ramp.js";
import type { ObjectBox, SeenObject } from "./SpatialObject.js";

/** Things on tables are seldom longer, metres. */
const LONG_M = 0.35;
/** What is that long may go on by this share of what is seen of it. */
const LONG_SHARE = 0.45;
/** The true end is somewhere up to the farthest one: that is three standard deviations away. */
const FARTHEST = 3;
/** What widens towards the cut by less than the first share may be the perspective; from the second on it goes on widening. */
const [WIDENS_FROM, WIDENS] = [0.1, 0.2];
/** Where the edge cuts off such shares of a side, it goes on to that side. */
const [ASIDE_FROM, ASIDE] = [0.3, 0.6];

/** A strip is a thing of its own from this width on, and a part of another if it is narrower by the second, metres. */
const [SLIVER_NONE_M, SLIVER_RAMP_M] = [0.05, 0.03];

/** What narrows upwards to the edge may go on as a neck does, for so long, metres. */
const NECK_M = 0.08;

/** By how much its points at the edge are higher, metres, and by how much more they surely are. */
const [RISES_FROM_M, RISES_RAMP_M] = [0.0005, 0.002];

/**
 * How far an object may go on beyond the edge of the image that cuts it off (one standard deviation, metres). Any share
 * of it may be outside: a small part that is seen says little of the whole, unless it narrows towards the edge.
 *
 * @param seenM how long it is seen in that direction
 */
export function cutReach({ outline: { cuts }, pitchM }: SeenObject, seenM: number): number {
  const reachPx = cuts.reduce((most, cut) => Math.max(most, cut.reachPx), 0);
  const mostM = Math.max(LONG_M - seenM, LONG_SHARE * seenM);
  return Math.min(reachPx * pitchM, mostM) / FARTHEST;
}

/**
 * How far an object may go on upwards beyond the edge of the image (one standard deviation, metres): only if its points
 * near the edge are higher than all others. A top face that the edge cuts off is as high elsewhere, and what is round
 * ends where it rises no more.
 *
 * @param z of the points, up from the support
 * @param heightM how high it is seen
 */
export function topBeyond(z: Float32Array, seen: SeenObject, heightM: number): number {
  const { cuts, nearCut } = seen.outline;
  if (cuts.length === 0) return 0;
  let atCutM = -Infinity;
  let elsewhereM = -Infinity;
  for (let i = 0; i < z.length; i++) {
    const value = z[i] ?? 0;
    if (nearCut[i]) atCutM = Math.max(atCutM, value);
    else elsewhereM = Math.max(elsewhereM, value);
  }
  const rises = ramp((atCutM - elsewhereM - 2 * seen.noiseM - RISES_FROM_M) / RISES_RAMP_M);
  return rises * Math.max(NECK_M / FARTHEST, cutReach(seen, heightM));
}

/** What is thinner than this may be a shaft or a handle, metres; surely from so much less on. */
const [SHAFT_M, SHAFT_RAMP_M] = [0.035, 0.015];
/** What it belongs to, a grip or a head, is higher by this (standard deviation), metres. */
const GRIP_M = 0.006;

/**
 * How much higher than what is seen of it a thin thing may be where it goes on unseen, metres (standard deviation): beyond
 * the edge of the image, or behind another thing.
 */
export function gripAbove({ widthM, heightM, lengthM }: ObjectBox, goesOn: number): number {
  const thin = ramp((SHAFT_M - Math.max(widthM, heightM)) / SHAFT_RAMP_M);
  return lengthM > 2 * widthM ? GRIP_M * thin * goesOn : 0;
}

/** How surely what is seen is a part of a larger thing: a strip along the edge of the image that does not narrow towards it. */
export function sliverAtCut({ outline: { cuts }, pitchM }: SeenObject): number {
  return cuts.reduce((most, { reachPx, seenPx }) => {
    const open = ramp(reachPx / seenPx - 1);
    return Math.max(most, open * ramp((SLIVER_NONE_M - seenPx * pitchM) / SLIVER_RAMP_M));
  }, 0);
}

/** How surely it is wider beyond the edge of the image than what is seen, 0..1. */
export function widensBeyond({ outline: { cuts } }: SeenObject): number {
  return cuts.reduce((most, { isAside, share, widening }) => {
    const surely = isAside
      ? ramp((share - ASIDE_FROM) / (ASIDE - ASIDE_FROM))
      : ramp((widening - WIDENS_FROM) / (WIDENS - WIDENS_FROM));
    return Math.max(most, surely);
  }, 0);
}
