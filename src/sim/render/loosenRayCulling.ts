import type { MjModel } from "@mujoco/mujoco";

/** Geoms larger than this (half diagonal, metres) are tested by every ray. */
const LARGE_M = 0.12;
const MARGIN = 0.3;

/**
 * Makes mj_multiRay exact for a model that is only rendered. Its culling is too tight: it takes a
 * geom's azimuths and elevations from its box's corners, though edges bulge beyond them, and it
 * adds a body's bounding centre to the body's position without turning it. Seen in the table's
 * edges (cut round) and in long parts of the arm (missing). So: bounds that are surely large
 * enough, at a small price in speed.
 */
export function loosenRayCulling(model: MjModel): void {
  const boxes = model.geom_aabb as Float64Array;
  for (let geom = 0; geom < model.ngeom; geom++) {
    const half = boxes.subarray(6 * geom + 3, 6 * geom + 6);
    const diagonal = Math.hypot(...half);
    const margin = diagonal > LARGE_M ? 1e3 : MARGIN * diagonal;
    for (let axis = 0; axis < 3; axis++) half[axis]! += margin;
  }
  const bounds = model.bvh_aabb as Float64Array;
  const roots = model.body_bvhadr as Int32Array;
  for (let body = 0; body < model.nbody; body++) {
    const root = roots[body]!;
    if (root < 0) continue;
    const box = bounds.subarray(6 * root, 6 * root + 6);
    const radius = Math.hypot(...box.subarray(0, 3)) + Math.hypot(...box.subarray(3, 6));
    box.set([0, 0, 0, radius, radius, radius]);
  }
}
