import type { Figures, RewardMetrics } from "./RewardMetrics.js";
import type { Figure } from "./statistics.js";

/**
 * All figures by flat keys, in the order of reading: `<measurement>.<figure>`,
 * `<measurement>.<control>.<figure>`, `<figure>` and `<control>.<figure>` of the episodes.
 */
export function figuresByKey({ measurements, episodes }: RewardMetrics): Map<string, Figure> {
  const all = new Map<string, Figure>();
  const put = (prefix: string, figures: Figures): void => {
    for (const [name, figure] of Object.entries(figures)) all.set(prefix + name, figure);
  };
  for (const { name, answered, real, controls } of measurements) {
    put(`${name}.`, { coverage: answered, ...real });
    put(`${name}.reversed.`, controls.reversed);
    put(`${name}.shuffled.`, controls.shuffled);
    put(`${name}.wrong_target.`, controls.wrongTarget);
  }
  put("", {
    coverage: episodes.rewarded,
    voc_progress: episodes.vocProgress,
    voc_reward: episodes.vocReward,
    monotonicity_violations: episodes.monotonicityViolations,
    largest_backward_jump: episodes.largestBackwardJump,
    auroc: episodes.auroc,
    return_margin: episodes.returnMargin,
    worst_case_margin: episodes.worstCaseMargin,
  });
  put("reversed.", episodes.controls.reversed);
  put("shuffled.", episodes.controls.shuffled);
  put("unsuccessful.", episodes.controls.unsuccessful);
  put("clock.", episodes.controls.clock);
  return all;
}
