import type { Vec3 } from "../../base/index.js";

/** A convex body in MuJoCo's words, in the world: what things are made of. */
export interface Solid {
  readonly type: "box" | "cylinder" | "sphere" | "capsule" | "ellipsoid";
  /** Half sizes, metres: MJCF `size`. */
  readonly size: Vec3;
  readonly center: Vec3;
  /** Unit vectors along the body's own x, y, z. */
  readonly axes: readonly [Vec3, Vec3, Vec3];
}

/** How far a solid reaches from its centre along a unit vector, to either side; exact. */
export function reachAlong({ type, size, axes }: Solid, direction: Vec3): number {
  const [a, b, c] = axes.map((axis) => dot(axis, direction)) as [number, number, number];
  const [x, y, z] = size;
  switch (type) {
    case "box":
      return Math.abs(a) * x + Math.abs(b) * y + Math.abs(c) * z;
    case "ellipsoid":
      return Math.hypot(a * x, b * y, c * z);
    case "sphere":
      return x;
    case "capsule":
      return x + Math.abs(c) * y;
    case "cylinder":
      return Math.hypot(a, b) * x + Math.abs(c) * y;
  }
}

/** Lowest and highest coordinate of solids along a unit vector. */
export function extentAlong(solids: readonly Solid[], direction: Vec3): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const solid of solids) {
    const at = dot(solid.center, direction);
    const reach = reachAlong(solid, direction);
    low = Math.min(low, at - reach);
    high = Math.max(high, at + reach);
  }
  return [low, high];
}

function dot(a: Vec3, b: Vec3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
