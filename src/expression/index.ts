export { ExpressionError, type ExpressionProblem, suggestion } from "./ExpressionError.js";
export {
  CONSTANTS,
  type ExpressionFunction,
  FUNCTIONS,
  isIdentifier,
  nameProblem,
} from "./names.js";
export {
  compileCondition,
  compileExpression,
  type RewardExpression,
  type Variables,
} from "./RewardExpression.js";
export * from "./units.js";
