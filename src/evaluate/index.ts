export { agreement } from "./agreement.js";
export * from "./answers/index.js";
export type { EvaluatedEpisode, KnownOutcome, MeasurementSeries } from "./EvaluatedEpisode.js";
export { evaluateRewards } from "./evaluateRewards.js";
export { figuresByKey } from "./figures.js";
export { formatMetrics } from "./formatMetrics.js";
export { kendallTau } from "./kendallTau.js";
export type {
  EpisodeRow,
  EpisodeSetMetrics,
  Figures,
  MeasurementMetrics,
  RewardMetrics,
} from "./RewardMetrics.js";
export {
  isAnnotated,
  NoRobotError,
  NotAnnotatedError,
  type ReadEpisodesOptions,
  readEpisodes,
  TRUTHS,
  type TruthKind,
} from "./readEpisodes.js";
export * from "./reasoning/index.js";
export { RewardMessageError } from "./rewardMessages.js";
export { auroc, type Figure, leastSquares, medianOf, pearson, spearman } from "./statistics.js";
export {
  type FailedThreshold,
  failedThresholds,
  parseThreshold,
  type Threshold,
  ThresholdError,
} from "./thresholds.js";
export { trueValue } from "./truth.js";
