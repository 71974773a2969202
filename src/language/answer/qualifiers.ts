import { itemAt } from "../../base/index.js";
import { endsClause, isOneOf, type Token, wordSet } from "./tokens.js";
import { unitOf } from "./units.js";

/** What the words around a length do to it. */
export interface Qualifiers {
  /** "about", "I guess": the speaker vouches for less than the digits say. */
  readonly hedged: boolean;
  /** "less than": the length is an upper bound; "at least": a lower one. */
  readonly bound?: "upper" | "lower";
  /** "not 30 cm". */
  readonly negated: boolean;
  /** "if the mug is 10 cm tall", "a typical mug …", "8 cm × 4": used, not answered. */
  readonly premise: boolean;
}

const HEDGES = wordSet(
  "about roughly approximately approx around circa ca nearly almost maybe perhaps probably possibly " +
    "likely estimate estimated estimating guess guessing seems seem appears appear looks might " +
    "could approximate ballpark somewhere ~ ≈",
);
const AFTER_HEDGES = wordSet("approximately roughly approx ish maybe perhaps probably");
const PREMISES = wordSet(
  "initially if assuming assume suppose supposing typical typically usually standard reference comparison",
);
const NEGATIONS = wordSet("not isn't wasn't never cannot can't");
const SOFTENERS = wordSet("just slightly little bit barely tad hair");

const BOUNDS: readonly (readonly [words: readonly string[], bound: "upper" | "lower"])[] = [
  [["no", "more", "than"], "upper"],
  [["not", "more", "than"], "upper"],
  [["no", "less", "than"], "lower"],
  [["not", "less", "than"], "lower"],
  [["less", "than"], "upper"],
  [["fewer", "than"], "upper"],
  [["at", "most"], "upper"],
  [["up", "to"], "upper"],
  [["under"], "upper"],
  [["within"], "upper"],
  [["<"], "upper"],
  [["≤"], "upper"],
  [["more", "than"], "lower"],
  [["greater", "than"], "lower"],
  [["at", "least"], "lower"],
  [["over"], "lower"],
  [["beyond"], "lower"],
  [[">"], "lower"],
  [["≥"], "lower"],
];
const AFTER_BOUNDS: readonly (readonly [words: readonly string[], bound: "upper" | "lower"])[] = [
  [["or", "less"], "upper"],
  [["at", "most"], "upper"],
  [["or", "more"], "lower"],
  [["at", "least"], "lower"],
];
/** How far a hedge may stand before its length. */
const REACH = 10;

/** Reads the clause around the length whose tokens are `start` … `next` − 1. */
export function qualifiersOf(tokens: readonly Token[], start: number, next: number): Qualifiers {
  let hedged = hedgedAfter(tokens, next);
  let negated = false;
  let premise = isOperand(tokens, start, next);
  for (let index = start - 1; index >= Math.max(0, start - REACH); index--) {
    const token = itemAt(tokens, index);
    // "For reference, a mug is 10 cm tall": the comma does not end what it introduces.
    const introduces =
      token.text === "," && isOneOf(tokens, index - 1, ["reference", "comparison"]);
    if (endsClause(token) && !introduces && !isAbbreviationDot(tokens, index)) break;
    hedged ||= HEDGES.has(token.text);
    premise ||= PREMISES.has(token.text);
    // "It is not 30 cm" denies the length; "it is not far, 30 cm" does not.
    negated ||= NEGATIONS.has(token.text) && onlyHedgesBetween(tokens, index + 1, start);
  }
  const bound = boundBefore(tokens, start) ?? boundAfter(tokens, next);
  if (bound === undefined) {
    return { hedged: hedged || isNearMiss(tokens, start), negated, premise };
  }
  if (bound.softened) return { hedged: true, negated: false, premise };
  return { hedged, bound: bound.bound, negated: false, premise };
}

const OPERATORS = ["+", "×", "x", "plus", "times", "minus"];

/** "25 cm + 10 cm", "8 cm × 4": no result, what it is made of. */
function isOperand(tokens: readonly Token[], start: number, next: number): boolean {
  const computes = (index: number, other: number) =>
    isOneOf(tokens, index, OPERATORS) && tokens[other]?.type === "number";
  if (computes(next, next + 1)) return true;
  const left = tokens[start - 2];
  const follows = left?.type === "number" || unitOf(left?.text ?? "") !== undefined;
  return follows && isOneOf(tokens, start - 1, OPERATORS);
}

function hedgedAfter(tokens: readonly Token[], next: number): boolean {
  const at = isOneOf(tokens, next, ["-"]) ? next + 1 : next;
  if (isOneOf(tokens, at, AFTER_HEDGES)) return true;
  const pair = `${tokens[next]?.text} ${tokens[next + 1]?.text}`;
  return pair === "or so" || pair === "give or" || pair === "more or";
}

function boundBefore(
  tokens: readonly Token[],
  start: number,
): { bound: "upper" | "lower"; softened: boolean } | undefined {
  let end = start;
  while (isOneOf(tokens, end - 1, ["about", "roughly", "approximately", "around", "a"])) end--;
  for (const [phrase, bound] of BOUNDS) {
    const first = end - phrase.length;
    if (first < 0 || !phrase.every((word, offset) => itemAt(tokens, first + offset).text === word))
      continue;
    return { bound, softened: isOneOf(tokens, first - 1, SOFTENERS) };
  }
  return undefined;
}

function boundAfter(
  tokens: readonly Token[],
  next: number,
): { bound: "upper" | "lower"; softened: boolean } | undefined {
  for (const [phrase, bound] of AFTER_BOUNDS) {
    if (phrase.every((word, offset) => tokens[next + offset]?.text === word)) {
      return { bound, softened: false };
    }
  }
  return undefined;
}

function onlyHedgesBetween(tokens: readonly Token[], start: number, next: number): boolean {
  for (let index = start; index < next; index++) {
    if (!HEDGES.has(itemAt(tokens, index).text)) return false;
  }
  return true;
}

/** "not exactly 30 cm", "not quite 30 cm": near it, not other than it. */
function isNearMiss(tokens: readonly Token[], start: number): boolean {
  return isOneOf(tokens, start - 1, ["exactly", "quite"]) && isOneOf(tokens, start - 2, NEGATIONS);
}

function isAbbreviationDot(tokens: readonly Token[], index: number): boolean {
  return (
    itemAt(tokens, index).text === "." && isOneOf(tokens, index - 1, ["approx", "ca", "c", "est"])
  );
}
