import type { ColorSize } from "../camera/index.js";
import type { Calibration } from "../estimate/index.js";
import type { SpatialVlm } from "../models/index.js";
import type { Task } from "../task/index.js";
import type { PictureStorage } from "./EpisodePictures.js";
import type { ExportMap } from "./ExportMap.js";

/** How recordings become rows. */
export interface RowSettings {
  readonly task: Task;
  readonly vlm: SpatialVlm;
  readonly map: ExportMap;
  /** Rows a second. */
  readonly fps: number;
  readonly storage: PictureStorage;
  /** Pictures are shrunk or stretched to it; as they are where absent. */
  readonly size?: ColorSize;
  readonly calibration?: Calibration;
}

/** Names of columns, as LeRobot has them. */
export const STATE = "observation.state";
export const ACTION = "action";
