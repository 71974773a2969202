import type { Amount } from "./Amount.js";
import { ARTICLES, SMALL_NUMBERS, wordsAt } from "./numberWords.js";
import { afterHyphen, isLabelled, isOneOf, type Token, touches } from "./tokens.js";

const DENOMINATORS: ReadonlyMap<string, number> = new Map([
  ["half", 2],
  ["halves", 2],
  ["third", 3],
  ["thirds", 3],
  ["quarter", 4],
  ["quarters", 4],
  ["fourth", 4],
  ["fourths", 4],
  ["fifth", 5],
  ["fifths", 5],
  ["eighth", 8],
  ["eighths", 8],
  ["tenth", 10],
  ["tenths", 10],
  ["sixteenth", 16],
  ["sixteenths", 16],
]);

/** The amount that begins at token `index`, or undefined. Looks at a bounded number of tokens. */
export function amountAt(tokens: readonly Token[], index: number): Amount | undefined {
  return vagueAt(tokens, index) ?? fractionAt(tokens, index) ?? wholeAt(tokens, index);
}

/** "a couple of", "a few", "several": 2, 3 and 5, rounded to 1, 2 and 4. */
function vagueAt(tokens: readonly Token[], index: number): Amount | undefined {
  const at = isOneOf(tokens, index, ARTICLES) ? index + 1 : index;
  const word = tokens[at]?.text;
  const vague =
    word === "couple" ? [2, 1] : word === "few" ? [3, 2] : word === "several" ? [5, 4] : undefined;
  if (vague === undefined) return undefined;
  const [value, step] = vague as [number, number];
  const next = isOneOf(tokens, at + 1, ["of"]) ? at + 2 : at + 1;
  return { value, step, place: step, next, needsUnit: true };
}

/** "1/8", "half a", "a quarter of an", "three-quarters", "two thirds of a". */
function fractionAt(tokens: readonly Token[], index: number): Amount | undefined {
  const digits = digitFractionAt(tokens, index);
  if (digits) return digits;
  let numerator = 1;
  let at = index;
  const word = tokens[at]?.text ?? "";
  const count = SMALL_NUMBERS.get(word) ?? (ARTICLES.includes(word) ? 1 : undefined);
  if (count !== undefined && count > 0) {
    numerator = count;
    at = afterHyphen(tokens, at + 1);
  }
  const denominator = DENOMINATORS.get(tokens[at]?.text ?? "");
  if (denominator === undefined) return undefined;
  at = afterHyphen(tokens, at + 1);
  if (isOneOf(tokens, at, ["of"])) at++;
  if (isOneOf(tokens, at, ["a", "an", "one"])) at++;
  const step = 1 / denominator;
  return { value: numerator / denominator, step, place: step, next: at, needsUnit: true };
}

function digitFractionAt(tokens: readonly Token[], index: number): Amount | undefined {
  const [top, slash, bottom] = tokens.slice(index, index + 3);
  if (top?.type !== "number" || slash?.text !== "/" || bottom?.type !== "number") return undefined;
  if (!Number.isInteger(top.value) || !Number.isInteger(bottom.value) || bottom.value === 0) {
    return undefined;
  }
  const step = 1 / bottom.value;
  return { value: top.value / bottom.value, step, place: step, next: index + 3, needsUnit: false };
}

/** A number in digits or words, with "and a half", "1/2" or "× 10^-2" after it. */
function wholeAt(tokens: readonly Token[], index: number): Amount | undefined {
  const whole = digitsAt(tokens, index) ?? wordsAt(tokens, index);
  if (whole === undefined) return undefined;
  return withPower(tokens, whole) ?? withFraction(tokens, whole) ?? whole;
}

function digitsAt(tokens: readonly Token[], index: number): Amount | undefined {
  const token = tokens[index];
  if (token?.type !== "number") return undefined;
  const grouped = groupedAt(tokens, index);
  if (grouped) return grouped;
  const { value, place } = token;
  // Trailing zeros are usually round, not measured; one of them is taken so.
  const round = place === 1 && value >= 10 && value % 10 === 0;
  return { value, place, step: round ? 10 : place, next: index + 1, needsUnit: false };
}

/** "1 200": groups of three digits with spaces between, as SI writes thousands. */
function groupedAt(tokens: readonly Token[], index: number): Amount | undefined {
  if (!/^[1-9]\d{0,2}$/.test(tokens[index]!.text) || isLabelled(tokens, index)) return undefined;
  let value = Number(tokens[index]!.text);
  let next = index + 1;
  while (next < index + 4 && /^\d{3}$/.test(tokens[next]?.text ?? "")) {
    value = value * 1000 + Number(tokens[next]!.text);
    next++;
  }
  if (next === index + 1) return undefined;
  return { value, place: 1, step: value % 10 === 0 ? 10 : 1, next, needsUnit: false };
}

function withPower(tokens: readonly Token[], amount: Amount): Amount | undefined {
  const at = amount.next;
  if (!isOneOf(tokens, at, ["×", "x"]) || !isOneOf(tokens, at + 1, ["10"])) return undefined;
  if (!isOneOf(tokens, at + 2, ["^"])) return undefined;
  const negative = isOneOf(tokens, at + 3, ["-"]);
  const exponent = tokens[negative ? at + 4 : at + 3];
  if (exponent?.type !== "number" || exponent.value > 9) return undefined;
  const factor = 10 ** (negative ? -exponent.value : exponent.value);
  return {
    value: amount.value * factor,
    step: amount.step * factor,
    place: amount.place * factor,
    next: at + (negative ? 5 : 4),
    needsUnit: false,
  };
}

/** "1 1/2", "1-1/2", "two and a half", "one and three quarters". */
function withFraction(tokens: readonly Token[], whole: Amount): Amount | undefined {
  if (!Number.isInteger(whole.value) || whole.needsUnit) return undefined;
  let at = whole.next;
  const joined = touches(tokens, at - 1) && isOneOf(tokens, at, ["-"]) && touches(tokens, at);
  if (joined) at++;
  const and = isOneOf(tokens, at, ["and", "&"]);
  if (and) at = afterHyphen(tokens, at + 1);
  const fraction = digitFractionAt(tokens, at) ?? (and ? fractionAt(tokens, at) : undefined);
  if (fraction === undefined || fraction.value >= 1) return undefined;
  const { step, next } = fraction;
  return { value: whole.value + fraction.value, step, place: step, next, needsUnit: false };
}
