import type { Vec3 } from "../../base/index.js";

/** A direction in which an object may lie. */
export interface Direction {
  readonly unit: Vec3;
  readonly weight: number;
  /** Standard deviation of the angle around it, rad. */
  readonly spread: number;
}

/** Below the gripper is where most objects are. */
const RINGS: readonly { elevation: number; count: number; weight: number }[] = [
  { elevation: 0.35, count: 5, weight: 0.08 },
  { elevation: -0.2, count: 10, weight: 0.3 },
  { elevation: -0.75, count: 9, weight: 0.42 },
  { elevation: -1.25, count: 4, weight: 0.2 },
];
const SPREAD = 0.3;

const ALL: readonly Direction[] = RINGS.flatMap(({ elevation, count, weight }, ring) =>
  Array.from({ length: count }, (_, i): Direction => {
    const angle = (2 * Math.PI * (i + 0.37 * ring)) / count;
    const level = Math.cos(elevation);
    return {
      unit: [level * Math.cos(angle), level * Math.sin(angle), Math.sin(elevation)],
      weight: weight / count,
      spread: SPREAD,
    };
  }),
);
const LEVEL_COUNT = 16;
const LEVEL: readonly Direction[] = Array.from({ length: LEVEL_COUNT }, (_, i) => {
  const angle = (2 * Math.PI * (i + 0.5)) / LEVEL_COUNT;
  const unit: Vec3 = [Math.cos(angle), Math.sin(angle), 0];
  return { unit, weight: 1 / LEVEL_COUNT, spread: Math.PI / LEVEL_COUNT };
});
const GOLDEN = 0.6180339887;

/**
 * Directions all around, fixed-frame axes (z up); `isLevel`: in the plane alone. Where fewer than
 * all are wanted, each as often as its weight says; the `turn`-th set differs from those before.
 */
export function directions(isLevel: boolean, most: number, turn: number): readonly Direction[] {
  const all = isLevel ? LEVEL : ALL;
  if (most >= all.length) return all;
  const offset = (turn * GOLDEN) % 1;
  return Array.from({ length: most }, (_, k): Direction => {
    const wanted = (k + offset) / most;
    let sum = 0;
    const found = all.find(({ weight }) => {
      sum += weight;
      return sum > wanted;
    });
    const { unit, spread } = found ?? (all[0] as Direction);
    return { unit, spread, weight: 1 / most };
  });
}
