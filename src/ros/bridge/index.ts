export { BridgeError } from "./BridgeError.js";
export type { CreateModel } from "./ModelSlot.js";
export { type Bridge, type BridgeOptions, startBridge } from "./startBridge.js";
export type { BridgeStatus } from "./statusMessage.js";
