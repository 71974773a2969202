export { type ChainSettings, chainSettings } from "./chainSettings.js";
export { vlmChain } from "./vlmChain.js";
