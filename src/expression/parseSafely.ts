import { createRequire } from "node:module";
import type { MathNode } from "mathjs/number";
import { ExpressionError } from "./ExpressionError.js";

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
export function parseSafely(text: string): MathNode {
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
