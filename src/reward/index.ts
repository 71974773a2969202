export { termsMayBeNegative } from "./mayBeNegative.js";
export * from "./RewardSample.js";
export * from "./RewardTracker.js";
export * from "./Shaping.js";
