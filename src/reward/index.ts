export {
  compileCondition,
  compileExpression,
  ExpressionError,
  type RewardExpression,
} from "../expression/index.js";
export type { Estimate, ValueFilter } from "./Estimate.js";
export * from "./MajorityFilter.js";
export * from "./MeasurementFilter.js";
export * from "./RewardSample.js";
export * from "./RewardTracker.js";
export * from "./Shaping.js";
