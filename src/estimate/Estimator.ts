import { Registry } from "../base/index.js";
import type { CameraFrame } from "../camera/index.js";
import type { SpatialAnswer } from "../language/index.js";
import type { Task } from "../task/index.js";
import type { MeasuredValue } from "./MeasuredValue.js";

/**
 * The port between what a model says and what is believed: it turns the answers about the images
 * of ONE episode, of all its cameras, into measured values. It sees frames in the order in which
 * they were annotated and is causal: a result rests on this frame and earlier ones alone. It knows
 * no clock; time is that of the frames' stamps.
 */
export interface Estimator {
  /**
   * The measured values at a frame, one for each measurement of the task, in their order.
   *
   * @param answers one for each measurement of the task, in their order
   * @throws RangeError when the answers are not one for each measurement
   */
  observe(frame: CameraFrame, answers: readonly SpatialAnswer[]): readonly MeasuredValue[];
  /** The same for a frame that gave no answers at all; `reason` says why. */
  miss(frame: CameraFrame, reason: string): readonly MeasuredValue[];
}

/** Makes the estimator of an episode. */
export type CreateEstimator = (task: Task) => Estimator;

/** Estimators by the name that a task's `estimator` chooses. */
export const estimators = new Registry<CreateEstimator>("an estimator");
