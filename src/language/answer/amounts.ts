import { itemAt } from "../../base/index.js";
import { afterHyphen, isLabelled, isOneOf, type Token, touches } from "./tokens.js";

/** A number as it was said, in digits or in words, without a unit. */
export interface Amount {
  readonly value: number;
  /** What the speaker rounded to: the last place said, the denominator of a fraction. */
  readonly step: number;
  /** One in the last place written; at most `step`. Two ways to say one length agree within it. */
  readonly place: number;
  /** Index of the token after it. */
  readonly next: number;
  /** Said in a way that only a unit can follow: "a", "half a". */
  readonly needsUnit: boolean;
}

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

/** The parts that rulers divide an inch into. */
const RULER = new Set([2, 4, 8]);

function digitFractionAt(tokens: readonly Token[], index: number): Amount | undefined {
  const [top, slash, bottom] = tokens.slice(index, index + 3);
  if (top?.type !== "number" || slash?.text !== "/" || bottom?.type !== "number") return undefined;
  if (!Number.isInteger(top.value) || !Number.isInteger(bottom.value) || bottom.value === 0) {
    return undefined;
  }
  // "0/35 m": nobody says none of something in parts.
  if (top.value === 0) return undefined;
  // "31/2 in" is 3 1/2 as likely as 15.5.
  const isMixed = top.value > bottom.value && top.value % 10 < bottom.value;
  if (isMixed && top.value > 10 && touches(tokens, index) && RULER.has(bottom.value))
    return undefined;
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
  if (!/^[1-9]\d{0,2}$/.test(itemAt(tokens, index).text) || isLabelled(tokens, index))
    return undefined;
  let value = Number(itemAt(tokens, index).text);
  let next = index + 1;
  while (next < index + 4 && /^\d{3}$/.test(tokens[next]?.text ?? "")) {
    value = value * 1000 + Number(itemAt(tokens, next).text);
    next++;
  }
  if (next === index + 1) return undefined;
  return { value, place: 1, step: value % 10 === 0 ? 10 : 1, next, needsUnit: false };
}

/** "3.5 × 10^-1", and "10^3" alone. */
function withPower(tokens: readonly Token[], amount: Amount): Amount | undefined {
  const isAlone = amount.value === 10 && amount.place === 1;
  const times = isOneOf(tokens, amount.next, ["×", "x"]);
  if (!times && !isAlone) return undefined;
  const ten = times ? amount.next + 1 : amount.next - 1;
  if (!isOneOf(tokens, ten, ["10"]) || !isOneOf(tokens, ten + 1, ["^"])) return undefined;
  const negative = isOneOf(tokens, ten + 2, ["-"]);
  const exponent = tokens[ten + (negative ? 3 : 2)];
  if (exponent?.type !== "number" || !Number.isInteger(exponent.value) || exponent.value > 9) {
    return undefined;
  }
  const factor = 10 ** (negative ? -exponent.value : exponent.value) / (times ? 1 : 10);
  return {
    value: amount.value * factor,
    step: (times ? amount.step : 10) * factor,
    place: (times ? amount.place : 10) * factor,
    next: ten + (negative ? 4 : 3),
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

/** Zero to nineteen. */
const SMALL_NUMBERS: ReadonlyMap<string, number> = new Map(
  (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen " +
    "fifteen sixteen seventeen eighteen nineteen"
  )
    .split(" ")
    .map((word, value) => [word, value]),
);
const TENS: ReadonlyMap<string, number> = new Map(
  "twenty thirty forty fifty sixty seventy eighty ninety"
    .split(" ")
    .map((word, index) => [word, (index + 2) * 10]),
);
const ARTICLES = ["a", "an"];

const BEFORE_POINT = "about around roughly approximately nearly is to and".split(" ");

/** The amount in number words that begins at `index`: "a", "a hundred", "twenty-five", "zero point three". */
function wordsAt(tokens: readonly Token[], index: number): Amount | undefined {
  const word = tokens[index]?.text ?? "";
  if (ARTICLES.includes(word)) {
    const full = isOneOf(tokens, index + 1, ["full", "whole", "single"]);
    const hundred = isOneOf(tokens, index + 1, ["hundred", "thousand"]);
    if (hundred) return scaled(tokens, { value: 1, next: index + 1 });
    return { value: 1, step: 1, place: 1, next: index + (full ? 2 : 1), needsUnit: true };
  }
  // "At that point three metres away" is not a number of ours, "about point three metres" is.
  const isPoint = word === "point" && isOneOf(tokens, index - 1, BEFORE_POINT);
  if (isPoint || (word === "point" && tokens[index - 1]?.type !== "word")) {
    return decimals(tokens, { value: 0, next: index });
  }
  const small = belowHundred(tokens, index);
  return small && (decimals(tokens, small) ?? scaled(tokens, small));
}

interface Counted {
  readonly value: number;
  readonly next: number;
}

function belowHundred(tokens: readonly Token[], index: number): Counted | undefined {
  const word = tokens[index]?.text ?? "";
  const small = SMALL_NUMBERS.get(word);
  if (small !== undefined) return { value: small, next: index + 1 };
  const tens = TENS.get(word);
  if (tens === undefined) return undefined;
  const at = afterHyphen(tokens, index + 1);
  const units = SMALL_NUMBERS.get(tokens[at]?.text ?? "");
  return units !== undefined && units > 0 && units < 10
    ? { value: tens + units, next: at + 1 }
    : { value: tens, next: index + 1 };
}

/** "zero point three five". */
function decimals(tokens: readonly Token[], whole: Counted): Amount | undefined {
  if (!isOneOf(tokens, whole.next, ["point"])) return undefined;
  let digits = "";
  let at = whole.next + 1;
  for (; digits.length < 6; at++) {
    const digit = SMALL_NUMBERS.get(tokens[at]?.text ?? "");
    if (digit === undefined || digit > 9) break;
    digits += digit;
  }
  if (digits === "") return undefined;
  const place = 10 ** -digits.length;
  return {
    value: Number(`${whole.value}.${digits}`),
    step: place,
    place,
    next: at,
    needsUnit: false,
  };
}

/** "two hundred and fifty", "one thousand two hundred". */
function scaled(tokens: readonly Token[], first: Counted): Amount {
  let { value, next } = first;
  if (isOneOf(tokens, next, ["thousand"])) {
    value *= 1000;
    const rest = belowHundred(tokens, next + 1);
    const hundreds = rest && isOneOf(tokens, rest.next, ["hundred"]);
    next = hundreds ? rest.next + 1 : next + 1;
    if (hundreds) value += rest.value * 100;
  } else if (isOneOf(tokens, next, ["hundred"])) {
    value *= 100;
    next++;
  }
  if (value >= 100) {
    const rest = belowHundred(tokens, isOneOf(tokens, next, ["and"]) ? next + 1 : next);
    if (rest) {
      value += rest.value;
      next = rest.next;
    }
  }
  const step = value >= 10 && value % 10 === 0 ? 10 : 1;
  return { value, step, place: 1, next, needsUnit: false };
}
