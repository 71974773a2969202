import { convexHull, minAreaRectangle, type Points2 } from "../../../geometry/index.js";
import type { Cluster } from "./Cluster.js";

/** What carries a thing and what is carried share no more height than this, metres. */
const OVERLAP_M = 0.02;

/**
 * By which share of its room an upright prism around two parts is larger than one around each: about 0 for halves of
 * one box or can, more for two things side by side, or for a thing on one that is wider.
 */
export function roomSaved(a: Cluster, b: Cluster): number {
  const [low, high] = a.topM < b.topM ? [a, b] : [b, a];
  const areaM2 = areaOf(hullOfBoth(a, b));
  const roomM3 = areaM2 * high.topM;
  if (!(roomM3 > 0)) return 0;
  // What carries a thing goes on under it, though only a rim of its top is seen.
  if (isOn(high, low)) return ((areaM2 - areaOf(high.footprint)) * (high.topM - low.topM)) / roomM3;
  return 1 - (areaOf(low.footprint) * low.topM + areaOf(high.footprint) * high.topM) / roomM3;
}

/** Whether one part begins where the other ends. */
export function isOn(high: Cluster, low: Cluster): boolean {
  return high.bottomM > low.topM - OVERLAP_M;
}

export function hullOfBoth(a: Cluster, b: Cluster): Points2 {
  const both = new Float64Array(a.footprint.length + b.footprint.length);
  both.set(a.footprint);
  both.set(b.footprint, a.footprint.length);
  return convexHull(both);
}

export function areaOf(hull: Points2): number {
  let twice = 0;
  for (let i = 0; i < hull.length; i += 2) {
    const j = (i + 2) % hull.length;
    twice += (hull[i] ?? 0) * (hull[j + 1] ?? 0) - (hull[j] ?? 0) * (hull[i + 1] ?? 0);
  }
  return twice / 2;
}

/** A handle is no wider than this, metres, at least so many times longer, and beside its thing for this share of its length. */
const HANDLE_M = 0.04;
const HANDLE_LONG = 2;
const HANDLE_BESIDE = 0.4;

/** Whether a part is a stick that points away from another one. */
export function isHandle({ footprint }: Cluster, other: Cluster): boolean {
  const { lengthM, widthM, angle } = minAreaRectangle(footprint);
  if (!(widthM < HANDLE_M && lengthM > HANDLE_LONG * widthM)) return false;
  const [from, to] = extentOf(footprint, angle);
  const [otherFrom, otherTo] = extentOf(other.footprint, angle);
  return Math.min(to, otherTo) - Math.max(from, otherFrom) < HANDLE_BESIDE * lengthM;
}

const DIRECTIONS = 12;

/** How far two footprints are apart at the least, metres; below 0 where they overlap. */
export function gapM(a: Cluster, b: Cluster): number {
  let mostM = -Infinity;
  for (let i = 0; i < DIRECTIONS; i++) {
    const angle = (Math.PI * i) / DIRECTIONS;
    const [from, to] = extentOf(a.footprint, angle);
    const [otherFrom, otherTo] = extentOf(b.footprint, angle);
    mostM = Math.max(mostM, otherFrom - to, from - otherTo);
  }
  return mostM;
}

/** By how much a hull is wider than another, metres, in the direction where that is most. */
export function widerM(hull: Points2, other: Points2): number {
  let mostM = 0;
  for (let i = 0; i < DIRECTIONS; i++) {
    const angle = (Math.PI * i) / DIRECTIONS;
    const [from, to] = extentOf(hull, angle);
    const [otherFrom, otherTo] = extentOf(other, angle);
    mostM = Math.max(mostM, to - from - (otherTo - otherFrom));
  }
  return mostM;
}

/** Where a hull begins and ends in a direction. */
function extentOf(hull: Points2, angle: number): readonly [number, number] {
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  let from = Infinity;
  let to = -Infinity;
  for (let i = 0; i < hull.length; i += 2) {
    const at = cos * (hull[i] ?? 0) + sin * (hull[i + 1] ?? 0);
    from = Math.min(from, at);
    to = Math.max(to, at);
  }
  return [from, to];
}

/** Counter-clockwise hull, `marginM` wider. */
export function isWithin(hull: Points2, x: number, y: number, marginM: number): boolean {
  for (let i = 0; i < hull.length; i += 2) {
    const j = (i + 2) % hull.length;
    const ax = hull[i] ?? 0;
    const ay = hull[i + 1] ?? 0;
    const dx = (hull[j] ?? 0) - ax;
    const dy = (hull[j + 1] ?? 0) - ay;
    if (dx * (y - ay) - dy * (x - ax) < -marginM * Math.sqrt(dx * dx + dy * dy)) return false;
  }
  return true;
}
