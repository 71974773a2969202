export { DatasetError } from "./DatasetError.js";
export type { DatasetSettings, RecordingSource, SceneSource } from "./DatasetPlan.js";
export { readJsonLines } from "./readRows.js";
export * from "./reasoning/index.js";
export { type Similarity, tokenSimilarity } from "./Similarity.js";
export { type SpeechOptions, spokenLength } from "./spokenLength.js";
export { type DatasetSummary, type SynthesizeOptions, synthesize } from "./synthesize.js";
export * from "./VqaRow.js";
