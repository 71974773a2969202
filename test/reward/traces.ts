/** Seeded noise and motion for the filter's tests. */

export const PERIOD_NS = 66_666_667n;

/** A point-to-point motion of a hand or arm: least jerk (Flash, Hogan 1985). */
export function minimumJerk(
  from: number,
  to: number,
  durationS: number,
): (timeS: number) => number {
  return (timeS) => {
    const t = Math.min(Math.max(timeS / durationS, 0), 1);
    return from + (to - from) * t ** 3 * (10 - 15 * t + 6 * t ** 2);
  };
}

/** A gripper that comes to an object, 15 images a second: distances in metres. */
export function approach(count = 75): number[] {
  const path = minimumJerk(0.55, 0.02, 5);
  return Array.from({ length: count }, (_, i) => path(i / 15));
}

export function stampOf(frame: number): bigint {
  return 1_760_000_000_000_000_000n + BigInt(frame) * PERIOD_NS;
}
