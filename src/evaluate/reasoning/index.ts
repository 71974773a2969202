export { type EvaluateReasoningOptions, evaluateReasoning } from "./evaluateReasoning.js";
export { formatReasoning } from "./formatReasoning.js";
export { judgeAnswer } from "./judgeAnswer.js";
export type { ReasoningMetrics } from "./ReasoningMetrics.js";
export { type ReasonedItem, ReasoningTally, type ReasoningTallyOptions } from "./ReasoningTally.js";
export {
  failedReasoningThresholds,
  reasoningDocument,
  reasoningFigures,
} from "./reasoningFigures.js";
