export {
  type AskStep,
  type Calculated,
  type CalculateStep,
  type Call,
  type ConcludeStep,
  type Conversation,
  type Reasoner,
  ReasonerError,
  type RejectedStep,
  type Reply,
  type Step,
  type Turn,
} from "./Conversation.js";
export { checkReasonerSpec, createReasoner, reasonerSettings } from "./createReasoner.js";
export { endpointReasoner, TOOL_USES, type ToolUse } from "./endpoint/endpointReasoner.js";
export {
  MULTI_STEP_KINDS,
  MULTI_STEP_PHRASINGS,
  type MultiStepKind,
  type MultiStepQuestion,
  readMultiStep,
  wordMultiStep,
} from "./multistep.js";

export { PLANNER, planner } from "./planner.js";
export { type ReasonOptions, reason } from "./reason.js";
export { saidOf, sayEnding, sayTurn } from "./say.js";
export {
  type Conclusion,
  costOf,
  DEFAULT_REASON_LIMITS,
  DOUBTS,
  type Doubt,
  ENDINGS,
  type Ending,
  type ReasonLimits,
  type Transcript,
  transcriptDocument,
} from "./Transcript.js";
