export { type AnswerFields, fieldsAnswer } from "./answer/fieldsAnswer.js";
export * from "./answer/parseAnswer.js";
export { spokenWords, withoutThoughts } from "./answer/spokenWords.js";
export {
  COLOR_WORDS,
  type ColorWord,
  colorNamed,
  colorWordOf,
  mayBeNamed,
  shareNamed,
} from "./colorWords.js";
export { finiteAnswer } from "./finiteAnswer.js";
export { isRobot } from "./isRobot.js";
export { labelIdsOf } from "./labelIds.js";
export * from "./QuestionKind.js";
export { type AnswerWording, answerPhrasings, wordAnswer } from "./question/answerPhrasings.js";
export {
  type AskOptions,
  askInInches,
  askQuestion,
  flipped,
  QuestionError,
  swapObjects,
} from "./question/askQuestion.js";
export {
  interpretQuestion,
  interpretWords,
  type QuestionProblem,
} from "./question/interpretQuestion.js";
export {
  contentWords,
  headOf,
  matchObject,
  mentionedObject,
  type ObjectMatch,
} from "./question/matchObject.js";
export { phrasings } from "./question/phrasings.js";
export { type Reliability, UNMEASURED } from "./Reliability.js";
export {
  type AnswerNumber,
  type AnswerReading,
  type AnswerValue,
  answerNumber,
  combineAnswers,
  isPassing,
  type ObjectEvidence,
  REFUSAL_REASONS,
  type Refusal,
  type RefusalReason,
  type SpatialAnswer,
  withWholeSigma,
} from "./SpatialAnswer.js";
export {
  describeFact,
  type FactSource,
  factOf,
  formatQuantity,
  formatValue,
  type SpatialFact,
} from "./SpatialFact.js";
export * from "./SpatialQuestion.js";
