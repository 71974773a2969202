export * from "./ExpressionError.js";
export * from "./functions.js";
export * from "./names.js";
export * from "./RewardExpression.js";
export * from "./suggestion.js";
export * from "./units.js";
