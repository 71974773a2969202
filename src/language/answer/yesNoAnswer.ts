import { kindInfo } from "../QuestionKind.js";
import type { SpatialQuestion, TypedQuestion } from "../SpatialQuestion.js";
import { type AnswerReading, refuse } from "./AnswerReading.js";
import { clausesOf } from "./clauses.js";
import { spokenConfidence } from "./confidence.js";
import { relationStatements } from "./relationStatement.js";
import type { Token } from "./tokens.js";
import { type Verdict, verdictAlone, verdictAtStart } from "./verdict.js";

/** Reads yes or no; undefined where the text says neither. */
export function yesNoAnswer(
  tokens: readonly Token[],
  question: SpatialQuestion,
): AnswerReading | undefined {
  const lead = verdictAtStart(tokens) ?? lastVerdictAlone(tokens);
  // The verdict's own words ("right") are no statement about the objects.
  const rest =
    lead === undefined ? tokens : [...tokens.slice(0, lead.start), ...tokens.slice(lead.next)];
  const stated = question.kind === "open" ? undefined : statedVerdict(rest, question);
  if (stated === "both") {
    return refuse("contradiction", "the answer says both yes and no");
  }
  if (lead !== undefined && stated !== undefined && lead.yes !== stated) {
    return refuse(
      "contradiction",
      `the answer says ${lead.yes ? "yes" : "no"}, but what it says of the objects means ${stated ? "yes" : "no"}`,
    );
  }
  const yes = stated ?? lead?.yes;
  if (yes === undefined) return undefined;
  return { value: { shape: "yes_no", yes, confidence: spokenConfidence(tokens) } };
}

/** The last clause that is a verdict and nothing else: "Looking at both, yes." */
function lastVerdictAlone(tokens: readonly Token[]): Verdict | undefined {
  return clausesOf(tokens)
    .map((clause) => verdictAlone(tokens, clause))
    .findLast((verdict) => verdict !== undefined);
}

/** The verdict of what is said about the question's relation; all statements must agree. */
function statedVerdict(
  tokens: readonly Token[],
  question: TypedQuestion,
): boolean | "both" | undefined {
  const relation = kindInfo(question.kind).relations[0]!;
  const verdicts = relationStatements(tokens, question, relation).flatMap((statement) => {
    if (statement.equal) return [false];
    const holds = statement.relation === relation;
    // Not right of it is not yet left of it.
    if (statement.negated) return holds ? [false] : [];
    return [holds];
  });
  if (verdicts.length === 0) return undefined;
  return verdicts.every((verdict) => verdict === verdicts[0]) ? verdicts[0] : "both";
}
