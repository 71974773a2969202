import { oppositeOf, type Relation, relationOf } from "../QuestionKind.js";
import { type AnswerReading, type Refusal, type RefusalReason, refuse } from "../SpatialAnswer.js";
import type { TypedQuestion } from "../SpatialQuestion.js";
import { spokenConfidence } from "./doubt.js";
import { mentionsIn } from "./mentions.js";
import { type RelationStatement, relationStatements } from "./relations.js";
import { type Token, wordSet } from "./tokens.js";

/** A relation that follows only from the denial of its opposite. */
const DENIED_CONFIDENCE = 0.65;
const UNDECIDED = wordSet("neither both same equal equally identical");

/** "The can.", "The can is taller than the bottle.", "The bottle is shorter." */
export function choiceAnswer(
  tokens: readonly Token[],
  question: TypedQuestion,
): AnswerReading | undefined {
  const relation = relationOf(question.kind);
  const statements = relationStatements(tokens, question, relation).filter(({ named }) => named);
  const stated = agreedRelation(statements, tokens);
  if (stated && "refusal" in stated) return stated;
  if (stated) return chosen(stated.relation === relation, stated.confidence);
  const undecided = undecidedIn(tokens);
  if (undecided) return undecided;
  const named = new Set(mentionsIn(tokens, question).map(({ who }) => who));
  return named.size === 1 ? chosen(named.has("subject"), spokenConfidence(tokens)) : undefined;
}

function chosen(subject: boolean, confidence: number): AnswerReading {
  return { value: { shape: "choice", choice: subject ? "subject" : "object", confidence } };
}

/** "To the left.", "It is taller than the bottle." for the kinds that name two relations. */
export function classAnswer(
  tokens: readonly Token[],
  question: TypedQuestion,
): AnswerReading | undefined {
  const statements = relationStatements(tokens, question, relationOf(question.kind));
  const stated = agreedRelation(statements, tokens);
  if (stated && "refusal" in stated) return stated;
  if (stated === undefined) return undecidedIn(tokens);
  return {
    value: { shape: "class", relation: stated.relation, confidence: stated.confidence },
  };
}

type Agreement =
  | { readonly relation: Relation; readonly confidence: number }
  | { readonly refusal: Refusal };

/** The one relation that the statements come to, or why they come to none. */
function agreedRelation(
  statements: readonly RelationStatement[],
  tokens: readonly Token[],
): Agreement | undefined {
  const [equal] = statements.filter((statement) => statement.equal);
  if (equal) return refusal("unclear", `the answer holds both objects equal: "${wordsOf(tokens)}"`);
  const said = new Set(statements.filter(({ negated }) => !negated).map((s) => s.relation));
  const [relation, other] = said;
  if (other) return refusal("contradiction", `the answer says both ${relation} and ${other}`);
  if (relation) return { relation, confidence: spokenConfidence(tokens) };
  const denied = statements[0];
  return denied && { relation: oppositeOf(denied.relation), confidence: DENIED_CONFIDENCE };
}

function refusal(reason: RefusalReason, detail: string): Agreement {
  return { refusal: { reason, detail } };
}

function undecidedIn(tokens: readonly Token[]): AnswerReading | undefined {
  return tokens.some((token) => UNDECIDED.has(token.text))
    ? refuse("unclear", `the answer does not decide: "${wordsOf(tokens)}"`)
    : undefined;
}

function wordsOf(tokens: readonly Token[]): string {
  return tokens
    .slice(0, 30)
    .map((token) => token.text)
    .join(" ");
}
