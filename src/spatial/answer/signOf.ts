import type { QuestionKind, Relation } from "../QuestionKind.js";
import type { TypedQuestion } from "../SpatialQuestion.js";
import { relationStatements } from "./relationStatement.js";
import { clauseAround } from "./selectStatement.js";
import type { Statement } from "./statements.js";
import type { Token } from "./tokens.js";

const DIRECTIONS: Readonly<Partial<Record<QuestionKind, Relation>>> = {
  left_difference: "left",
  right_difference: "right",
  above_difference: "above",
  below_difference: "below",
  behind_difference: "behind",
  front_difference: "front",
};

/**
 * +1 where the words around a length point the way that the kind counts, −1 where they point the
 * other way ("5 cm to the right" of a left_difference, "the bowl is 5 cm to the left").
 */
export function signOf(
  statement: Statement,
  tokens: readonly Token[],
  question: TypedQuestion,
): 1 | -1 {
  const direction = DIRECTIONS[question.kind];
  if (direction === undefined) return 1;
  const { start, next } = clauseAround(tokens, statement.length);
  const said = relationStatements(tokens.slice(start, next), question, direction)[0];
  return said === undefined || said.relation === direction ? 1 : -1;
}
