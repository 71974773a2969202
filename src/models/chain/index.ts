export { type ChainSettings, chainSettings } from "./chainSettings.js";
export { type VlmChain, vlmChain } from "./vlmChain.js";
