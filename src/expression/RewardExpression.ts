import { createRequire } from "node:module";
import type { MathNode } from "mathjs/number";
import { ExpressionError } from "./ExpressionError.js";
import { translate } from "./translate.js";
import type { VariableKind } from "./units.js";

/** The variables of an expression by name. A list of names means plain numbers. */
export type Variables = Iterable<string> | ReadonlyMap<string, VariableKind>;

/** An expression, checked and compiled once. */
export interface RewardExpression {
  readonly text: string;
  /** The variables that it uses, in order of appearance. */
  readonly names: readonly string[];
  /** What its value is, as far as units tell: a product of lengths is a plain number. */
  readonly kind: VariableKind;
  /**
   * Its value; for a condition 1 (holds), 0 (does not) or NaN (cannot be told). A variable that
   * is missing counts as NaN: `and` and `or` still decide where the other side settles it.
   * Arithmetic may give NaN or Infinity (a division by zero): the caller must look.
   */
  evaluate(values: Readonly<Record<string, number>>): number;
}

/**
 * Compiles an arithmetic expression of a task file. Text from strangers is safe: mathjs only
 * parses it; the tree is translated node by node from a short list of what is allowed (numbers
 * with units, the given variables, arithmetic, comparison, logic, `a ? b : c`, FUNCTIONS), and
 * nothing of the text is ever run by mathjs or JavaScript.
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
  const { run, names, kind } = translate(parseSafely(text), text, known, wanted);
  return { text, names, kind, evaluate: run };
}

type Mathjs = typeof import("mathjs/number");

const require = createRequire(import.meta.url);

const MAX_LENGTH = 1000;
const MAX_NESTING = 32;

/**
 * mathjs' syntax tree of a text. What the expression language has no use for (strings, matrices,
 * objects, statements, comments) is refused before mathjs sees it, and so is text that is long or
 * deep enough to exhaust its recursive parser.
 * @throws ExpressionError
 */
function parseSafely(text: string): MathNode {
  const fail = (message: string, offset: number, length = 1): never => {
    throw new ExpressionError(text, [{ message, offset, length }]);
  };
  if (text.length > MAX_LENGTH) {
    fail(`an expression has at most ${MAX_LENGTH} characters; this has ${text.length}`, 0);
  }
  if (text.trim() === "") fail("the expression is empty", 0);
  const stranger = /[^A-Za-z0-9_.+\-*/^%<>=!?:(), \t\r\n]/u.exec(text);
  if (stranger) {
    fail(`"${stranger[0]}" has no place in an expression`, stranger.index, stranger[0].length);
  }
  const deep = tooDeep(text);
  if (deep !== undefined) fail(`parentheses are nested deeper than ${MAX_NESTING}`, deep);
  // Loaded with the first expression: mathjs takes 0.3 s, which commands without a task spare.
  const { parse } = require("mathjs/number") as Mathjs;
  try {
    return parse(text.replace(/[\r\n]/g, " "));
  } catch (error) {
    const { char = 1, message } = error as SyntaxError & { char?: number };
    const what = message.replace(/\s*\(char \d+\)$/, "");
    return fail(`not an expression: ${what}`, Math.min(Math.max(char - 1, 0), text.length));
  }
}

/** The place of the parenthesis that goes too deep. */
function tooDeep(text: string): number | undefined {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "(") depth += 1;
    else if (text[i] === ")") depth -= 1;
    if (depth > MAX_NESTING) return i;
  }
  return undefined;
}
