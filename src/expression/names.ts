import { clamp } from "../base/index.js";
import { EXPRESSION_UNITS } from "./units.js";

/** A function that expressions may call. All take and give plain numbers. */
export interface ExpressionFunction {
  /** As one writes it: `clamp(x, low, high)`. */
  readonly usage: string;
  readonly meaning: string;
  readonly minArguments: number;
  readonly maxArguments: number;
  /** Its arguments (all, or those of these places) must be of one dimension, which is also its result's. */
  readonly keepsDimension: boolean;
  readonly apply: (...args: number[]) => number;
}

/** All functions of the expression language; nothing else can be called. */
export const FUNCTIONS: ReadonlyMap<string, ExpressionFunction> = new Map([
  one("abs(x)", "|x|", Math.abs, true),
  one("sign(x)", "−1, 0 or 1", Math.sign),
  many("min(a, b, …)", "the least", Math.min),
  many("max(a, b, …)", "the greatest", Math.max),
  fixed("clamp(x, low, high)", "x, but at least low and at most high", 3, clamp, true),
  many("hypot(a, b, …)", "√(a² + b² + …)", Math.hypot),
  one("sqrt(x)", "√x", Math.sqrt),
  fixed("pow(x, y)", "x^y", 2, (x, y) => x ** y),
  one("exp(x)", "e^x", Math.exp),
  one("log(x)", "the natural logarithm", Math.log),
  one("tanh(x)", "the hyperbolic tangent: −1 … 1", Math.tanh),
  one("sigmoid(x)", "1 / (1 + e^−x): 0 … 1", (x) => 1 / (1 + Math.exp(-x))),
  fixed("smoothstep(low, high, x)", "0 below low, 1 above high, 3t² − 2t³ between", 3, smoothstep),
  one("floor(x)", "the next whole number below", Math.floor, true),
  one("ceil(x)", "the next whole number above", Math.ceil, true),
  one("round(x)", "the nearest whole number", Math.round, true),
  one("sin(x)", "the sine of x radians", Math.sin),
  one("cos(x)", "the cosine of x radians", Math.cos),
]);

type Entry = readonly [string, ExpressionFunction];

function entry(
  usage: string,
  meaning: string,
  [minArguments, maxArguments]: readonly [number, number],
  apply: (...args: number[]) => number,
  keepsDimension: boolean,
): Entry {
  const name = usage.slice(0, usage.indexOf("("));
  return [name, { usage, meaning, minArguments, maxArguments, keepsDimension, apply }];
}

function one(usage: string, meaning: string, apply: (x: number) => number, keeps = false): Entry {
  return entry(usage, meaning, [1, 1], apply as (...args: number[]) => number, keeps);
}

function many(usage: string, meaning: string, apply: (...args: number[]) => number): Entry {
  return entry(usage, meaning, [2, 16], apply, true);
}

function fixed(
  usage: string,
  meaning: string,
  count: number,
  apply: (a: number, b: number, c: number) => number,
  keeps = false,
): Entry {
  return entry(usage, meaning, [count, count], apply as (...args: number[]) => number, keeps);
}

/** With low > high the step goes down, as in GLSL implementations. */
function smoothstep(low: number, high: number, x: number): number {
  const t = clamp((x - low) / (high - low), 0, 1);
  return t * t * (3 - 2 * t);
}

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
 * Why a word cannot name a variable of an expression, or undefined if it can: `is a function of the
 * expression language`.
 */
export function nameProblem(word: string): string | undefined {
  if (!isIdentifier(word)) {
    return "is not an identifier: a letter, then letters, digits or _, at most 64";
  }
  if (FUNCTIONS.has(word)) return "is a function of the expression language";
  if (CONSTANTS.has(word)) return "is a constant of the expression language";
  if (WORDS.has(word)) return "is a word of the expression language";
  if (EXPRESSION_UNITS.includes(word)) return "is a unit";
  // Variables are looked up in plain objects.
  if (word in Object.prototype) return "is reserved";
  return undefined;
}
