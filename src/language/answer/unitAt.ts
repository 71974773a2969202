import { afterHyphen, isOneOf, type Token, touches } from "./tokens.js";
import { type UnitName, unitOf } from "./units.js";

/** Words after which "in" is the inch ("5 in away") and not the preposition ("5 in total"). */
const AFTER_INCH = new Set(
  "away apart from to between above below left right long tall wide high behind deep and or off".split(
    " ",
  ),
);
/** What follows a length in words, but turns it into an area, a volume or a speed. */
const POWERS = new Set(["^", "²", "³", "squared", "cubed"]);
/** Of "0.4 of a metre". */
const ARTICLES = ["a", "an", "one"];

/** The unit after an amount, a hyphen or "of a" between them allowed. */
export function unitAt(
  tokens: readonly Token[],
  amount: { readonly next: number },
): { unit: UnitName; next: number } | undefined {
  const bracketed = isOneOf(tokens, amount.next, ["(", "["]);
  if (bracketed) return bracketedUnitAt(tokens, amount.next);
  const isPart = isOneOf(tokens, amount.next, ["of"]) && isOneOf(tokens, amount.next + 1, ARTICLES);
  const at = isPart ? amount.next + 2 : afterHyphen(tokens, amount.next);
  const word = tokens[at]?.text;
  const unit = word === undefined ? undefined : unitOf(word);
  if (word === undefined || unit === undefined) return undefined;
  const attached = touches(tokens, at - 1);
  if ((word === '"' || word === "'") && (!attached || closesQuote(tokens, at))) return undefined;
  if (word === "in" && !attached && !isInch(tokens, at)) return undefined;
  const after = at + 1;
  if (isOneOf(tokens, after, POWERS)) return undefined;
  const exponent = tokens[after];
  // "m2" is an area, the 2 of 5'2" are inches.
  const raised = tokens[at]!.type === "word" && touches(tokens, at);
  if (raised && exponent?.type === "number" && /^[23]$/.test(exponent.text)) return undefined;
  if (isOneOf(tokens, after, ["/"]) && tokens[after + 1]?.type === "word") {
    if (unitOf(tokens[after + 1]!.text) === undefined) return undefined;
  }
  if (isOneOf(tokens, after, ["per"])) return undefined;
  return { unit, next: after };
}

/** "30 (cm)", "30 [cm]". */
function bracketedUnitAt(
  tokens: readonly Token[],
  index: number,
): { unit: UnitName; next: number } | undefined {
  const unit = unitOf(tokens[index + 1]?.text ?? "");
  if (unit === undefined || !isOneOf(tokens, index + 2, [")", "]"])) return undefined;
  return { unit, next: index + 3 };
}

/** Whether the quote at `index` ends a quotation that began right before the number. */
function closesQuote(tokens: readonly Token[], index: number): boolean {
  return tokens[index - 2]?.text === tokens[index]?.text;
}

function isInch(tokens: readonly Token[], index: number): boolean {
  const after = tokens[index + 1];
  return after === undefined || after.type !== "word" || AFTER_INCH.has(after.text);
}
