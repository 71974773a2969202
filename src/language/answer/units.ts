import { itemAt, METRES_IN } from "../../base/index.js";
import { afterHyphen, isOneOf, type Token, touches } from "./tokens.js";

/** Metres in each unit of length. */
const METRES = {
  micrometer: METRES_IN.um,
  mm: METRES_IN.mm,
  cm: METRES_IN.cm,
  dm: METRES_IN.dm,
  m: METRES_IN.m,
  km: METRES_IN.km,
  inch: METRES_IN.in,
  ft: METRES_IN.ft,
  yard: METRES_IN.yd,
  mile: METRES_IN.mi,
} as const;

export type LengthUnit = keyof typeof METRES;

/** How each unit is written, in lower case. */
const SPELLINGS: Readonly<Record<LengthUnit, readonly string[]>> = {
  micrometer: [
    "µm",
    "μm",
    "micron",
    "microns",
    "micrometer",
    "micrometers",
    "micrometre",
    "micrometres",
  ],
  mm: ["mm", "mms", "millimeter", "millimeters", "millimetre", "millimetres"],
  cm: ["cm", "cms", "centimeter", "centimeters", "centimetre", "centimetres"],
  dm: ["dm", "decimeter", "decimeters", "decimetre", "decimetres"],
  m: ["m", "meter", "meters", "metre", "metres", "mtr", "mtrs"],
  km: ["km", "kms", "kilometer", "kilometers", "kilometre", "kilometres"],
  inch: ["inch", "inches", "in", "ins", '"'],
  ft: ["ft", "foot", "feet", "'"],
  yard: ["yd", "yds", "yard", "yards"],
  mile: ["mi", "mile", "miles"],
};

const UNIT_BY_SPELLING: ReadonlyMap<string, LengthUnit> = new Map(
  (Object.keys(SPELLINGS) as LengthUnit[]).flatMap((unit) =>
    SPELLINGS[unit].map((word) => [word, unit] as const),
  ),
);

const PIXEL_WORDS: ReadonlySet<string> = new Set(["px", "pixel", "pixels", "pix"]);

/** A unit of length, or `pixel`, which looks like one. */
export type UnitName = LengthUnit | typeof PIXEL;
export const PIXEL = "pixel";

/** The unit that a word or sign stands for, in lower case. */
export function unitOf(word: string): UnitName | undefined {
  return PIXEL_WORDS.has(word) ? PIXEL : UNIT_BY_SPELLING.get(word);
}

/** Metres in one `unit`. */
export function metresPer(unit: LengthUnit): number {
  return METRES[unit];
}

const FINER: Readonly<Partial<Record<LengthUnit, readonly UnitName[]>>> = {
  mile: ["yard", "ft"],
  yard: ["ft", "inch"],
  ft: ["inch"],
  km: ["m"],
  m: ["dm", "cm", "mm"],
  dm: ["cm", "mm"],
  cm: ["mm"],
};

/** Whether a length in `unit` may go on in `next`, as in 5 feet 3 inches. */
export function continuesIn(unit: LengthUnit, next: UnitName): next is LengthUnit {
  return FINER[unit]?.includes(next) ?? false;
}

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
  const isMark = word === '"' || word === "'";
  // Nobody writes thirty-five″.
  const isSpelt = tokens[at - 1]?.type === "word";
  if (isMark && (!attached || isSpelt || closesQuote(tokens, at))) return undefined;
  if (word === "in" && !attached && !isInch(tokens, at)) return undefined;
  const after = at + 1;
  if (isRaised(tokens, at)) return undefined;
  // "25 m&m" are sweets.
  if (isOneOf(tokens, after, ["&"]) && touches(tokens, at) && touches(tokens, after))
    return undefined;
  if (isOneOf(tokens, after, ["/"]) && tokens[after + 1]?.type === "word") {
    if (unitOf(itemAt(tokens, after + 1).text) === undefined) return undefined;
  }
  if (isOneOf(tokens, after, ["per"])) return undefined;
  return { unit, next: after };
}

/** Whether the unit at `at` is one of an area or a volume: "cm^2", "m2", but not the feet of 5'2". */
export function isRaised(tokens: readonly Token[], at: number): boolean {
  const exponent = tokens[at + 1];
  const isDigit = exponent?.type === "number" && /^[23]$/.test(exponent.text);
  const isWord = itemAt(tokens, at).type === "word";
  const after = isOneOf(tokens, at + 1, [")"]) ? at + 2 : at + 1;
  return isOneOf(tokens, after, POWERS) || (isDigit && isWord && touches(tokens, at));
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

/** How far back the beginning of a quotation is looked for. */
const LONGEST_QUOTATION = 60;

/** Whether the quote at `index` ends a quotation, and is no sign of a unit. */
function closesQuote(tokens: readonly Token[], index: number): boolean {
  const mark = tokens[index]?.text;
  // "The distance is 5"." has both.
  if (tokens[index + 1]?.text === mark) return false;
  const dot = isOneOf(tokens, index + 1, ["."]) && touches(tokens, index) ? index + 2 : index;
  if (dot > index && tokens[dot]?.text === mark && touches(tokens, dot - 1)) return false;
  let isOpen = false;
  for (let at = Math.max(0, index - LONGEST_QUOTATION); at < index; at++) {
    if (isOneOf(tokens, at, ["\n"])) isOpen = false;
    if (tokens[at]?.text !== mark) continue;
    const opens = !touches(tokens, at - 1) || tokens[at - 1]?.type === "sign";
    isOpen = !isOpen && opens;
  }
  return isOpen;
}

function isInch(tokens: readonly Token[], index: number): boolean {
  const after = tokens[index + 1];
  return after === undefined || after.type !== "word" || AFTER_INCH.has(after.text);
}
