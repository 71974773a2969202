import type { DoubleBuffer, IntBuffer, MainModule, MjData, MjModel } from "@mujoco/mujoco";
import { distanceBetween, itemAt, type Vec3, vec3At } from "../../base/index.js";

/** What the rays of one cast hit. The arrays are used again by the next cast. */
export interface RayHits {
  /** Per ray; -1 if nothing was hit. */
  readonly geomIds: Int32Array;
  /** Per ray, metres; -1 if nothing was hit. */
  readonly distances: Float64Array;
  /** Per ray x, y, z: where it hit, in the world; of no meaning where it hit nothing. */
  readonly points: Float64Array;
  /** Per ray x, y, z; unit normals of the surface in the world. */
  readonly normals: Float64Array;
}

/** Farther than any wall of the scene, metres. */
const CUTOFF_M = 30;
/** mj_multiRay wants buffers of exactly the bundle's size: rays go in bundles of this many. */
const BUNDLE = 2048;

const UP = [0, 0, 1];

/** Casts rays that start at one point (mj_multiRay). Close it after use. */
export class RayCaster {
  readonly #mujoco: MainModule;
  readonly #model: MjModel;
  readonly #data: MjData;
  readonly #ids: IntBuffer;
  readonly #distances: DoubleBuffer;
  readonly #normals: DoubleBuffer;
  readonly #lastBundle = new Float64Array(3 * BUNDLE);
  #buffers = buffersFor(0);

  constructor(mujoco: MainModule, model: MjModel, data: MjData) {
    this.#mujoco = mujoco;
    this.#model = model;
    this.#data = data;
    this.#ids = new mujoco.IntBuffer(BUNDLE);
    this.#distances = new mujoco.DoubleBuffer(BUNDLE);
    this.#normals = new mujoco.DoubleBuffer(3 * BUNDLE);
  }

  /** `directions`: unit vectors, x, y, z per ray. `groups`: which geom groups can be hit. */
  cast(origin: Vec3, directions: Float64Array, groups: readonly number[]): RayHits {
    const count = directions.length / 3;
    if (this.#buffers.geomIds.length < count) this.#buffers = buffersFor(count);
    const hits: RayHits = {
      geomIds: this.#buffers.geomIds.subarray(0, count),
      distances: this.#buffers.distances.subarray(0, count),
      points: this.#buffers.points.subarray(0, 3 * count),
      normals: this.#buffers.normals.subarray(0, 3 * count),
    };
    const enabled = Array.from({ length: 6 }, (_, group) => (groups.includes(group) ? 1 : 0));
    for (let begin = 0; begin < count; begin += BUNDLE) {
      this.#castBundle(origin, directions, enabled, begin, Math.min(BUNDLE, count - begin), hits);
    }
    const { points, distances } = hits;
    for (let ray = 0, i = 0; ray < count; ray++) {
      const range = distances[ray]!;
      for (let axis = 0; axis < 3; axis++, i++) points[i] = origin[axis]! + range * directions[i]!;
    }
    return hits;
  }

  close(): void {
    this.#ids.delete();
    this.#distances.delete();
    this.#normals.delete();
  }

  #castBundle(
    origin: Vec3,
    directions: Float64Array,
    enabled: number[],
    begin: number,
    count: number,
    hits: RayHits,
  ): void {
    let bundle = directions.subarray(3 * begin, 3 * (begin + count));
    if (count < BUNDLE) {
      this.#lastBundle.set(bundle);
      // Any direction will do for the rays that nobody asked for.
      for (let i = count; i < BUNDLE; i++) this.#lastBundle.set(UP, 3 * i);
      bundle = this.#lastBundle;
    }
    this.#mujoco.mj_multiRay(
      this.#model,
      this.#data,
      [...origin],
      // Typed arrays are taken as they are; the declaration knows only plain ones.
      bundle as unknown as number[],
      enabled,
      true,
      -1,
      this.#ids,
      this.#distances,
      this.#normals,
      BUNDLE,
      CUTOFF_M,
    );
    // The heap may have grown and moved during the cast: views are taken only now, and copied.
    hits.geomIds.set((this.#ids.GetView() as Int32Array).subarray(0, count), begin);
    hits.distances.set((this.#distances.GetView() as Float64Array).subarray(0, count), begin);
    hits.normals.set((this.#normals.GetView() as Float64Array).subarray(0, 3 * count), 3 * begin);
  }
}

function buffersFor(count: number): RayHits {
  // Room to grow, so that few images need new memory.
  const room = Math.ceil(count * 1.25);
  return {
    geomIds: new Int32Array(room),
    distances: new Float64Array(room),
    points: new Float64Array(3 * room),
    normals: new Float64Array(3 * room),
  };
}

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
    half.set(half.map((value) => value + margin));
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
    const body = itemAt(bodies, geom);
    const offsetM = distanceBetween(vec3At(positions, 3 * geom), vec3At(centers, 3 * body));
    sphereRadii[body] = Math.max(itemAt(sphereRadii, body), offsetM + itemAt(radii, geom));
  }
  for (let body = 0; body < model.nbody; body++) {
    const root = itemAt(roots, body);
    if (root < 0) continue;
    const half = bounds.subarray(6 * root + 3, 6 * root + 6);
    // Half sizes whose diagonal is at least the radius; a plane's are as good as infinite.
    const size = Math.max(itemAt(sphereRadii, body), ...half);
    bounds.set([0, 0, 0, size, size, size], 6 * root);
  }
}
