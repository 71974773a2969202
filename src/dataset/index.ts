export type { DatasetSettings, RecordingSource, SceneSource } from "./DatasetPlan.js";
export type { DatasetSummary } from "./joinShards.js";
export type { ReasoningTruth } from "./reasoning/proposals.js";
export {
  type ReasoningItem,
  type ReasoningOptions,
  type ReasoningScene,
  reasoningScenes,
} from "./reasoning/reasoningScenes.js";
export { type SpeechOptions, spokenLength } from "./spokenLength.js";
export { type SynthesizeOptions, synthesize } from "./synthesize.js";
export {
  DatasetError,
  readJsonLines,
  type VqaFrame,
  type VqaRow,
  vqaFrameSchema,
  vqaRowSchema,
} from "./VqaRow.js";
