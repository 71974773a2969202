export type { ReasoningItem, ReasoningScene, ReasoningTruth } from "./ReasoningScene.js";
export { REASONING_SUPPORT, type ReasoningOptions, reasoningScenes } from "./reasoningScenes.js";
