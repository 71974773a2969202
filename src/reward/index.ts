export {
  compileCondition,
  compileExpression,
  ExpressionError,
  type RewardExpression,
} from "../expression/index.js";
export { termsMayBeNegative } from "./mayBeNegative.js";
export * from "./RewardSample.js";
export * from "./RewardTracker.js";
export * from "./Shaping.js";
