export * from "./RewardSample.js";
