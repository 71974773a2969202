export type { ReasoningItem, ReasoningScene, ReasoningTruth } from "./ReasoningScene.js";
export { type ReasoningOptions, reasoningScenes } from "./reasoningScenes.js";
