import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { MathNode } from "mathjs/number";
import { packageFile } from "../base/index.js";
import { ExpressionError } from "./ExpressionError.js";

type Mathjs = typeof import("mathjs/number");

const require = createRequire(import.meta.url);

/**
 * mathjs loads as a whole or not at all, in half a second of CPU. The build bundles its parser
 * alone, which loads in a hundredth of one.
 */
const PARSER = fileURLToPath(packageFile("dist/expression/mathjs.cjs"));

const MAX_LENGTH = 1000;
const MAX_NESTING = 32;
/** What other languages and word processors write, and how it is written here. */
const INSTEAD: ReadonlyMap<string, string> = new Map([
  ["&", "and"],
  ["|", "or"],
  ["−", "-"],
  ["–", "-"],
  ["×", "*"],
  ["·", "*"],
  ["÷", "/"],
  ["≤", "<="],
  ["≥", ">="],
  ["≠", "!="],
  ["²", "^2"],
  ["³", "^3"],
  ["°", "deg"],
  ["√", "sqrt( )"],
  ["[", "("],
  ["{", "("],
]);
/** mathjs tries each percent sign as a percentage first: its time doubles with each in another. */
const MAX_PERCENTS = 8;

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
    const instead = INSTEAD.get(stranger[0]);
    const advice = instead === undefined ? "" : `: write \`${instead}\``;
    fail(
      `"${stranger[0]}" has no place in an expression${advice}`,
      stranger.index,
      stranger[0].length,
    );
  }
  const comma = /(?<![\w.(])\d+,\d+(?=\s*(?:[a-z]+\b)?\s*(?:$|[<>=)+*/-]|and\b|or\b))/i.exec(text);
  if (comma && !/[A-Za-z]\s*\(/.test(text.slice(0, comma.index))) {
    const point = comma[0].replace(",", ".");
    fail(`a decimal number has a point: write \`${point}\``, comma.index, comma[0].length);
  }
  const based = /\b0[xob]\w*/i.exec(text);
  if (based) fail(`${based[0]} is not a decimal number`, based.index, based[0].length);
  checkParentheses(text, fail);
  const surplus = [...text.matchAll(/%/g)][MAX_PERCENTS];
  if (surplus) fail(`an expression has at most ${MAX_PERCENTS} percent signs`, surplus.index);
  const { parse }: Pick<Mathjs, "parse"> = require(PARSER);
  try {
    return parse(text.replace(/[\r\n]/g, " "));
  } catch (error) {
    const { char = 1, message } = error as SyntaxError & { char?: number };
    const what = message.replace(/\s*\(char \d+\)$/, "");
    return fail(`not an expression: ${what}`, Math.min(Math.max(char - 1, 0), text.length));
  }
}

/** mathjs overlooks a parenthesis that is missing behind a percent sign. */
function checkParentheses(text: string, fail: (message: string, offset: number) => never): void {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "(") depth += 1;
    else if (text[i] === ")") depth -= 1;
    if (depth > MAX_NESTING) fail(`parentheses are nested deeper than ${MAX_NESTING}`, i);
    if (depth < 0) fail('not an expression: Unexpected operator ")"', i);
  }
  if (depth > 0) fail("not an expression: Parenthesis ) expected", text.length);
}
