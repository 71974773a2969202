import type { SpatialQuestion } from "../spatial/index.js";

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

export type EpisodeEnd = "success" | "failure" | "timeout";

/** The reward of one image. */
export interface RewardSample {
  readonly stampNs: bigint;
  readonly camera: string;
  readonly episode: string;
  /** Sum of the terms; null when invalid. */
  readonly reward: number | null;
  /**
   * By name: the task's terms, then `shaping`, `success`, `failure` where the task has them.
   * When invalid, the terms that are known: always `shaping`, which telescopes over any gap.
   */
  readonly terms: Readonly<Record<string, number>>;
  /** 0..1 over all stages; 0 without stages. */
  readonly progress: number;
  /** Name of the current stage; the last one after the end; empty without stages. */
  readonly stage: string;
  readonly success: boolean;
  /** Set from the step that ended the episode on. Rewards after that step are 0. */
  readonly ended?: EpisodeEnd;
  readonly validity: Validity;
  /** Empty when ok. */
  readonly reason: string;
}
