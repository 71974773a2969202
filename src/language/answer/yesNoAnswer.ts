import { type Relation, relationOf } from "../QuestionKind.js";
import { type AnswerReading, refuse } from "../SpatialAnswer.js";
import type { SpatialQuestion } from "../SpatialQuestion.js";
import { spokenConfidence } from "./doubt.js";
import type { Evidence } from "./relationForms.js";
import { tokenise } from "./tokens.js";
import { readVerdicts } from "./verdictClauses.js";

/** Reads yes or no; undefined if the text says neither. */
export function yesNoAnswer(
  normalised: string,
  question: SpatialQuestion,
): AnswerReading | undefined {
  const read = readVerdicts(normalised, question);
  if (!("evidence" in read)) return refuse(read.reason, read.detail);
  const relation = question.kind === "open" ? undefined : relationOf(question.kind);
  const said = read.evidence.flatMap((it) => verdictOf(it, relation));
  const [yes] = said;
  if (yes === undefined) return undefined;
  if (said.some((one) => one !== yes)) {
    return refuse("contradiction", "the answer says both yes and no");
  }
  return { value: { shape: "yes_no", yes, confidence: spokenConfidence(tokenise(normalised)) } };
}

/** The verdicts that a clause comes to: not right of it is not yet left of it. */
function verdictOf(it: Evidence, relation: Relation | undefined): readonly boolean[] {
  switch (it.says) {
    case "verdict":
      return [it.yes];
    case "equal":
      return [false];
    case "relation":
      if (it.negated) return it.relation === relation ? [false] : [];
      return [it.relation === relation];
    case "name":
      return [];
  }
}
