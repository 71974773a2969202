import type { MjData, MjModel } from "@mujoco/mujoco";
import { itemAt, mapVec3, type Vec3, vec3At } from "../../base/index.js";
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
    out[at] = (a * right[0] + b * down[0] + forward[0]) / length;
    out[at + 1] = (a * right[1] + b * down[1] + forward[1]) / length;
    out[at + 2] = (a * right[2] + b * down[2] + forward[2]) / length;
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

  /** The rectangle around corner points, a pixel wider; all if one lies behind. */
  rectAround(corners: readonly Vec3[]): PixelRect {
    const { width, height } = this.lens;
    let [minX, maxX, minY, maxY] = [width, 0, height, 0];
    for (const corner of corners) {
      const pixel = this.pixelOf(corner[0], corner[1], corner[2]);
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
    const [, middle = 0, longest = 0] = [...half].sort((a, b) => a - b);
    const long = half.indexOf(longest);
    const pieces = Math.min(MAX_PIECES, Math.ceil(longest / (2 * middle)));
    const halfPiece = longest / pieces;
    half[long] = halfPiece;
    for (let piece = 0; piece < pieces; piece++) {
      const shifted = center.slice();
      shifted[long] = itemAt(center, long) + (2 * piece - pieces + 1) * halfPiece;
      ids.push(geom);
      boxes.push(...shifted, ...half);
    }
  }
  return { ids, boxes: Float64Array.from(boxes) };
}

/** The signs of a box's corners. */
const CORNERS: readonly Vec3[] = [-1, 1].flatMap((x) =>
  [-1, 1].flatMap((y) => [-1, 1].map((z): Vec3 => [x, y, z])),
);

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
  for (const [k, geom] of moving.ids.entries()) {
    const center = vec3At(moving.boxes, 6 * k);
    const half = vec3At(moving.boxes, 6 * k + 3);
    const position = vec3At(positions, 3 * geom);
    const rows = [0, 3, 6].map((row) => vec3At(rotations, 9 * geom + row)) as [Vec3, Vec3, Vec3];
    const corners = CORNERS.map((signs) => {
      const [x, y, z] = mapVec3(center, (value, axis) => value + signs[axis] * half[axis]);
      return mapVec3(position, (value, axis) => {
        const row = rows[axis];
        return value + row[0] * x + row[1] * y + row[2] * z;
      });
    });
    const rect = frustum.rectAround(corners);
    const { width } = frustum.lens;
    for (let y = rect.minY; y <= rect.maxY; y++) {
      mask.fill(1, y * width + rect.minX, y * width + rect.maxX + 1);
    }
  }
}
