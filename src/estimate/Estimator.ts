import { Registry } from "../base/index.js";
import type { CameraFrame, KinematicSample } from "../camera/index.js";
import type { SpatialAnswer } from "../language/index.js";
import type { Task } from "../task/index.js";
import type { Calibration } from "./Calibration.js";
import type { MeasuredValue } from "./MeasuredValue.js";
import type { ObjectPosition } from "./ObjectPosition.js";

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
  /**
   * The measured values at a stamp between images, marked `predicted`, where the robot's kinematics
   * show how they continued; undefined if they do not (yet). Absent in estimators that know nothing
   * of the robot.
   */
  predictAt?(sample: KinematicSample): readonly MeasuredValue[] | undefined;
  /**
   * What `predictAt` would have given at an earlier stamp, had all been known that is known now.
   * Undefined where that is not known any more: something was grasped, released or moved since.
   */
  revisedAt?(sample: KinematicSample): readonly MeasuredValue[] | undefined;
  /**
   * Where the task's objects are believed to be after the last frame, those of which something is
   * known. Absent in estimators that do not place objects.
   */
  positions?(): readonly ObjectPosition[];
}

/** What an estimator may know beside the task. */
export interface EstimatorOptions {
  /** Of the model that gives the answers. */
  readonly calibration?: Calibration;
}

/** Makes the estimator of an episode. */
export type CreateEstimator = (task: Task, options?: EstimatorOptions) => Estimator;

/** Estimators by the name that a task's `estimator` chooses. */
export const estimators = new Registry<CreateEstimator>("an estimator");
