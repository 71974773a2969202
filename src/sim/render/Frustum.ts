import type { MjData, MjModel } from "@mujoco/mujoco";
import type { Vec3 } from "../../base/index.js";
import { type CameraInfo, type Pose, rotate } from "../../camera/index.js";

/** Bounds in pixels, inclusive. */
export interface PixelRect {
  readonly minX: number;
  readonly maxX: number;
  readonly minY: number;
  readonly maxY: number;
}

/** A pinhole in the world: the camera's, or a lamp's view of what it lights. */
export class Frustum {
  readonly origin: Vec3;
  readonly right: Vec3;
  readonly down: Vec3;
  readonly forward: Vec3;
  readonly lens: CameraInfo;

  /** `pose`: of the optical frame in the world. */
  constructor(pose: Pose, lens: CameraInfo) {
    this.origin = pose.position;
    this.right = rotate(pose.rotation, [1, 0, 0]);
    this.down = rotate(pose.rotation, [0, 1, 0]);
    this.forward = rotate(pose.rotation, [0, 0, 1]);
    this.lens = lens;
  }

  /** Unit direction in the world of the ray through an image point, written to `out` at `at`. */
  writeDirection(u: number, v: number, out: Float64Array, at: number): void {
    const { right, down, forward, lens } = this;
    const a = (u - lens.cx) / lens.fx;
    const b = (v - lens.cy) / lens.fy;
    const length = Math.sqrt(a * a + b * b + 1);
    for (let axis = 0; axis < 3; axis++) {
      out[at + axis] = (a * right[axis]! + b * down[axis]! + forward[axis]!) / length;
    }
  }

  /** Directions through all pixels' centres, row by row. */
  directions(): Float64Array {
    const { width, height } = this.lens;
    const directions = new Float64Array(3 * width * height);
    for (let v = 0, i = 0; v < height; v++) {
      for (let u = 0; u < width; u++, i++) this.writeDirection(u, v, directions, 3 * i);
    }
    return directions;
  }

  /** The pixel that a point falls on, clamped to the image; -1 behind the pinhole. */
  pixelOf(x: number, y: number, z: number): number {
    const { origin, right, down, forward, lens } = this;
    const [dx, dy, dz] = [x - origin[0], y - origin[1], z - origin[2]];
    const depth = dx * forward[0] + dy * forward[1] + dz * forward[2];
    if (depth <= 1e-6) return -1;
    const u = lens.cx + (lens.fx * (dx * right[0] + dy * right[1] + dz * right[2])) / depth;
    const v = lens.cy + (lens.fy * (dx * down[0] + dy * down[1] + dz * down[2])) / depth;
    const column = Math.min(lens.width - 1, Math.max(0, Math.round(u)));
    const row = Math.min(lens.height - 1, Math.max(0, Math.round(v)));
    return row * lens.width + column;
  }

  /** The rectangle around corner points (x, y, z each), a pixel wider; all if one lies behind. */
  rectAround(corners: Float64Array): PixelRect {
    const { width, height } = this.lens;
    let [minX, maxX, minY, maxY] = [width, 0, height, 0];
    for (let i = 0; i < corners.length; i += 3) {
      const pixel = this.pixelOf(corners[i]!, corners[i + 1]!, corners[i + 2]!);
      if (pixel < 0) return { minX: 0, maxX: width - 1, minY: 0, maxY: height - 1 };
      const x = pixel % width;
      const y = (pixel - x) / width;
      minX = Math.min(minX, x);
      maxX = Math.max(maxX, x);
      minY = Math.min(minY, y);
      maxY = Math.max(maxY, y);
    }
    return {
      minX: Math.max(0, minX - 2),
      maxX: Math.min(width - 1, maxX + 2),
      minY: Math.max(0, minY - 2),
      maxY: Math.min(height - 1, maxY + 2),
    };
  }
}

/** Geom groups of the scene: what never moves, and what may. */
export const FIXED_GROUP = 0;
export const MOVING_GROUP = 1;

/** Boxes around the geoms that may move, in the geoms' frames: centre and half sizes, metres. */
export interface MovingGeoms {
  /** The geom that each box belongs to. */
  readonly ids: readonly number[];
  readonly boxes: Float64Array;
}

/** Long boxes are cut into so many pieces at most: a slanted bar fills little of one rectangle. */
const MAX_PIECES = 10;

export function findMovingGeoms(model: MjModel): MovingGeoms {
  const groups = model.geom_group as Int32Array;
  const all = model.geom_aabb as Float64Array;
  const ids: number[] = [];
  const boxes: number[] = [];
  for (let geom = 0; geom < model.ngeom; geom++) {
    if (groups[geom] !== MOVING_GROUP) continue;
    const center = all.slice(6 * geom, 6 * geom + 3);
    const half = all.slice(6 * geom + 3, 6 * geom + 6);
    const [, middle, longest] = [...half].sort((a, b) => a - b);
    const long = half.indexOf(longest!);
    const pieces = Math.min(MAX_PIECES, Math.ceil(longest! / (2 * middle!)));
    half[long]! /= pieces;
    for (let piece = 0; piece < pieces; piece++) {
      const shifted = center.slice();
      shifted[long]! += (2 * piece - pieces + 1) * half[long]!;
      ids.push(geom);
      boxes.push(...shifted, ...half);
    }
  }
  return { ids, boxes: Float64Array.from(boxes) };
}

/**
 * Marks (with 1) the pixels on which a moving geom can be seen: those in the rectangles around
 * the projected corners of the geoms' boxes.
 */
export function markMovingGeoms(
  frustum: Frustum,
  moving: MovingGeoms,
  data: MjData,
  mask: Uint8Array,
): void {
  mask.fill(0);
  const positions = data.geom_xpos as Float64Array;
  const rotations = data.geom_xmat as Float64Array;
  const corners = new Float64Array(24);
  for (let k = 0; k < moving.ids.length; k++) {
    const geom = moving.ids[k]!;
    const box = moving.boxes.subarray(6 * k, 6 * k + 6);
    const position = positions.subarray(3 * geom, 3 * geom + 3);
    const rotation = rotations.subarray(9 * geom, 9 * geom + 9);
    for (let corner = 0; corner < 8; corner++) {
      const x = box[0]! + (corner & 1 ? box[3]! : -box[3]!);
      const y = box[1]! + (corner & 2 ? box[4]! : -box[4]!);
      const z = box[2]! + (corner & 4 ? box[5]! : -box[5]!);
      for (let axis = 0; axis < 3; axis++) {
        const row = 3 * axis;
        corners[3 * corner + axis] =
          position[axis]! + rotation[row]! * x + rotation[row + 1]! * y + rotation[row + 2]! * z;
      }
    }
    const rect = frustum.rectAround(corners);
    const { width } = frustum.lens;
    for (let y = rect.minY; y <= rect.maxY; y++) {
      mask.fill(1, y * width + rect.minX, y * width + rect.maxX + 1);
    }
  }
}
