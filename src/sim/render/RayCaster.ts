import type { DoubleBuffer, IntBuffer, MainModule, MjData, MjModel } from "@mujoco/mujoco";
import type { Vec3 } from "../../camera/index.js";

/** What the rays of one cast hit. */
export interface RayHits {
  /** Per ray; -1 where nothing was hit. */
  readonly geomIds: Int32Array;
  /** Per ray, metres; -1 where nothing was hit. */
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

/** Casts rays that start at one point (mj_multiRay). Close it after use. */
export class RayCaster {
  readonly #mujoco: MainModule;
  readonly #model: MjModel;
  readonly #data: MjData;
  readonly #ids: IntBuffer;
  readonly #distances: DoubleBuffer;
  readonly #normals: DoubleBuffer;

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
    const hits: RayHits = {
      geomIds: new Int32Array(count),
      distances: new Float64Array(count),
      points: new Float64Array(3 * count),
      normals: new Float64Array(3 * count),
    };
    const enabled = Array.from({ length: 6 }, (_, group) => (groups.includes(group) ? 1 : 0));
    for (let begin = 0; begin < count; begin += BUNDLE) {
      this.#castBundle(origin, directions, enabled, begin, Math.min(BUNDLE, count - begin), hits);
    }
    for (let i = 0; i < 3 * count; i++) {
      hits.points[i] = origin[i % 3]! + hits.distances[(i / 3) | 0]! * directions[i]!;
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
      const filled = new Float64Array(3 * BUNDLE);
      filled.set(bundle);
      for (let i = count; i < BUNDLE; i++) filled[3 * i + 2] = 1;
      bundle = filled;
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
