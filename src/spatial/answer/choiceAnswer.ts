import { kindInfo } from "../QuestionKind.js";
import type { TypedQuestion } from "../SpatialQuestion.js";
import { type AnswerReading, refuse } from "./AnswerReading.js";
import { spokenConfidence } from "./confidence.js";
import { mentionsIn } from "./mentions.js";
import { relationStatements } from "./relationStatement.js";
import type { Token } from "./tokens.js";

const UNDECIDED = new Set("neither both same equal equally identical".split(" "));

/** "The can.", "The can is taller than the bottle.", "The bottle is shorter." */
export function choiceAnswer(
  tokens: readonly Token[],
  question: TypedQuestion,
): AnswerReading | undefined {
  const undecided = tokens.find((token) => UNDECIDED.has(token.text));
  const relation = kindInfo(question.kind).relations[0]!;
  const stated = relationStatements(tokens, question, relation).find(
    ({ named, negated }) => named && !negated,
  );
  if (stated && !undecided) return chosen(stated.relation === relation, tokens);
  if (undecided)
    return refuse("unclear", `the answer names no single object ("${undecided.text}")`);
  const named = new Set(mentionsIn(tokens, question).map(({ who }) => who));
  return named.size === 1 ? chosen(named.has("subject"), tokens) : undefined;
}

function chosen(subject: boolean, tokens: readonly Token[]): AnswerReading {
  const choice = subject ? "subject" : "object";
  return { value: { shape: "choice", choice, confidence: spokenConfidence(tokens) } };
}

/** "To the left.", "It is taller than the bottle." for the kinds that name two relations. */
export function classAnswer(
  tokens: readonly Token[],
  question: TypedQuestion,
): AnswerReading | undefined {
  const [first, second] = kindInfo(question.kind).relations;
  const undecided = tokens.find((token) => UNDECIDED.has(token.text));
  if (undecided) return refuse("unclear", `the answer names no relation ("${undecided.text}")`);
  const statements = relationStatements(tokens, question, first!);
  const said = new Set(statements.filter(({ negated }) => !negated).map((s) => s.relation));
  if (said.size > 1) return refuse("contradiction", `the answer says both ${first} and ${second}`);
  const relation = [...said][0] ?? deniedOpposite(statements);
  if (relation === undefined) return undefined;
  const confidence = said.size === 1 ? spokenConfidence(tokens) : 0.65;
  return { value: { shape: "class", relation, confidence } };

  function deniedOpposite(all: typeof statements) {
    const denied = all[0]?.relation;
    return denied === undefined ? undefined : denied === first ? second : first;
  }
}
