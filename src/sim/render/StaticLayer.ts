import type { Vec3 } from "../../base/index.js";
import { FIXED_GROUP, type Frustum } from "./Frustum.js";
import type { RayCaster } from "./RayCaster.js";
import type { Shader } from "./Shader.js";

/** A lit point closer to its occluder than this is the occluder itself, metres. */
const SHADOW_EPSILON_M = 0.0015;

/** Where the subpixels of an antialiased pixel lie: a rotated grid. */
export const SUBPIXELS: readonly (readonly [number, number])[] = [
  [-0.125, -0.375],
  [0.375, -0.125],
  [0.125, 0.375],
  [-0.375, 0.125],
];

/** What a fixed camera sees of what never moves: cast once, drawn under every image. */
export interface StaticLayer {
  /** Per pixel; -1 if there is nothing. */
  readonly geomIds: Int16Array;
  /** Range along the ray, metres; infinite where there is nothing. */
  readonly ranges: Float64Array;
  /** Per pixel x, y, z in the world. */
  readonly points: Float64Array;
  /** Per pixel: r, g, b without the lamp, then what the lamp adds; linear light. */
  readonly light: Float32Array;
  /** 1 if the lamp does not reach, no matter what moves. */
  readonly dark: Uint8Array;
}

/** Casts the layer. Edges between fixed geoms are antialiased here, once for all images. */
export function castStaticLayer(
  caster: RayCaster,
  shader: Shader,
  frustum: Frustum,
  directions: Float64Array,
  lamp: Vec3,
): StaticLayer {
  const { origin, lens } = frustum;
  const count = lens.width * lens.height;
  const hits = caster.cast(origin, directions, [FIXED_GROUP]);
  const layer: StaticLayer = {
    geomIds: Int16Array.from(hits.geomIds),
    ranges: hits.distances.slice(),
    points: hits.points.slice(),
    light: new Float32Array(6 * count),
    dark: new Uint8Array(count).fill(1),
  };
  for (let i = 0; i < count; i++) {
    const geom = layer.geomIds[i]!;
    if (geom < 0) {
      layer.ranges[i] = Number.POSITIVE_INFINITY;
      continue;
    }
    const isFacing = shader.shade(geom, hits.points, hits.normals, i, origin, layer.light, 6 * i);
    if (isFacing) layer.dark[i] = 0;
  }
  const facing = indicesWhere(layer.dark, 0);
  castShadows(caster, lamp, layer.points, facing, [FIXED_GROUP], layer.dark);
  smoothEdges(caster, shader, frustum, layer);
  return layer;
}

/** The indices at which a mask has the value. */
export function indicesWhere(mask: Uint8Array, value: 0 | 1): Int32Array {
  let count = 0;
  for (let i = 0; i < mask.length; i++) if (mask[i] === value) count++;
  const indices = new Int32Array(count);
  for (let i = 0, k = 0; i < mask.length; i++) if (mask[i] === value) indices[k++] = i;
  return indices;
}

/** Writes to `dark` for each of the pixels whether something lies between the lamp and its point. */
export function castShadows(
  caster: RayCaster,
  lamp: Vec3,
  points: Float64Array,
  pixels: Int32Array,
  groups: readonly number[],
  dark: Uint8Array,
): void {
  const rays = new Float64Array(3 * pixels.length);
  const ranges = new Float64Array(pixels.length);
  for (let k = 0; k < pixels.length; k++) {
    const i = 3 * pixels[k]!;
    const x = points[i]! - lamp[0];
    const y = points[i + 1]! - lamp[1];
    const z = points[i + 2]! - lamp[2];
    const range = Math.sqrt(x * x + y * y + z * z);
    ranges[k] = range;
    rays[3 * k] = x / range;
    rays[3 * k + 1] = y / range;
    rays[3 * k + 2] = z / range;
  }
  const { geomIds, distances } = caster.cast(lamp, rays, groups);
  for (let k = 0; k < pixels.length; k++) {
    const isBlocked = geomIds[k]! >= 0 && distances[k]! < ranges[k]! - SHADOW_EPSILON_M;
    dark[pixels[k]!] = isBlocked ? 1 : 0;
  }
}

function smoothEdges(
  caster: RayCaster,
  shader: Shader,
  frustum: Frustum,
  layer: StaticLayer,
): void {
  const { origin, lens } = frustum;
  const { width, height } = lens;
  const edges: number[] = [];
  for (let i = 0; i < width * height; i++) {
    const id = layer.geomIds[i];
    const x = i % width;
    const isEdge =
      (x > 0 && layer.geomIds[i - 1] !== id) ||
      (x < width - 1 && layer.geomIds[i + 1] !== id) ||
      (i >= width && layer.geomIds[i - width] !== id) ||
      (i < width * (height - 1) && layer.geomIds[i + width] !== id);
    if (isEdge) edges.push(i);
  }
  const hits = caster.cast(origin, subpixelRays(frustum, edges), [FIXED_GROUP]);
  const sample = new Float32Array(6);
  edges.forEach((pixel, k) => {
    layer.light.fill(0, 6 * pixel, 6 * pixel + 6);
    for (let ray = k * SUBPIXELS.length; ray < (k + 1) * SUBPIXELS.length; ray++) {
      const geom = hits.geomIds[ray]!;
      if (geom < 0) continue;
      shader.shade(geom, hits.points, hits.normals, ray, origin, sample, 0);
      for (let c = 0; c < 6; c++) layer.light[6 * pixel + c]! += sample[c]! / SUBPIXELS.length;
    }
  });
}

/** Directions of all subpixels of the pixels, in the pixels' order. */
export function subpixelRays(frustum: Frustum, pixels: readonly number[]): Float64Array {
  const { width } = frustum.lens;
  const rays = new Float64Array(3 * SUBPIXELS.length * pixels.length);
  pixels.forEach((pixel, k) => {
    const u = pixel % width;
    const v = (pixel - u) / width;
    SUBPIXELS.forEach(([du, dv], s) => {
      frustum.writeDirection(u + du, v + dv, rays, 3 * (k * SUBPIXELS.length + s));
    });
  });
  return rays;
}
