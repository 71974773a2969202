import { kindInfo, type QuestionKind } from "./QuestionKind.js";
import type { AnswerValue } from "./SpatialAnswer.js";

/** An answer as one number, for messages, filters and reward expressions. */
export interface AnswerNumber {
  /** Metres, or 0/1: 1 means yes, the subject, or the first relation of the kind. */
  readonly value: number;
  /** Standard deviation of `value`, in `unit`. */
  readonly sigma: number;
  readonly unit: "m" | "1";
}

/**
 * The numeric view of an answer to a question of `kind`.
 *
 * The sigma of a quantity is its own. An answer of two possible values that is right with
 * probability p (its confidence) is said as v although the truth is 1 − v with probability
 * 1 − p, so its root mean square error is √(1 − p): 0 when sure, 0.71 when guessed.
 */
export function answerNumber(value: AnswerValue, kind: QuestionKind | "open"): AnswerNumber {
  switch (value.shape) {
    case "quantity":
      return { value: value.valueM, sigma: value.sigmaM, unit: "m" };
    case "yes_no":
      return binary(value.yes, value.confidence);
    case "choice":
      return binary(value.choice === "subject", value.confidence);
    case "class":
      return binary(
        kind !== "open" && kindInfo(kind).relations[0] === value.relation,
        value.confidence,
      );
  }
}

function binary(holds: boolean, confidence: number): AnswerNumber {
  return { value: holds ? 1 : 0, sigma: Math.sqrt(1 - confidence), unit: "1" };
}
