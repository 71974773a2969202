export { trueValue } from "../estimate/index.js";
export * from "./answers/index.js";
export type { EvaluatedEpisode, KnownOutcome, MeasurementSeries } from "./EpisodeColumns.js";
export { evaluateRewards } from "./evaluateRewards.js";
export { formatMetrics } from "./formatMetrics.js";
export { agreement } from "./measurementMetrics.js";
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
export { type RewardRow, rewardRowsOfBag, rewardRowsOfLines } from "./readRewardRows.js";
export {
  type EvaluateReasoningOptions,
  evaluateReasoning,
  judgeAnswer,
} from "./reasoning/evaluateReasoning.js";
export {
  type ReasonedItem,
  type ReasoningMetrics,
  ReasoningTally,
  type ReasoningTallyOptions,
} from "./reasoning/ReasoningTally.js";
export {
  failedReasoningThresholds,
  formatReasoning,
  reasoningDocument,
  reasoningFigures,
} from "./reasoning/reasoningFigures.js";
export { RewardMessageError } from "./rewardMessages.js";
export {
  auroc,
  type Figure,
  kendallTau,
  leastSquares,
  medianOf,
  pearson,
  spearman,
} from "./statistics.js";
export {
  type FailedThreshold,
  failedThresholds,
  figuresByKey,
  parseThreshold,
  type Threshold,
  ThresholdError,
} from "./thresholds.js";
