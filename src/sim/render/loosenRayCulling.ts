import type { MjModel } from "@mujoco/mujoco";

/** Geoms larger than this (half diagonal, metres) are tested by every ray. */
const LARGE_M = 0.25;
const MARGIN = 0.3;

/**
 * Makes mj_multiRay exact for a model that is only rendered. Its culling is too tight: it takes a
 * geom's azimuths and elevations from its box's corners, though the edges between them bulge
 * further; and it tests a body's bounding sphere, which knows only geoms that can collide, and
 * whose centre it does not turn with the body. Without this, large edges are cut round and parts
 * of the arm are missing. So the bounds are made surely large enough, at a small price in speed.
 */
export function loosenRayCulling(model: MjModel): void {
  loosenAngles(model);
  loosenSpheres(model);
}

function loosenAngles(model: MjModel): void {
  const boxes = model.geom_aabb as Float64Array;
  for (let geom = 0; geom < model.ngeom; geom++) {
    const half = boxes.subarray(6 * geom + 3, 6 * geom + 6);
    const diagonal = Math.hypot(...half);
    // A box that surely contains the rays' origin is not culled at all.
    const margin = diagonal > LARGE_M ? 1e3 : MARGIN * diagonal;
    for (let axis = 0; axis < 3; axis++) half[axis]! += margin;
  }
}

function loosenSpheres(model: MjModel): void {
  const bounds = model.bvh_aabb as Float64Array;
  const roots = model.body_bvhadr as Int32Array;
  const centers = model.body_ipos as Float64Array;
  const bodies = model.geom_bodyid as Int32Array;
  const positions = model.geom_pos as Float64Array;
  const radii = model.geom_rbound as Float64Array;
  const sphereRadii = new Float64Array(model.nbody);
  for (let geom = 0; geom < model.ngeom; geom++) {
    const body = bodies[geom]!;
    const offset = [0, 1, 2].map((c) => positions[3 * geom + c]! - centers[3 * body + c]!);
    const reach = Math.hypot(...offset) + radii[geom]!;
    sphereRadii[body] = Math.max(sphereRadii[body]!, reach);
  }
  for (let body = 0; body < model.nbody; body++) {
    const root = roots[body]!;
    if (root < 0) continue;
    const half = bounds.subarray(6 * root + 3, 6 * root + 6);
    // Half sizes whose diagonal is at least the radius; a plane's are as good as infinite.
    const size = Math.max(sphereRadii[body]!, ...half);
    bounds.set([0, 0, 0, size, size, size], 6 * root);
  }
}
