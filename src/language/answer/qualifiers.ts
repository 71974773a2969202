import { itemAt } from "../../base/index.js";
import { endsClause, endsSentence, isOneOf, type Token, wordSet } from "./tokens.js";
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
  /** Its sentence is a question: "Is it more than 30 cm?" */
  readonly asked: boolean;
}

const HEDGES = wordSet(
  "about roughly approximately approx around circa ca nearly almost maybe perhaps probably possibly " +
    "likely estimate estimated estimating guess guessing seems seem appears appear looks might " +
    "could approximate ballpark somewhere shy ~ ≈",
);
const AFTER_HEDGES = wordSet("approximately roughly approx ish maybe perhaps probably");
const PREMISES = wordSet(
  "initially if whether assuming assume suppose supposing typical typically usually standard reference comparison",
);
const NEGATIONS = wordSet("not isn't wasn't never cannot can't");
const SOFTENERS = wordSet("just slightly little bit barely tad hair");

const BOUNDS: readonly (readonly [words: readonly string[], bound: "upper" | "lower"])[] = [
  [["fewer", "than"], "upper"],
  [["a", "maximum", "of"], "upper"],
  [["at", "maximum"], "upper"],
  [["as", "much", "as"], "upper"],
  [["below"], "upper"],
  [["a", "minimum", "of"], "lower"],
  [["at", "minimum"], "lower"],
  [["a", "minimum"], "lower"],
  [["in", "excess", "of"], "lower"],
  [["upwards", "of"], "lower"],
  [["exceeds"], "lower"],
  [["exceed"], "lower"],
  [["exceeding"], "lower"],
  [["above"], "lower"],
  [["at", "most"], "upper"],
  [["up", "to"], "upper"],
  [["under"], "upper"],
  [["within"], "upper"],
  [["<"], "upper"],
  [["≤"], "upper"],
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
const MORE = wordSet(
  "more greater taller wider larger longer bigger higher farther further deeper broader thicker",
);
const LESS = wordSet("less smaller shorter narrower closer nearer lower thinner shallower slimmer");
const AND_MORE = wordSet(
  "up above more beyond over upwards taller wider longer farther further higher",
);
const AND_LESS = wordSet("less below under shorter narrower closer nearer lower");
const OPPOSITE = { upper: "lower", lower: "upper" } as const;
/** How far a hedge may stand before its length. */
const REACH = 30;

/** Reads the clause around the length whose tokens are `start` … `next` − 1. */
export function qualifiersOf(tokens: readonly Token[], start: number, next: number): Qualifiers {
  let hedged = hedgedAfter(tokens, next);
  let negated = false;
  let premise = isOperand(tokens, start, next);
  for (let index = start - 1; index >= Math.max(0, start - REACH); index--) {
    const token = itemAt(tokens, index);
    // "For reference, a mug is 10 cm tall": the comma does not end what it introduces.
    const introduces =
      token.text === "," &&
      isOneOf(tokens, index - 1, ["reference", "comparison"]) &&
      isOneOf(tokens, index - 2, ["for", "by", "in"]);
    // "It is about three mugs, which is 28 cm": said of the same.
    const goesOn = token.text === "," && isOneOf(tokens, index + 1, ["which"]);
    if (endsClause(token) && !introduces && !goesOn && !isAbbreviationDot(tokens, index)) break;
    hedged ||= HEDGES.has(token.text);
    premise ||=
      PREMISES.has(token.text) && !isOneOf(tokens, index - 2, ["as"]) && !isManner(tokens, index);
    // "It is not 30 cm" denies the length; "it is not far, 30 cm" does not.
    negated ||= NEGATIONS.has(token.text) && onlyHedgesBetween(tokens, index + 1, start);
  }
  premise ||= isImagined(tokens, start);
  premise ||= isStartOfSum(tokens, start, next);
  // "Some 27 cm", "on the order of 27 cm"
  hedged ||= isOneOf(tokens, start - 1, ["some"]);
  hedged ||= isOneOf(tokens, start - 1, ["of"]) && isOneOf(tokens, start - 2, NEIGHBOURHOODS);
  hedged ||= isOneOf(tokens, start - 1, ["say"]);
  hedged ||=
    isOneOf(tokens, start - 1, ["like"]) && isOneOf(tokens, start - 2, ["more", "something"]);
  const bound = boundBefore(tokens, start) ?? boundAfter(tokens, next);
  const asked = isAsked(tokens, next);
  if (bound === undefined) {
    return { hedged: hedged || isNearMiss(tokens, start), negated, premise, asked };
  }
  if (bound.softened) return { hedged: true, negated: false, premise, asked };
  return { hedged, bound: bound.bound, negated: false, premise, asked };
}

const NEIGHBOURHOODS = wordSet("order neighborhood neighbourhood region vicinity range");

/** "If I had to guess": how it is said, and no condition. */
function isManner(tokens: readonly Token[], index: number): boolean {
  return (
    isOneOf(tokens, index, ["if"]) &&
    isOneOf(tokens, index + 1, ["i"]) &&
    isOneOf(tokens, index + 2, ["had", "were", "must"])
  );
}

const SUMS = wordSet(
  "subtract subtracting deduct deducting add adding multiply multiplying divide dividing halve halving double doubling",
);

/** "Start with 40 cm, subtract 4 cm: 36 cm": of a sum in words, only the last length is what it comes to. */
function isStartOfSum(tokens: readonly Token[], start: number, next: number): boolean {
  let first = start;
  while (first > Math.max(0, start - REACH) && !endsSentence(itemAt(tokens, first - 1))) first--;
  const rest = tokens.slice(next, next + SENTENCE_REACH);
  const end = rest.findIndex(endsSentence);
  const after = end < 0 ? rest : rest.slice(0, end);
  const hasMore = after.some(
    ({ type }, i) => type === "number" && unitOf(after[i + 1]?.text ?? "") !== undefined,
  );
  return hasMore && [...tokens.slice(first, start), ...after].some(({ text }) => SUMS.has(text));
}

/** "If they touched, the gap would be 0 cm"; but not "If I had to guess, I would say 30 cm". */
function isImagined(tokens: readonly Token[], start: number): boolean {
  let first = start;
  while (first > Math.max(0, start - REACH) && !endsSentence(itemAt(tokens, first - 1))) first--;
  const words = tokens.slice(first, start).map(({ text }) => text);
  const condition = words.indexOf("if");
  const speaker = ["i", "you", "we"].includes(words[condition + 1] ?? "");
  return condition >= 0 && !speaker && words.includes("would");
}

/** How far the end of a sentence is looked for. */
const SENTENCE_REACH = 60;

function isAsked(tokens: readonly Token[], next: number): boolean {
  const rest = tokens.slice(next, next + SENTENCE_REACH);
  return rest.find(endsSentence)?.text === "?";
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
  const at = isOneOf(tokens, next, ["-", "(", ","]) ? next + 1 : next;
  if (isOneOf(tokens, at, AFTER_HEDGES)) return true;
  if (
    isOneOf(tokens, at, ["i"]) &&
    isOneOf(tokens, at + 1, ["think", "guess", "believe", "reckon"])
  ) {
    return true;
  }
  if (
    isOneOf(tokens, at, ["i'd", "i"]) &&
    tokens.slice(at, at + 3).some(({ text }) => text === "say")
  ) {
    return true;
  }
  const pair = `${tokens[next]?.text} ${tokens[next + 1]?.text}`;
  return pair === "or so" || pair === "or thereabouts" || pair === "give or" || pair === "more or";
}

function boundBefore(
  tokens: readonly Token[],
  start: number,
): { bound: "upper" | "lower"; softened: boolean } | undefined {
  let end = start;
  while (isOneOf(tokens, end - 1, ["about", "roughly", "approximately", "around", "a"])) end--;
  const compared = comparedBefore(tokens, end);
  if (compared) return compared;
  for (const [phrase, bound] of BOUNDS) {
    const first = end - phrase.length;
    if (first < 0 || !phrase.every((word, offset) => itemAt(tokens, first + offset).text === word))
      continue;
    const denied = isOneOf(tokens, first - 1, DENIALS);
    return {
      bound: denied ? OPPOSITE[bound] : bound,
      softened: isOneOf(tokens, first - 1, SOFTENERS),
    };
  }
  return undefined;
}

const DENIALS = wordSet("no not isn't aren't never doesn't");

/** "wider than 28 cm", "no farther away than 28 cm". */
function comparedBefore(
  tokens: readonly Token[],
  end: number,
): { bound: "upper" | "lower"; softened: boolean } | undefined {
  if (!isOneOf(tokens, end - 1, ["than"])) return undefined;
  const at = isOneOf(tokens, end - 2, ["away", "apart", "up", "off"]) ? end - 3 : end - 2;
  const bound = isOneOf(tokens, at, MORE)
    ? "lower"
    : isOneOf(tokens, at, LESS)
      ? "upper"
      : undefined;
  if (bound === undefined) return undefined;
  const denied = isOneOf(tokens, at - 1, DENIALS);
  const softened = isOneOf(tokens, at - 1, SOFTENERS);
  return { bound: denied ? OPPOSITE[bound] : bound, softened };
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
  // "30 cm or taller", "30 cm and up"
  if (!isOneOf(tokens, next, ["or", "and"])) return undefined;
  const ends = tokens[next + 2] === undefined || endsClause(itemAt(tokens, next + 2));
  if (!ends) return undefined;
  if (isOneOf(tokens, next + 1, AND_MORE)) return { bound: "lower", softened: false };
  return isOneOf(tokens, next + 1, AND_LESS) ? { bound: "upper", softened: false } : undefined;
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
