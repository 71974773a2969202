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
