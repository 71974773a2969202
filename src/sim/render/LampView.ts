import type { MjData } from "@mujoco/mujoco";
import type { Vec3 } from "../../base/index.js";
import { opticalPose } from "../scene/cameraPose.js";
import { TABLE_TOP_M } from "../scene/dimensions.js";
import { Frustum } from "./Frustum.js";
import { type MovingGeoms, markMovingGeoms } from "./movingBoxes.js";

const CELLS = 512;
/** Cells of 7 mm at the table; what lies outside the view falls into the cells at its border. */
const FOCAL_CELLS = 220;

/** The scene as the lamp sees it, coarsely: which directions a moving geom may darken. */
export class LampView {
  /** 1 in the cells that a moving geom may cover. */
  readonly mask = new Uint8Array(CELLS * CELLS);
  readonly position: Vec3;
  readonly #frustum: Frustum;

  constructor(position: Vec3) {
    this.position = position;
    const [x, y, z] = position;
    const levelM = Math.hypot(x, y);
    const pose = opticalPose({
      target: [0, 0, TABLE_TOP_M],
      distanceM: Math.hypot(levelM, z - TABLE_TOP_M),
      azimuthRad: Math.atan2(x, -y),
      pitchRad: Math.atan2(z - TABLE_TOP_M, levelM),
      rollRad: 0,
    });
    this.#frustum = new Frustum(pose, {
      width: CELLS,
      height: CELLS,
      fx: FOCAL_CELLS,
      fy: FOCAL_CELLS,
      cx: CELLS / 2,
      cy: CELLS / 2,
      distortion: { model: "", coefficients: [] },
    });
  }

  /** -1 where nothing that moves can come between. */
  cellOf(x: number, y: number, z: number): number {
    return this.#frustum.pixelOf(x, y, z);
  }

  update(moving: MovingGeoms, data: MjData): void {
    markMovingGeoms(this.#frustum, moving, data, this.mask);
  }
}
