import { convexHull, type Points2 } from "../../../geometry/index.js";
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
