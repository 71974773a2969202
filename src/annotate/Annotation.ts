import type { CameraFrame } from "../camera/index.js";
import type { MeasuredValue, ObjectPosition } from "../estimate/index.js";
import type { SpatialFact } from "../language/index.js";
import type { RewardSample } from "../reward/index.js";

/** Everything the bridge says about one frame. */
export interface Annotation {
  readonly frame: CameraFrame;
  /** Counts the attempts of that episode name from 1: see EpisodeSplitter. */
  readonly attempt: number;
  /**
   * `predicted`: no image was taken at this stamp; the robot's kinematics show how the last one's
   * measured values went on, and `frame` is that last image at the kinematics' stamp. `failed`: the
   * frame could not be read or the model gave up on it; `reward.reason` says why.
   */
  readonly outcome: "annotated" | "failed" | "predicted";
  readonly facts: readonly SpatialFact[];
  readonly measurements: readonly MeasuredValue[];
  /** Where the estimator believes the task's objects to be, where it places them. */
  readonly positions?: readonly ObjectPosition[];
  readonly reward: RewardSample;
  /** From handing the frame to the model to its last answer. */
  readonly latencyMs: number;
  /**
   * Live: the answers came out later than the task's staleness after the image. The reward is then
   * at best `stale`: true of its image, and not of the present.
   */
  readonly isLate: boolean;
  /** Of `predicted`: takes the place of one for the same stamp, now that later answers are known. */
  readonly isCorrection?: true;
  /** The model's id. Which model of a chain answered stands in each fact's answer. */
  readonly model: string;
}
