import type { SpatialQuestion } from "../language/index.js";

/** `ok`: from this image; `stale`: a needed value is older; `invalid`: no value to be had. */
export type Validity = "ok" | "stale" | "invalid";

/**
 * What a value rests on beside the answers to its own question up to its image. `fused`: also the
 * robot's kinematics and the answers to the other questions; `predicted`: the same, at a stamp
 * between images; `smoothed`: also on later images of the episode. `frames`: its last answer was
 * computed from the things' TF frames and not from an image, so these are no truth to judge it by.
 */
export type Basis = "fused" | "predicted" | "smoothed" | "frames";

/** A measurement of one frame after filtering. */
export interface MeasuredValue {
  readonly name: string;
  /** Filtered; metres, or 0/1 for yes/no and choice (1: yes, the subject, the first relation). Null when invalid. */
  readonly value: number | null;
  /** Standard deviation of `value`, same unit. */
  readonly sigma: number | null;
  /**
   * Where `value` is the middle of several possibilities: values that are each as likely. The k-th of
   * all measurements of an image belong together.
   */
  readonly draws?: readonly number[];
  /** What the model said for this image, before the filter. */
  readonly raw: number | null;
  readonly rawSigma: number | null;
  /** `raw` after calibration, where there is one. */
  readonly calibrated?: number | null;
  readonly calibratedSigma?: number | null;
  /** Absent: the answers to its own question alone. */
  readonly basis?: Basis;
  readonly unit: "m" | "1";
  readonly question: SpatialQuestion;
  /** The model's words. */
  readonly answer: string;
  readonly validity: Validity;
  /** Empty when ok; else `outlier: …`, `no_object: …`, … */
  readonly reason: string;
}
