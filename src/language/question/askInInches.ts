import type { TypedQuestion } from "../SpatialQuestion.js";

/**
 * The question about a length, asked for in a unit that is not what one would say at that size: it
 * has to be worked out. The answer must be the same length.
 */
export function askInInches(question: TypedQuestion): TypedQuestion {
  return { ...question, text: `${question.text} Give the answer in inches.` };
}
