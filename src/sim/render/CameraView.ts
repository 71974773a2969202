import type { MjData, MjModel } from "@mujoco/mujoco";
import type { CameraInfo, Pose, Vec3 } from "../../camera/index.js";
import { Frustum } from "./Frustum.js";
import type { LampView } from "./LampView.js";
import { FIXED_GROUP, MOVING_GROUP, type MovingGeoms, markMovingGeoms } from "./movingBoxes.js";
import type { RayCaster } from "./RayCaster.js";
import type { Shader } from "./Shader.js";
import {
  castStaticLayer,
  pointAt,
  SHADOW_EPSILON_M,
  type StaticLayer,
  SUBPIXELS,
  subpixelRays,
  surfaceAt,
  writeUnit,
} from "./StaticLayer.js";
import { srgbByte } from "./srgb.js";

/** Images of one camera at one moment; row-major, no padding. */
export interface RenderedView {
  /** r, g, b bytes. */
  readonly rgb: Uint8Array;
  /** Along the optical axis, metres; NaN where nothing was hit. */
  readonly depthM: Float32Array;
  /** Instance ids. */
  readonly labels: Uint8Array;
}

/** What the views of a scene share. */
export interface SceneParts {
  readonly model: MjModel;
  readonly data: MjData;
  readonly moving: MovingGeoms;
  readonly caster: RayCaster;
  readonly shader: Shader;
  readonly lamp: LampView;
}

/** Half size of the square over which a shadow's edge is softened, pixels. */
const PENUMBRA = 2;

/**
 * Draws one fixed camera. What never moves was cast once; for an image, rays are cast only where
 * a moving geom or its shadow can be.
 */
export class CameraView {
  readonly frustum: Frustum;
  readonly #model: MjModel;
  readonly #data: MjData;
  readonly #moving: MovingGeoms;
  readonly #caster: RayCaster;
  readonly #shader: Shader;
  readonly #lamp: LampView;
  readonly #directions: Float64Array;
  readonly #fixed: StaticLayer;
  /** The lamp's cell that each pixel of the fixed layer lies in. */
  readonly #lampCells: Int32Array;
  readonly #rgbFixed: Uint8Array;
  readonly #mask: Uint8Array;
  readonly #geomIds: Int16Array;
  readonly #ranges: Float32Array;
  readonly #light: Float32Array;
  readonly #shadow: Uint8Array;
  readonly #isMoving: Uint8Array;

  constructor(
    scene: SceneParts,
    pose: Pose,
    readonly lens: CameraInfo,
  ) {
    this.frustum = new Frustum(pose, lens);
    this.#model = scene.model;
    this.#data = scene.data;
    this.#moving = scene.moving;
    this.#caster = scene.caster;
    this.#shader = scene.shader;
    this.#lamp = scene.lamp;
    this.#directions = this.frustum.directions();
    this.#fixed = castStaticLayer(
      this.#caster,
      this.#shader,
      this.frustum,
      this.#directions,
      this.#lamp.position,
    );
    const count = lens.width * lens.height;
    this.#lampCells = new Int32Array(count).fill(-1);
    this.#rgbFixed = new Uint8Array(3 * count);
    const { origin } = this.frustum;
    for (let i = 0; i < count; i++) {
      this.#writeColor(this.#rgbFixed, i, this.#fixed.light, this.#fixed.dark[i]!);
      if (this.#fixed.dark[i] === 1) continue;
      const point = pointAt(origin, this.#directions, i, this.#fixed.ranges[i]!);
      this.#lampCells[i] = this.#lamp.cellOf(point);
    }
    this.#mask = new Uint8Array(count);
    this.#geomIds = new Int16Array(count);
    this.#ranges = new Float32Array(count);
    this.#light = new Float32Array(6 * count);
    this.#shadow = new Uint8Array(count);
    this.#isMoving = new Uint8Array(count);
  }

  /** Draws the scene as `data` has it; the lamp's mask must be of the same moment. */
  render(): RenderedView {
    const candidates = this.#castMoving();
    const shaded = this.#castShadows();
    const rgb = Uint8Array.from(this.#rgbFixed);
    for (const pixel of shaded) {
      const light = this.#isMoving[pixel] === 1 ? this.#light : this.#fixed.light;
      this.#writeColor(rgb, pixel, light, this.#softShadow(pixel));
    }
    this.#smoothEdges(candidates, rgb);
    return { rgb, ...this.#depthAndLabels() };
  }

  /** Draws moving geoms over the fixed layer; returns all pixels on which one could be. */
  #castMoving(): Int32Array {
    markMovingGeoms(this.frustum, this.#moving, this.#data, this.#mask);
    const candidates = indicesOf(this.#mask);
    const rays = gather(this.#directions, candidates);
    this.#geomIds.set(this.#fixed.geomIds);
    this.#ranges.set(this.#fixed.ranges);
    this.#shadow.set(this.#fixed.dark);
    this.#isMoving.fill(0);
    const { origin } = this.frustum;
    const hits = this.#caster.cast(origin, rays, [MOVING_GROUP]);
    for (let k = 0; k < candidates.length; k++) {
      const geom = hits.geomIds[k]!;
      const pixel = candidates[k]!;
      if (geom < 0 || hits.distances[k]! >= this.#ranges[pixel]!) continue;
      this.#geomIds[pixel] = geom;
      this.#ranges[pixel] = hits.distances[k]!;
      this.#isMoving[pixel] = 1;
      const { point, normal } = surfaceAt(origin, rays, hits, k, k);
      this.#shader.shade(geom, point, normal, origin, this.#light, 6 * pixel);
      // The lamp's share of 0 means that the surface is turned away: it needs no ray.
      this.#shadow[pixel] = this.#shader.facesLamp(point, normal) ? 0 : 1;
    }
    return candidates;
  }

  /** Finds which pixels the lamp does not reach; returns those whose colour must be written. */
  #castShadows(): Int32Array {
    const inLampMask = this.#lamp.mask;
    const pixels: number[] = [];
    const turnedAway: number[] = [];
    for (let i = 0; i < this.#shadow.length; i++) {
      if (this.#isMoving[i] === 1) {
        (this.#shadow[i] === 0 ? pixels : turnedAway).push(i);
      } else {
        const cell = this.#lampCells[i]!;
        if (cell >= 0 && inLampMask[cell] === 1) pixels.push(i);
      }
    }
    const { origin } = this.frustum;
    const rays = new Float64Array(3 * pixels.length);
    const ranges = new Float64Array(pixels.length);
    for (let k = 0; k < pixels.length; k++) {
      const pixel = pixels[k]!;
      const point = pointAt(origin, this.#directions, pixel, this.#ranges[pixel]!);
      ranges[k] = writeUnit(this.#lamp.position, point, rays, 3 * k);
    }
    const hits = this.#caster.cast(this.#lamp.position, rays, [FIXED_GROUP, MOVING_GROUP]);
    for (let k = 0; k < pixels.length; k++) {
      const isBlocked = hits.geomIds[k]! >= 0 && hits.distances[k]! < ranges[k]! - SHADOW_EPSILON_M;
      this.#shadow[pixels[k]!] = isBlocked ? 1 : 0;
    }
    return Int32Array.from([...pixels, ...turnedAway]);
  }

  /** Share of the pixel's neighbours on the same geom that the lamp does not reach. */
  #softShadow(pixel: number): number {
    const { width, height } = this.lens;
    const x = pixel % width;
    const y = (pixel - x) / width;
    const geom = this.#geomIds[pixel]!;
    let dark = 0;
    let count = 0;
    for (let v = Math.max(0, y - PENUMBRA); v <= Math.min(height - 1, y + PENUMBRA); v++) {
      for (let u = Math.max(0, x - PENUMBRA); u <= Math.min(width - 1, x + PENUMBRA); u++) {
        const neighbour = v * width + u;
        if (this.#geomIds[neighbour] !== geom) continue;
        dark += this.#shadow[neighbour]!;
        count++;
      }
    }
    return dark / count;
  }

  /** Antialiases the outlines of moving geoms: the mean over subpixels, in linear light. */
  #smoothEdges(candidates: Int32Array, rgb: Uint8Array): void {
    const edges: number[] = [];
    for (const pixel of candidates) if (this.#isMovingEdge(pixel)) edges.push(pixel);
    const { origin } = this.frustum;
    const rays = subpixelRays(this.frustum, edges);
    const hits = this.#caster.cast(origin, rays, [FIXED_GROUP, MOVING_GROUP]);
    const sample = new Float32Array(6);
    const sum = new Float32Array(6);
    for (let k = 0; k < edges.length; k++) {
      const pixel = edges[k]!;
      sum.fill(0);
      for (let s = 0; s < SUBPIXELS.length; s++) {
        const ray = k * SUBPIXELS.length + s;
        const geom = hits.geomIds[ray]!;
        if (geom < 0) continue;
        const { point, normal } = surfaceAt(origin, rays, hits, ray, ray);
        this.#shader.shade(geom, point, normal, origin, sample, 0);
        const lit = 1 - this.#shadowNear(pixel, geom, point, normal);
        for (let c = 0; c < 3; c++) sum[c]! += sample[c]! + lit * sample[3 + c]!;
      }
      for (let c = 0; c < 3; c++) rgb[3 * pixel + c] = srgbByte(sum[c]! / SUBPIXELS.length);
    }
  }

  #isMovingEdge(pixel: number): boolean {
    const { width, height } = this.lens;
    const x = pixel % width;
    const differs = (neighbour: number) =>
      this.#geomIds[neighbour] !== this.#geomIds[pixel] &&
      (this.#isMoving[neighbour] === 1 || this.#isMoving[pixel] === 1);
    return (
      (x > 0 && differs(pixel - 1)) ||
      (x < width - 1 && differs(pixel + 1)) ||
      (pixel >= width && differs(pixel - width)) ||
      (pixel < width * (height - 1) && differs(pixel + width))
    );
  }

  /** A subpixel's shadow is that of the nearest pixel on the same geom. */
  #shadowNear(pixel: number, geom: number, point: Vec3, normal: Vec3): number {
    if (!this.#shader.facesLamp(point, normal)) return 1;
    if (this.#geomIds[pixel] === geom) return this.#softShadow(pixel);
    const { width } = this.lens;
    for (const offset of [-1, 1, -width, width, -width - 1, -width + 1, width - 1, width + 1]) {
      if (this.#geomIds[pixel + offset] === geom) return this.#softShadow(pixel + offset);
    }
    return 0;
  }

  #depthAndLabels(): Pick<RenderedView, "depthM" | "labels"> {
    const count = this.#geomIds.length;
    const depthM = new Float32Array(count);
    const labels = new Uint8Array(count);
    const userLabels = this.#model.geom_user as Float64Array;
    const { forward } = this.frustum;
    for (let i = 0; i < count; i++) {
      const geom = this.#geomIds[i]!;
      if (geom < 0) {
        depthM[i] = Number.NaN;
        continue;
      }
      const cosine =
        this.#directions[3 * i]! * forward[0] +
        this.#directions[3 * i + 1]! * forward[1] +
        this.#directions[3 * i + 2]! * forward[2];
      depthM[i] = this.#ranges[i]! * cosine;
      labels[i] = userLabels[geom]!;
    }
    return { depthM, labels };
  }

  #writeColor(rgb: Uint8Array, pixel: number, light: Float32Array, shadow: number): void {
    const lit = 1 - shadow;
    for (let c = 0; c < 3; c++) {
      rgb[3 * pixel + c] = srgbByte(light[6 * pixel + c]! + lit * light[6 * pixel + 3 + c]!);
    }
  }
}

function indicesOf(mask: Uint8Array): Int32Array {
  let count = 0;
  for (let i = 0; i < mask.length; i++) count += mask[i]!;
  const indices = new Int32Array(count);
  for (let i = 0, k = 0; i < mask.length; i++) if (mask[i] === 1) indices[k++] = i;
  return indices;
}

function gather(directions: Float64Array, indices: Int32Array): Float64Array {
  const rays = new Float64Array(3 * indices.length);
  for (let k = 0; k < indices.length; k++) {
    const i = 3 * indices[k]!;
    rays[3 * k] = directions[i]!;
    rays[3 * k + 1] = directions[i + 1]!;
    rays[3 * k + 2] = directions[i + 2]!;
  }
  return rays;
}
