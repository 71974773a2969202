import type { Validity } from "../estimate/index.js";

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
   * When invalid, the terms that are known: always `shaping`, which telescopes over any gap. Outputs
   * have none of them then (`validTerms`).
   */
  readonly terms: Readonly<Record<string, number>>;
  /** 0..1 over all stages; 0 without stages; null when invalid. */
  readonly progress: number | null;
  /** Name of the current stage; the last one after the end; empty without stages. */
  readonly stage: string;
  readonly success: boolean;
  /** Set from the step that ended the episode on. Rewards after that step are 0. */
  readonly ended?: EpisodeEnd;
  readonly validity: Validity;
  /** Empty when ok. */
  readonly reason: string;
}

/** The terms for an output: none where the reward is invalid, since a part of a sum is no reward. */
export function validTerms({ validity, terms }: RewardSample): RewardSample["terms"] {
  return validity === "invalid" ? {} : terms;
}
