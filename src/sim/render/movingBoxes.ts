import type { MjData, MjModel } from "@mujoco/mujoco";
import type { Frustum } from "./Frustum.js";

/** Geom groups of the scene: what never moves, and what may. */
export const FIXED_GROUP = 0;
export const MOVING_GROUP = 1;

/** The geoms that may move, and each one's box in its own frame: centre and half sizes, metres. */
export interface MovingGeoms {
  readonly ids: readonly number[];
  readonly boxes: Float64Array;
}

export function findMovingGeoms(model: MjModel): MovingGeoms {
  const groups = [...(model.geom_group as Int32Array)];
  const ids = groups.flatMap((group, geom) => (group === MOVING_GROUP ? [geom] : []));
  const all = model.geom_aabb as Float64Array;
  const boxes = Float64Array.from(ids.flatMap((id) => [...all.subarray(6 * id, 6 * id + 6)]));
  return { ids, boxes };
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
