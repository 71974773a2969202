export { ExpressionError, suggestion } from "./ExpressionError.js";
export { FUNCTIONS, isIdentifier, nameProblem } from "./names.js";
export { compileCondition, compileExpression, type RewardExpression } from "./RewardExpression.js";
export * from "./units.js";
