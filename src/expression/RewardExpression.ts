import type { ExpressionProblem } from "./ExpressionError.js";
import { parseSafely } from "./parseSafely.js";
import { translate } from "./translate.js";
import type { VariableKind } from "./units.js";

/** The variables of an expression by name. A list of names means plain numbers. */
export type Variables = Iterable<string> | ReadonlyMap<string, VariableKind>;

/** An expression, checked and compiled once. */
export interface RewardExpression {
  readonly text: string;
  /** The variables that it uses, in order of appearance. */
  readonly names: readonly string[];
  /** What its value is, according to its units: a product of lengths is a plain number. */
  readonly kind: VariableKind;
  /** Numbers without a unit that are hardly meant in metres or seconds, as 5 in `reach < 5`. */
  readonly doubts: readonly ExpressionProblem[];
  /**
   * Its value; for a condition 1 (holds), 0 (does not) or NaN (unknown). A variable that is missing
   * counts as NaN: `and` and `or` still decide where the other side settles it. Arithmetic may give
   * NaN or Infinity (a division by zero): the caller must look.
   */
  evaluate(values: Readonly<Record<string, number>>): number;
}

/**
 * Compiles an arithmetic expression of a task file. Text from strangers is safe: mathjs only parses
 * it; the tree is translated node by node from a short list of what is allowed (numbers with units,
 * the given variables, arithmetic, comparison, logic, `a ? b : c`, FUNCTIONS), and no part of the
 * text is run by mathjs or JavaScript.
 *
 * @example compileExpression("1 - reach / 50 cm", ["reach"]).evaluate({ reach: 0.1 }) // 0.8
 * @throws ExpressionError with every problem of the text.
 */
export function compileExpression(text: string, variables: Variables): RewardExpression {
  return compile(text, variables, "any");
}

/**
 * The same for a condition (`reach < 2.5 cm and lift > 5 cm`): its result must be a comparison or
 * logic.
 * @throws ExpressionError also for a plain number.
 */
export function compileCondition(text: string, variables: Variables): RewardExpression {
  return compile(text, variables, "condition");
}

function compile(text: string, variables: Variables, wanted: "any" | "condition") {
  const known =
    variables instanceof Map
      ? (variables as ReadonlyMap<string, VariableKind>)
      : new Map([...(variables as Iterable<string>)].map((name) => [name, "1" as const]));
  const { run, names, kind, doubts } = translate(parseSafely(text), text, known, wanted);
  return { text, names, kind, doubts, evaluate: run };
}
