import type { Vec3 } from "../../../src/base/index.js";

/** A thing in the synthetic world: z up, the table top at z = 0, metres. */
export type Solid = { readonly id: number; readonly center: Vec3 } & (
  | { readonly shape: "sphere"; readonly radius: number }
  | { readonly shape: "cylinder"; readonly radius: number; readonly halfHeight: number }
  | { readonly shape: "box"; readonly half: Vec3; readonly yaw: number }
);

export function boundingRadius(solid: Solid): number {
  if (solid.shape === "sphere") return solid.radius;
  if (solid.shape === "cylinder") return Math.hypot(solid.radius, solid.halfHeight);
  return Math.hypot(...solid.half);
}

/** Smallest t > 0 at which o + t·d meets the solid; Infinity where it passes by. */
export function hit(solid: Solid, o: Vec3, d: Vec3): number {
  const [cx, cy, cz] = solid.center;
  const [x, y, z] = [o[0] - cx, o[1] - cy, o[2] - cz];
  if (solid.shape === "sphere") {
    const a = d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
    const b = x * d[0] + y * d[1] + z * d[2];
    const root = b * b - a * (x * x + y * y + z * z - solid.radius ** 2);
    return root < 0 ? Infinity : (-b - Math.sqrt(root)) / a;
  }
  if (solid.shape === "cylinder") {
    const [enter, leave] = slab(z, d[2], solid.halfHeight);
    const a = d[0] * d[0] + d[1] * d[1];
    const b = x * d[0] + y * d[1];
    const root = b * b - a * (x * x + y * y - solid.radius ** 2);
    if (root < 0) return Infinity;
    const near = Math.max(enter, (-b - Math.sqrt(root)) / a);
    const far = Math.min(leave, (-b + Math.sqrt(root)) / a);
    return near <= far ? near : Infinity;
  }
  const [cos, sin] = [Math.cos(solid.yaw), Math.sin(solid.yaw)];
  const slabs = [
    slab(cos * x + sin * y, cos * d[0] + sin * d[1], solid.half[0]),
    slab(cos * y - sin * x, cos * d[1] - sin * d[0], solid.half[1]),
    slab(z, d[2], solid.half[2]),
  ];
  const near = Math.max(...slabs.map(([enter]) => enter));
  const far = Math.min(...slabs.map(([, leave]) => leave));
  return near <= far ? near : Infinity;
}

function slab(from: number, along: number, half: number): [enter: number, leave: number] {
  const a = (-half - from) / along;
  const b = (half - from) / along;
  return a < b ? [a, b] : [b, a];
}
