export * from "./QuestionKind.js";
export * from "./SpatialAnswer.js";
export * from "./SpatialFact.js";
export * from "./SpatialQuestion.js";
