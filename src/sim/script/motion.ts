import type { Vec3 } from "../../base/index.js";

/**
 * Minimum-jerk progress of a movement from rest to rest (Flash and Hogan 1985):
 * 10τ³ - 15τ⁴ + 6τ⁵ of the elapsed share τ, clamped to 0..1.
 */
export function minimumJerk(share: number): number {
  const t = Math.min(1, Math.max(0, share));
  return t * t * t * (10 + t * (6 * t - 15));
}

/** A cubic Bézier curve; starts along p0 → p1, ends along p2 → p3. `s` in 0..1. */
export function bezier(p0: Vec3, p1: Vec3, p2: Vec3, p3: Vec3, s: number): Vec3 {
  const r = 1 - s;
  const [a, b, c, d] = [r * r * r, 3 * r * r * s, 3 * r * s * s, s * s * s];
  return [
    a * p0[0] + b * p1[0] + c * p2[0] + d * p3[0],
    a * p0[1] + b * p1[1] + c * p2[1] + d * p3[1],
    a * p0[2] + b * p1[2] + c * p2[2] + d * p3[2],
  ];
}

export function above([x, y, z]: Vec3, heightM: number): Vec3 {
  return [x, y, z + heightM];
}
