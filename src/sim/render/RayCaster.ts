import type { MjData, MjModel } from "@mujoco/mujoco";
import { cross, unit, type Vec3 } from "../../base/index.js";
import { GEOM, hitDistance, hitPart, SOLID_NUMBERS, writeNormal, writeSolid } from "./solids.js";

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

/** Rays that are looked at together to see which geoms can be in their way. */
const PACKET = 32;
/** Of a view's plane: far more than rounding, far less than a pixel. */
const MARGIN = 1e-6;
/** Least cosine to the view's axis of what is seen on its plane. */
const STEEP = 0.05;

/**
 * Casts rays that start at one point against MuJoCo's geoms: the same hits as `mj_ray`, to the last
 * bits of a double. What depends on the rays' common origin is computed once, and a geom is held
 * only against rays that pass through the rectangle around it, as the origin sees it.
 */
export class RayCaster {
  readonly #model: MjModel;
  readonly #data: MjData;
  readonly #types: Int32Array;
  readonly #sizes: Float64Array;
  readonly #groups: Int32Array;
  readonly #boxes: Float64Array;
  /** SOLID_NUMBERS of each geom that can be hit, as the cast's origin sees it. */
  readonly #solids: Float64Array;
  readonly #ids: Int32Array;
  /** On the view's plane, for each of them: least and largest u, least and largest v. */
  readonly #rects: Float64Array;
  /** Those in the way of a packet. */
  readonly #active: Int32Array;
  /** Of a packet's rays: u, v. */
  readonly #places = new Float64Array(2 * PACKET);
  #buffers = buffersFor(0);

  constructor(model: MjModel, data: MjData) {
    this.#model = model;
    this.#data = data;
    this.#types = (model.geom_type as Int32Array).slice();
    this.#sizes = (model.geom_size as Float64Array).slice();
    this.#groups = (model.geom_group as Int32Array).slice();
    this.#boxes = (model.geom_aabb as Float64Array).slice();
    const { ngeom } = model;
    this.#solids = new Float64Array(SOLID_NUMBERS * ngeom);
    this.#ids = new Int32Array(ngeom);
    this.#rects = new Float64Array(4 * ngeom);
    this.#active = new Int32Array(ngeom);
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
    const view = viewAlong(directions);
    const solids = this.#look(origin, groups, view);
    for (let begin = 0; begin < count; begin += PACKET) {
      const end = Math.min(count, begin + PACKET);
      const active = this.#inTheWay(directions, begin, end, solids, view);
      for (let ray = begin; ray < end; ray++) {
        this.#castOne(ray, directions, 2 * (ray - begin), active, hits);
      }
    }
    const { points, distances } = hits;
    for (let ray = 0, i = 0; ray < count; ray++) {
      const range = distances[ray]!;
      for (let axis = 0; axis < 3; axis++, i++) points[i] = origin[axis]! + range * directions[i]!;
    }
    return hits;
  }

  /** Prepares the geoms that can be hit; returns how many. */
  #look(origin: Vec3, groups: readonly number[], view: View): number {
    const positions = this.#data.geom_xpos as Float64Array;
    const rotations = this.#data.geom_xmat as Float64Array;
    let count = 0;
    for (let geom = 0; geom < this.#model.ngeom; geom++) {
      if (!groups.includes(this.#groups[geom]!)) continue;
      this.#ids[count] = geom;
      const size = this.#sizes.subarray(3 * geom, 3 * geom + 3);
      const position = positions.subarray(3 * geom, 3 * geom + 3);
      const rotation = rotations.subarray(9 * geom, 9 * geom + 9);
      const type = this.#types[geom]!;
      writeSolid(this.#solids, SOLID_NUMBERS * count, type, size, position, rotation, origin);
      const rect = this.#rects.subarray(4 * count, 4 * count + 4);
      const box = this.#boxes.subarray(6 * geom, 6 * geom + 6);
      if (type === GEOM.plane) rect.set(EVERYWHERE);
      else writeRect(rect, box, position, rotation, origin, view);
      count++;
    }
    return count;
  }

  /**
   * Finds the solids that a ray of the packet may hit, in the order of their ids, and where each ray
   * passes through the view's plane (NaN: it does not). Returns how many solids.
   */
  #inTheWay(
    directions: Float64Array,
    begin: number,
    end: number,
    solids: number,
    { forward, right, down }: View,
  ): number {
    const places = this.#places;
    let leastU = Number.POSITIVE_INFINITY;
    let mostU = Number.NEGATIVE_INFINITY;
    let leastV = Number.POSITIVE_INFINITY;
    let mostV = Number.NEGATIVE_INFINITY;
    let isSteep = false;
    for (let ray = begin, to = 0; ray < end; ray++, to += 2) {
      const x = directions[3 * ray]!;
      const y = directions[3 * ray + 1]!;
      const z = directions[3 * ray + 2]!;
      const depth = x * forward[0] + y * forward[1] + z * forward[2];
      if (depth < STEEP) {
        isSteep = true;
        places[to] = places[to + 1] = Number.NaN;
        continue;
      }
      const u = (x * right[0] + y * right[1] + z * right[2]) / depth;
      const v = (x * down[0] + y * down[1] + z * down[2]) / depth;
      places[to] = u;
      places[to + 1] = v;
      if (u < leastU) leastU = u;
      if (u > mostU) mostU = u;
      if (v < leastV) leastV = v;
      if (v > mostV) mostV = v;
    }
    const rects = this.#rects;
    let count = 0;
    for (let solid = 0, at = 0; solid < solids; solid++, at += 4) {
      const isBeside =
        mostU < rects[at]! ||
        leastU > rects[at + 1]! ||
        mostV < rects[at + 2]! ||
        leastV > rects[at + 3]!;
      if (isSteep || !isBeside) this.#active[count++] = solid;
    }
    return count;
  }

  #castOne(
    ray: number,
    directions: Float64Array,
    place: number,
    active: number,
    hits: RayHits,
  ): void {
    const solids = this.#solids;
    const rects = this.#rects;
    const actives = this.#active;
    const u = this.#places[place]!;
    const v = this.#places[place + 1]!;
    const i = 3 * ray;
    const x = directions[i]!;
    const y = directions[i + 1]!;
    const z = directions[i + 2]!;
    let nearest = -1;
    let found = -1;
    let part = 0;
    for (let k = 0; k < active; k++) {
      const solid = actives[k]!;
      const at = 4 * solid;
      // All are false for NaN: such a ray is held against everything.
      if (u < rects[at]! || u > rects[at + 1]! || v < rects[at + 2]! || v > rects[at + 3]!)
        continue;
      const distance = hitDistance(solids, SOLID_NUMBERS * solid, x, y, z);
      // Of two geoms at the same distance the first one counts, as in MuJoCo.
      if (distance < 0 || (found >= 0 && distance >= nearest)) continue;
      nearest = distance;
      found = solid;
      part = hitPart();
    }
    hits.distances[ray] = nearest;
    hits.geomIds[ray] = found < 0 ? -1 : this.#ids[found]!;
    if (found >= 0) {
      writeNormal(solids, SOLID_NUMBERS * found, part, nearest, x, y, z, hits.normals, i);
    }
  }
}

/** What rays look like from their origin: an axis, and the plane at distance 1 along it. */
interface View {
  readonly forward: Vec3;
  readonly right: Vec3;
  readonly down: Vec3;
}

/** Along the middle of the rays; any axis will do where they have none. */
function viewAlong(directions: Float64Array): View {
  let x = 0;
  let y = 0;
  let z = 0;
  for (let i = 0; i < directions.length; i += 3) {
    x += directions[i]!;
    y += directions[i + 1]!;
    z += directions[i + 2]!;
  }
  const forward = unit([x, y, z]) ?? [0, 0, 1];
  const aside: Vec3 = Math.abs(forward[2]) < 0.9 ? [0, 0, 1] : [0, 1, 0];
  const right = unit(cross(forward, aside)) ?? [1, 0, 0];
  return { forward, right, down: cross(forward, right) };
}

const EVERYWHERE = [
  Number.NEGATIVE_INFINITY,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.POSITIVE_INFINITY,
];

/** The rectangle on the view's plane around the corners of a geom's box (centre, half sizes). */
function writeRect(
  rect: Float64Array,
  box: Float64Array,
  position: Float64Array,
  rotation: Float64Array,
  origin: Vec3,
  { forward, right, down }: View,
): void {
  rect.set([
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ]);
  for (let corner = 0; corner < 8; corner++) {
    const a = box[0]! + (corner & 1 ? box[3]! : -box[3]!);
    const b = box[1]! + (corner & 2 ? box[4]! : -box[4]!);
    const c = box[2]! + (corner & 4 ? box[5]! : -box[5]!);
    const x = rotation[0]! * a + rotation[1]! * b + rotation[2]! * c + position[0]! - origin[0];
    const y = rotation[3]! * a + rotation[4]! * b + rotation[5]! * c + position[1]! - origin[1];
    const z = rotation[6]! * a + rotation[7]! * b + rotation[8]! * c + position[2]! - origin[2];
    const depth = x * forward[0] + y * forward[1] + z * forward[2];
    // Beside or behind the origin a corner has no place on the plane.
    if (depth < 1e-6) {
      rect.set(EVERYWHERE);
      return;
    }
    const u = (x * right[0] + y * right[1] + z * right[2]) / depth;
    const v = (x * down[0] + y * down[1] + z * down[2]) / depth;
    rect[0] = Math.min(rect[0]!, u - MARGIN);
    rect[1] = Math.max(rect[1]!, u + MARGIN);
    rect[2] = Math.min(rect[2]!, v - MARGIN);
    rect[3] = Math.max(rect[3]!, v + MARGIN);
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
