import type { Amount } from "./Amount.js";
import { afterHyphen, isOneOf, type Token } from "./tokens.js";

/** Zero to nineteen. */
export const SMALL_NUMBERS: ReadonlyMap<string, number> = new Map(
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
export const ARTICLES = ["a", "an"];

const BEFORE_POINT = "about around roughly approximately nearly is to and".split(" ");

/** The amount in number words that begins at `index`: "a", "a hundred", "twenty-five", "zero point three". */
export function wordsAt(tokens: readonly Token[], index: number): Amount | undefined {
  const word = tokens[index]?.text ?? "";
  if (ARTICLES.includes(word)) {
    const full = isOneOf(tokens, index + 1, ["full", "whole", "single"]);
    const hundred = isOneOf(tokens, index + 1, ["hundred", "thousand"]);
    if (hundred) return scaled(tokens, { value: 1, next: index + 1 });
    return { value: 1, step: 1, place: 1, next: index + (full ? 2 : 1), needsUnit: true };
  }
  // "At that point three metres away" is no number of ours, "about point three metres" is.
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
