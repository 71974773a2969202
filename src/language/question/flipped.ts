import { kindInfo, type QuestionKind } from "../QuestionKind.js";
import type { AnswerValue } from "../SpatialAnswer.js";

/**
 * What the answer must become where the two sides of a question change places: subject and object
 * in a swap, left and right in a mirror. Unsigned lengths stay what they are.
 */
export function flipped(value: AnswerValue, kind: QuestionKind): AnswerValue {
  const { relations, signed } = kindInfo(kind);
  switch (value.shape) {
    case "quantity":
      return signed ? { ...value, valueM: -value.valueM } : value;
    case "yes_no":
      return { ...value, yes: !value.yes };
    case "choice":
      return { ...value, choice: value.choice === "subject" ? "object" : "subject" };
    case "class": {
      const opposite = relations.find((relation) => relation !== value.relation);
      return { ...value, relation: opposite! };
    }
  }
}
