import type { Vec3 } from "../../base/index.js";

/** A direction in which a thing may lie. */
export interface Direction {
  readonly unit: Vec3;
  readonly weight: number;
  /** Standard deviation of the angle around it, rad. */
  readonly spread: number;
}

/** Below the gripper is where most things are. */
const RINGS: readonly { elevation: number; count: number; weight: number }[] = [
  { elevation: 0.35, count: 5, weight: 0.08 },
  { elevation: -0.2, count: 10, weight: 0.3 },
  { elevation: -0.75, count: 9, weight: 0.42 },
  { elevation: -1.25, count: 4, weight: 0.2 },
];
const SPREAD = 0.3;

/** Directions all around, fixed-frame axes (z up); `isLevel`: in the plane alone. At most `most`. */
export function directions(isLevel: boolean, most: number): Direction[] {
  if (isLevel) {
    const count = Math.min(16, most);
    return Array.from({ length: count }, (_, i) => {
      const angle = (2 * Math.PI * (i + 0.5)) / count;
      const unit: Vec3 = [Math.cos(angle), Math.sin(angle), 0];
      return { unit, weight: 1 / count, spread: Math.PI / count };
    });
  }
  const all = RINGS.reduce((sum, { count }) => sum + count, 0);
  const share = Math.min(1, most / all);
  return RINGS.flatMap(({ elevation, count, weight }, ring) => {
    const taken = Math.max(1, Math.floor(count * share));
    return Array.from({ length: taken }, (_, i): Direction => {
      const angle = (2 * Math.PI * (i + 0.37 * ring)) / taken;
      const level = Math.cos(elevation);
      return {
        unit: [level * Math.cos(angle), level * Math.sin(angle), Math.sin(elevation)],
        weight: weight / taken,
        spread: SPREAD / Math.sqrt(share),
      };
    });
  });
}
