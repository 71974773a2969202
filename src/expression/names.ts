import { FUNCTIONS } from "./functions.js";
import { EXPRESSION_UNITS } from "./units.js";

/** Constants of the expression language. */
export const CONSTANTS: ReadonlyMap<string, number> = new Map([
  ["pi", Math.PI],
  ["e", Math.E],
]);

/** Words that are operators or values of the language. */
const WORDS: ReadonlySet<string> = new Set([
  ..."and or not xor mod to in true false null undefined end i Infinity NaN".split(" "),
]);

const IDENTIFIER = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

/** A letter, then letters, digits or `_`, at most 64. */
export function isIdentifier(word: string): boolean {
  return IDENTIFIER.test(word);
}

/**
 * Why a word cannot name a variable of an expression, or undefined where it can:
 * `is a function of the expression language`.
 */
export function nameProblem(word: string): string | undefined {
  if (!isIdentifier(word)) {
    return "is no identifier: a letter, then letters, digits or _, at most 64";
  }
  if (FUNCTIONS.has(word)) return "is a function of the expression language";
  if (CONSTANTS.has(word)) return "is a constant of the expression language";
  if (WORDS.has(word)) return "is a word of the expression language";
  if (EXPRESSION_UNITS.includes(word)) return "is a unit";
  // Variables are looked up in plain objects.
  if (word in Object.prototype) return "is reserved";
  return undefined;
}
