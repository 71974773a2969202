import type { MjData, MjModel } from "@mujoco/mujoco";
import type { CameraInfo, Pose } from "../../camera/index.js";
import {
  FIXED_GROUP,
  Frustum,
  MOVING_GROUP,
  type MovingGeoms,
  markMovingGeoms,
} from "./Frustum.js";
import type { RayCaster } from "./RayCaster.js";
import { type LampView, type Shader, srgbByte } from "./Shader.js";
import {
  castShadows,
  castStaticLayer,
  indicesWhere,
  type StaticLayer,
  SUBPIXELS,
  subpixelRays,
} from "./StaticLayer.js";

/** Images of one camera at one moment; row-major, no padding. */
export interface RenderedView {
  /** r, g, b bytes. */
  readonly rgb: Uint8Array;
  /** Along the optical axis, metres; NaN if nothing was hit. */
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

const ALL_GROUPS = [FIXED_GROUP, MOVING_GROUP];

/**
 * Draws one fixed camera. What never moves was cast once; for an image, rays are cast only where
 * a moving geom or its shadow can be.
 */
export class CameraView {
  readonly #frustum: Frustum;
  readonly #scene: SceneParts;
  readonly #directions: Float64Array;
  readonly #fixed: StaticLayer;
  readonly #rgbFixed: Uint8Array;
  /** The lamp's cell that each pixel of the fixed layer lies in; -1 if it is dark anyway. */
  readonly #lampCells: Int32Array;
  /** Cosine between each pixel's ray and the optical axis. */
  readonly #cosines: Float64Array;
  // Of the present image, per pixel:
  readonly #canMove: Uint8Array;
  readonly #isMoving: Uint8Array;
  readonly #geomIds: Int16Array;
  readonly #ranges: Float64Array;
  readonly #points: Float64Array;
  readonly #light: Float32Array;
  readonly #dark: Uint8Array;

  constructor(scene: SceneParts, pose: Pose, lens: CameraInfo) {
    this.#frustum = new Frustum(pose, lens);
    this.#scene = scene;
    this.#directions = this.#frustum.directions();
    const { caster, shader, lamp } = scene;
    this.#fixed = castStaticLayer(caster, shader, this.#frustum, this.#directions, lamp.position);
    const count = lens.width * lens.height;
    this.#rgbFixed = new Uint8Array(3 * count);
    this.#lampCells = new Int32Array(count).fill(-1);
    this.#cosines = new Float64Array(count);
    const { forward } = this.#frustum;
    const { points, dark, light } = this.#fixed;
    for (let i = 0; i < count; i++) {
      writeColor(this.#rgbFixed, i, light, dark[i]!);
      const [x, y, z] = [3 * i, 3 * i + 1, 3 * i + 2];
      if (dark[i] === 0) this.#lampCells[i] = lamp.cellOf(points[x]!, points[y]!, points[z]!);
      this.#cosines[i] =
        this.#directions[x]! * forward[0] +
        this.#directions[y]! * forward[1] +
        this.#directions[z]! * forward[2];
    }
    this.#canMove = new Uint8Array(count);
    this.#isMoving = new Uint8Array(count);
    this.#geomIds = new Int16Array(count);
    this.#ranges = new Float64Array(count);
    this.#points = new Float64Array(3 * count);
    this.#light = new Float32Array(6 * count);
    this.#dark = new Uint8Array(count);
  }

  /** Draws the scene as `data` has it; the lamp's mask must be of the same moment. */
  render(): RenderedView {
    const candidates = this.#castMoving();
    const shaded = this.#castShadows();
    const rgb = this.#rgbFixed.slice();
    for (let k = 0; k < shaded.length; k++) {
      const pixel = shaded[k]!;
      const light = this.#isMoving[pixel] === 1 ? this.#light : this.#fixed.light;
      writeColor(rgb, pixel, light, this.#softShadow(pixel));
    }
    this.#smoothEdges(candidates, rgb);
    return { rgb, ...this.#depthAndLabels() };
  }

  /** Draws moving geoms over the fixed layer; returns all pixels on which one could be. */
  #castMoving(): Int32Array {
    const { moving, data, caster, shader } = this.#scene;
    markMovingGeoms(this.#frustum, moving, data, this.#canMove);
    const candidates = indicesWhere(this.#canMove, 1);
    this.#geomIds.set(this.#fixed.geomIds);
    this.#ranges.set(this.#fixed.ranges);
    this.#points.set(this.#fixed.points);
    this.#dark.set(this.#fixed.dark);
    this.#isMoving.fill(0);
    const { origin } = this.#frustum;
    const hits = caster.cast(origin, gather(this.#directions, candidates), [MOVING_GROUP]);
    for (let k = 0; k < candidates.length; k++) {
      const geom = hits.geomIds[k]!;
      const pixel = candidates[k]!;
      if (geom < 0 || hits.distances[k]! >= this.#ranges[pixel]!) continue;
      this.#geomIds[pixel] = geom;
      this.#ranges[pixel] = hits.distances[k]!;
      for (let c = 0; c < 3; c++) this.#points[3 * pixel + c] = hits.points[3 * k + c]!;
      this.#isMoving[pixel] = 1;
      const isFacing = shader.shade(
        geom,
        hits.points,
        hits.normals,
        k,
        origin,
        this.#light,
        6 * pixel,
      );
      this.#dark[pixel] = isFacing ? 0 : 1;
    }
    return candidates;
  }

  /** Finds which pixels the lamp does not reach; returns those whose colour is to be written. */
  #castShadows(): Int32Array {
    const { caster, lamp } = this.#scene;
    const changed = new Uint8Array(this.#dark.length);
    const unknown = new Uint8Array(this.#dark.length);
    for (let i = 0; i < changed.length; i++) {
      if (this.#isMoving[i] === 1) {
        changed[i] = 1;
        // A surface that is turned away from the lamp needs no ray.
        unknown[i] = this.#dark[i] === 0 ? 1 : 0;
      } else {
        const cell = this.#lampCells[i]!;
        if (cell >= 0 && lamp.mask[cell] === 1) changed[i] = unknown[i] = 1;
      }
    }
    const pixels = indicesWhere(unknown, 1);
    castShadows(caster, lamp.position, this.#points, pixels, ALL_GROUPS, this.#dark);
    return indicesWhere(changed, 1);
  }

  /** Share of the pixel's neighbours on the same geom that the lamp does not reach. */
  #softShadow(pixel: number): number {
    const { width, height } = this.#frustum.lens;
    const x = pixel % width;
    const y = (pixel - x) / width;
    const geom = this.#geomIds[pixel]!;
    let dark = 0;
    let count = 0;
    for (let v = Math.max(0, y - PENUMBRA); v <= Math.min(height - 1, y + PENUMBRA); v++) {
      for (let u = Math.max(0, x - PENUMBRA); u <= Math.min(width - 1, x + PENUMBRA); u++) {
        const neighbour = v * width + u;
        if (this.#geomIds[neighbour] !== geom) continue;
        dark += this.#dark[neighbour]!;
        count++;
      }
    }
    return dark / count;
  }

  /** Antialiases the outlines of moving geoms: the mean over subpixels, in linear light. */
  #smoothEdges(candidates: Int32Array, rgb: Uint8Array): void {
    const { caster, shader } = this.#scene;
    const edges: number[] = [];
    for (const pixel of candidates) if (this.#isMovingEdge(pixel)) edges.push(pixel);
    const { origin } = this.#frustum;
    const hits = caster.cast(origin, subpixelRays(this.#frustum, edges), ALL_GROUPS);
    const sample = new Float32Array(6);
    const sum = new Float32Array(3);
    for (let k = 0; k < edges.length; k++) {
      const pixel = edges[k]!;
      sum.fill(0);
      for (let ray = k * SUBPIXELS.length; ray < (k + 1) * SUBPIXELS.length; ray++) {
        const geom = hits.geomIds[ray]!;
        if (geom < 0) continue;
        const isFacing = shader.shade(geom, hits.points, hits.normals, ray, origin, sample, 0);
        const lit = isFacing ? 1 - this.#shadowNear(pixel, geom) : 0;
        for (let c = 0; c < 3; c++) sum[c]! += sample[c]! + lit * sample[3 + c]!;
      }
      for (let c = 0; c < 3; c++) rgb[3 * pixel + c] = srgbByte(sum[c]! / SUBPIXELS.length);
    }
  }

  #isMovingEdge(pixel: number): boolean {
    const { width, height } = this.#frustum.lens;
    const x = pixel % width;
    return (
      (x > 0 && this.#isOutline(pixel, pixel - 1)) ||
      (x < width - 1 && this.#isOutline(pixel, pixel + 1)) ||
      (pixel >= width && this.#isOutline(pixel, pixel - width)) ||
      (pixel < width * (height - 1) && this.#isOutline(pixel, pixel + width))
    );
  }

  #isOutline(pixel: number, neighbour: number): boolean {
    if (this.#geomIds[neighbour] === this.#geomIds[pixel]) return false;
    return this.#isMoving[neighbour] === 1 || this.#isMoving[pixel] === 1;
  }

  /** A subpixel's shadow is that of the nearest pixel on the same geom. */
  #shadowNear(pixel: number, geom: number): number {
    if (this.#geomIds[pixel] === geom) return this.#softShadow(pixel);
    const { width } = this.#frustum.lens;
    for (const offset of [-1, 1, -width, width, -width - 1, -width + 1, width - 1, width + 1]) {
      if (this.#geomIds[pixel + offset] === geom) return this.#softShadow(pixel + offset);
    }
    return 0;
  }

  #depthAndLabels(): Pick<RenderedView, "depthM" | "labels"> {
    const count = this.#geomIds.length;
    const depthM = new Float32Array(count);
    const labels = new Uint8Array(count);
    const labelOfGeom = Uint8Array.from(this.#scene.model.geom_user as Float64Array);
    for (let i = 0; i < count; i++) {
      const geom = this.#geomIds[i]!;
      depthM[i] = geom < 0 ? Number.NaN : this.#ranges[i]! * this.#cosines[i]!;
      if (geom >= 0) labels[i] = labelOfGeom[geom]!;
    }
    return { depthM, labels };
  }
}

function writeColor(rgb: Uint8Array, pixel: number, light: Float32Array, shadow: number): void {
  const lit = 1 - shadow;
  for (let c = 0; c < 3; c++) {
    rgb[3 * pixel + c] = srgbByte(light[6 * pixel + c]! + lit * light[6 * pixel + 3 + c]!);
  }
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
