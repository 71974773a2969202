import type { AnswerValue, TypedQuestion } from "../../language/index.js";

/** The answer as one would say it: "0.342 m", "Yes", "the red mug", "left". */
export function wording(question: TypedQuestion, value: AnswerValue): string {
  switch (value.shape) {
    case "quantity":
      return `${value.valueM.toFixed(3)} m`;
    case "yes_no":
      return value.yes ? "Yes" : "No";
    case "choice":
      return (value.choice === "subject" ? question.subject : question.object)?.phrase ?? "";
    case "class":
      return value.relation;
  }
}
