export type { AnswerReading } from "./answer/AnswerReading.js";
export * from "./answer/parseAnswer.js";
export * from "./answerNumber.js";
export * from "./combineAnswers.js";
export * from "./describeFact.js";
export * from "./factOf.js";
export * from "./geometry/index.js";
export * from "./QuestionKind.js";
export {
  type AnswerWording,
  answerPhrasings,
  wordAnswer,
} from "./question/answerPhrasings.js";
export { askInInches } from "./question/askInInches.js";
export { type AskOptions, askQuestion } from "./question/askQuestion.js";
export { flipped } from "./question/flipped.js";
export { interpretQuestion, type QuestionProblem } from "./question/interpretQuestion.js";
export { matchObject, type ObjectMatch } from "./question/matchObject.js";
export { phrasings } from "./question/phrasings.js";
export * from "./question/QuestionError.js";
export { swapObjects } from "./question/swapObjects.js";
export * from "./SpatialAnswer.js";
export * from "./SpatialFact.js";
export * from "./SpatialQuestion.js";
