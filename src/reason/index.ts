export type { Call, Conversation, Turn } from "./Conversation.js";
export { checkReasonerSpec, createReasoner, reasonerSettings } from "./createReasoner.js";
export { endpointReasoner, TOOL_USES, type ToolUse } from "./endpoint/endpointReasoner.js";
export { isUnknown } from "./judgeConclusion.js";
export * from "./multistep/index.js";
export { PLANNER, planner } from "./planner/planner.js";
export { type Reasoner, ReasonerError, type Reply } from "./Reasoner.js";
export { DEFAULT_REASON_LIMITS, type ReasonLimits } from "./ReasonLimits.js";
export { type ReasonOptions, reason } from "./reason.js";
export type {
  AskStep,
  Calculated,
  CalculateStep,
  ConcludeStep,
  RejectedStep,
  Step,
} from "./Step.js";
export { saidOf } from "./saidOf.js";
export { sayEnding, sayTurn } from "./sayTurn.js";
export {
  type Conclusion,
  costOf,
  DOUBTS,
  type Doubt,
  ENDINGS,
  type Ending,
  type Transcript,
} from "./Transcript.js";
export { transcriptDocument } from "./transcriptDocument.js";
