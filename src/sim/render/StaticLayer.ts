import type { Vec3 } from "../../camera/index.js";
import type { Frustum } from "./Frustum.js";
import { FIXED_GROUP } from "./movingBoxes.js";
import type { RayCaster, RayHits } from "./RayCaster.js";
import type { Shader } from "./Shader.js";

/** A lit point closer to its occluder than this is the occluder itself, metres. */
export const SHADOW_EPSILON_M = 0.0015;

/** Where the subpixels of an antialiased pixel lie: a rotated grid. */
export const SUBPIXELS: readonly (readonly [number, number])[] = [
  [-0.125, -0.375],
  [0.375, -0.125],
  [0.125, 0.375],
  [-0.375, 0.125],
];

/** What a fixed camera sees of what never moves: cast once, drawn under every image. */
export interface StaticLayer {
  /** Per pixel; -1 where there is nothing. */
  readonly geomIds: Int16Array;
  /** Range along the ray, metres; infinite where there is nothing. */
  readonly ranges: Float32Array;
  /** Per pixel: r, g, b without the lamp, then what the lamp adds; linear light. */
  readonly light: Float32Array;
  /** 1 where the lamp does not reach, whatever moves. */
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
  const layer: StaticLayer = {
    geomIds: new Int16Array(count).fill(-1),
    ranges: new Float32Array(count).fill(Number.POSITIVE_INFINITY),
    light: new Float32Array(6 * count),
    dark: new Uint8Array(count).fill(1),
  };
  const hits = caster.cast(origin, directions, [FIXED_GROUP]);
  const toLight: number[] = [];
  for (let i = 0; i < count; i++) {
    const geom = hits.geomIds[i]!;
    if (geom < 0) continue;
    layer.geomIds[i] = geom;
    layer.ranges[i] = hits.distances[i]!;
    const { point, normal } = surfaceAt(origin, directions, hits, i, i);
    shader.shade(geom, point, normal, origin, layer.light, 6 * i);
    if (shader.facesLamp(point, normal)) toLight.push(i);
  }
  darken(caster, layer, origin, directions, lamp, toLight);
  smoothEdges(caster, shader, frustum, layer);
  return layer;
}

/** Point and normal where ray `hit` of a cast struck; `pixel` is that ray's place in `directions`. */
export function surfaceAt(
  origin: Vec3,
  directions: Float64Array,
  hits: RayHits,
  pixel: number,
  hit: number,
): { point: Vec3; normal: Vec3 } {
  const range = hits.distances[hit]!;
  return {
    point: pointAt(origin, directions, pixel, range),
    normal: [hits.normals[3 * hit]!, hits.normals[3 * hit + 1]!, hits.normals[3 * hit + 2]!],
  };
}

export function pointAt(origin: Vec3, directions: Float64Array, ray: number, range: number): Vec3 {
  return [
    origin[0] + range * directions[3 * ray]!,
    origin[1] + range * directions[3 * ray + 1]!,
    origin[2] + range * directions[3 * ray + 2]!,
  ];
}

function darken(
  caster: RayCaster,
  layer: StaticLayer,
  origin: Vec3,
  directions: Float64Array,
  lamp: Vec3,
  pixels: readonly number[],
): void {
  const rays = new Float64Array(3 * pixels.length);
  const ranges = new Float64Array(pixels.length);
  pixels.forEach((pixel, k) => {
    const point = pointAt(origin, directions, pixel, layer.ranges[pixel]!);
    ranges[k] = writeUnit(lamp, point, rays, 3 * k);
  });
  const hits = caster.cast(lamp, rays, [FIXED_GROUP]);
  pixels.forEach((pixel, k) => {
    const isBlocked = hits.geomIds[k]! >= 0 && hits.distances[k]! < ranges[k]! - SHADOW_EPSILON_M;
    layer.dark[pixel] = isBlocked ? 1 : 0;
  });
}

/** Writes the unit direction from one point to another and returns their distance. */
export function writeUnit(from: Vec3, to: Vec3, out: Float64Array, at: number): number {
  const [x, y, z] = [to[0] - from[0], to[1] - from[1], to[2] - from[2]];
  const length = Math.sqrt(x * x + y * y + z * z);
  out[at] = x / length;
  out[at + 1] = y / length;
  out[at + 2] = z / length;
  return length;
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
  const rays = subpixelRays(frustum, edges);
  const hits = caster.cast(origin, rays, [FIXED_GROUP]);
  const sample = new Float32Array(6);
  edges.forEach((pixel, k) => {
    const sum = new Float32Array(6);
    for (let s = 0; s < SUBPIXELS.length; s++) {
      const ray = k * SUBPIXELS.length + s;
      const geom = hits.geomIds[ray]!;
      if (geom < 0) continue;
      const { point, normal } = surfaceAt(origin, rays, hits, ray, ray);
      shader.shade(geom, point, normal, origin, sample, 0);
      for (let c = 0; c < 6; c++) sum[c]! += sample[c]! / SUBPIXELS.length;
    }
    layer.light.set(sum, 6 * pixel);
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
