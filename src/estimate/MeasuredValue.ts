import type { SpatialQuestion } from "../language/index.js";

/** `ok`: from this image; `stale`: a needed value is older; `invalid`: no value to be had. */
export type Validity = "ok" | "stale" | "invalid";

/** A measurement of one frame after filtering. */
export interface MeasuredValue {
  readonly name: string;
  /** Filtered; metres, or 0/1 for yes/no and choice (1: yes, the subject, the first relation). Null when invalid. */
  readonly value: number | null;
  /** Standard deviation of `value`, same unit. */
  readonly sigma: number | null;
  /** What the model said for this image, before the filter. */
  readonly raw: number | null;
  readonly rawSigma: number | null;
  readonly unit: "m" | "1";
  readonly question: SpatialQuestion;
  /** The model's words. */
  readonly answer: string;
  readonly validity: Validity;
  /** Empty when ok; else `outlier: …`, `no_object: …`, … */
  readonly reason: string;
}
