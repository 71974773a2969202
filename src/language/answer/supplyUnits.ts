import { itemAt } from "../../base/index.js";
import { amountAt } from "./amounts.js";
import { isLabelled, isOneOf, type Token, tokenise, wordSet } from "./tokens.js";
import { isRaised, PIXEL, type UnitName, unitAt, unitOf } from "./units.js";

/**
 * Puts a unit after the numbers whose unit stands elsewhere: in a key (`"distance_cm": 35`,
 * "distance (cm): 35"), in a field of its own (`"unit": "cm"`), or, for numbers that could be
 * answers, in the question (`fixed`).
 */
export function supplyUnits(
  tokens: readonly Token[],
  fixed: UnitName | undefined,
): readonly Token[] {
  const field = unitField(tokens);
  const supplied: Token[] = [];
  for (let index = 0; index < tokens.length; ) {
    const amount = mayBeValue(tokens, index) ? amountAt(tokens, index) : undefined;
    const next = amount?.next ?? index + 1;
    supplied.push(...tokens.slice(index, next));
    if (amount && unitAt(tokens, amount) === undefined) {
      const byQuestion = itemAt(tokens, index).type === "number" ? fixed : undefined;
      const unit =
        unitOfKey(tokens, index) ?? (field && followsColon(tokens, index) ? field : byQuestion);
      if (unit && mayMeasure(tokens, index, next))
        supplied.push(unitToken(unit, itemAt(tokens, next - 1).end));
    }
    index = next;
  }
  return supplied;
}

/** The unit that the question asks the answer in: "… in centimetres?", "how many inches …". */
export function unitOfQuestion(question: string): UnitName | undefined {
  const tokens = tokenise(question.toLowerCase());
  for (let index = 0; index < tokens.length; index++) {
    const unit = unitOf(itemAt(tokens, index).text);
    if (unit === undefined || unit === PIXEL || itemAt(tokens, index).type !== "word") continue;
    if (isOneOf(tokens, index - 1, ["in", "many", "unit", "units", "("])) return unit;
    if (isOneOf(tokens, index - 1, [":"]) && isOneOf(tokens, index - 2, ["unit", "units"]))
      return unit;
  }
  return undefined;
}

/** "cm/s" */
const PER = wordSet("/ per");

/** `"unit": "cm"`, units = m. */
function unitField(tokens: readonly Token[]): UnitName | undefined {
  for (let index = 0; index < tokens.length; index++) {
    if (!isOneOf(tokens, index, ["unit", "units"])) continue;
    const at = afterSeparator(tokens, index + 1);
    const unit = at === undefined ? undefined : unitOf(tokens[at]?.text ?? "");
    if (at !== undefined && unit && !isRaised(tokens, at) && !isOneOf(tokens, at + 1, PER))
      return unit;
  }
  return undefined;
}

function afterSeparator(tokens: readonly Token[], index: number): number | undefined {
  let at = index;
  if (isQuote(tokens, at)) at++;
  if (!isOneOf(tokens, at, [":", "="])) return undefined;
  at++;
  return isQuote(tokens, at) ? at + 1 : at;
}

/** A number; one in words where a value stands. */
function mayBeValue(tokens: readonly Token[], index: number): boolean {
  const { type } = itemAt(tokens, index);
  return type === "number" || (type === "word" && followsColon(tokens, index));
}

const HEDGES = wordSet("about approximately approx roughly around ~ ≈ - ±");

/** Index of the separator before a value, or undefined. */
function separatorBefore(tokens: readonly Token[], index: number): number | undefined {
  let at = index - 1;
  if (isOneOf(tokens, at, HEDGES)) at--;
  if (isQuote(tokens, at)) at--;
  return isOneOf(tokens, at, [":", "="]) ? at : undefined;
}

function followsColon(tokens: readonly Token[], index: number): boolean {
  return separatorBefore(tokens, index) !== undefined;
}

/** The unit of the key before a value: `distance_m`, `distance (cm)`, "distance in metres". */
function unitOfKey(tokens: readonly Token[], index: number): UnitName | undefined {
  let at = separatorBefore(tokens, index);
  if (at === undefined) return undefined;
  at--;
  if (isQuote(tokens, at)) at--;
  if (isOneOf(tokens, at, [")", "]"]) && isOneOf(tokens, at - 2, ["(", "["])) {
    return unitOf(itemAt(tokens, at - 1).text);
  }
  if (
    isOneOf(tokens, at, [")"]) &&
    isOneOf(tokens, at - 2, ["in"]) &&
    isOneOf(tokens, at - 3, ["("])
  ) {
    return unitOf(itemAt(tokens, at - 1).text);
  }
  if (isOneOf(tokens, at - 1, ["in"])) return unitOf(itemAt(tokens, at).text);
  const key = tokens[at];
  if (key?.type !== "word" || !key.text.includes("_")) return undefined;
  return unitOf(key.text.slice(key.text.lastIndexOf("_") + 1));
}

function isQuote(tokens: readonly Token[], index: number): boolean {
  return isOneOf(tokens, index, ['"', "'"]);
}

/** Keys of a model's doubt, of its ids, and of what it found. */
const UNMEASURED = wordSet(
  "confidence probability score certainty likelihood id index label count valid success succeeded ok visible found detected " +
    "detections present objects pixels code frame step",
);

/** Whether the number can be a measure at all: no index, and not followed by what it counts. */
function mayMeasure(tokens: readonly Token[], index: number, next: number): boolean {
  const separator = separatorBefore(tokens, index);
  if (separator !== undefined) {
    const key = isQuote(tokens, separator - 1) ? separator - 2 : separator - 1;
    if (isOneOf(tokens, key, UNMEASURED)) return false;
  }
  if (isLabelled(tokens, index)) return false;
  const after = tokens[next];
  if (after === undefined || after.type === "number") return after === undefined;
  if (after.type === "word")
    return isOneOf(tokens, next, ["apart", "away", "from", "or", "to", "and"]);
  return !isOneOf(tokens, next, ["%", "°", "$", "^", "²", "³"]);
}

function unitToken(unit: UnitName, at: number): Token {
  return { type: "word", text: unit === PIXEL ? "px" : unit, start: at, end: at };
}
