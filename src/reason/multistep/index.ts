export * from "./MultiStepQuestion.js";
export { MULTI_STEP_PHRASINGS } from "./phrasings.js";
export { readMultiStep } from "./readMultiStep.js";
export { wordMultiStep } from "./wordMultiStep.js";
