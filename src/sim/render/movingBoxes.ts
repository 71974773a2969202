import type { MjData, MjModel } from "@mujoco/mujoco";
import type { Frustum } from "./Frustum.js";

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
