import { type Amount, amountAt } from "./amounts.js";
import { isOneOf, type Token, touches } from "./tokens.js";
import { continuesIn, type LengthUnit, metresPer, PIXEL, type UnitName, unitAt } from "./units.js";

/** One length that a text states, in metres. */
export interface Length {
  readonly valueM: number;
  /** Standard deviation from rounding and from the width of a range. */
  readonly sigmaM: number;
  /** Half of the last place written: how far another wording of the same length may lie off. */
  readonly slackM: number;
  readonly unit: LengthUnit;
  /** Bounds, where the text gave a range. */
  readonly range?: readonly [lowM: number, highM: number];
  /** Token indices: first, and the one after the last. */
  readonly start: number;
  readonly next: number;
}

/** An amount with its unit, if it has one. */
interface Side {
  readonly amount: Amount;
  readonly unit: UnitName | undefined;
  readonly negative: boolean;
  readonly next: number;
}

const RANGE_SIGNS = ["-", "–", "—", "to", "or", "~"];

/** The length, or range of lengths, that begins at token `index`. */
export function lengthAt(tokens: readonly Token[], index: number): Length | undefined {
  return (
    framedRangeAt(tokens, index, "between", ["and", "to", "-", "–"]) ??
    framedRangeAt(tokens, index, "from", ["to"]) ??
    openRangeAt(tokens, index) ??
    compoundAt(tokens, index)
  );
}

/** "between 20 and 30 cm", "from 20 cm to 30 cm". */
function framedRangeAt(
  tokens: readonly Token[],
  index: number,
  first: string,
  joints: readonly string[],
): Length | undefined {
  if (!isOneOf(tokens, index, [first])) return undefined;
  const low = sideAt(tokens, skipHedge(tokens, index + 1));
  if (low === undefined) return undefined;
  const joint = isOneOf(tokens, low.next, ["up"]) ? low.next + 1 : low.next;
  if (!isOneOf(tokens, joint, joints)) return undefined;
  const high = sideAt(tokens, skipHedge(tokens, joint + 1));
  return high && rangeOf(low, high, index);
}

/** "2-3 feet", "20 cm to 30 cm", "2 or 3 inches", "35 ± 2 cm". */
function openRangeAt(tokens: readonly Token[], index: number): Length | undefined {
  const low = sideAt(tokens, index);
  if (low === undefined) return undefined;
  const tolerance = toleranceAt(tokens, low.next);
  if (tolerance !== undefined) {
    const spread = sideAt(tokens, skipHedge(tokens, tolerance));
    return spread && toleranceOf(tokens, low, spread, index);
  }
  if (!isOneOf(tokens, low.next, RANGE_SIGNS)) return undefined;
  const high = sideAt(tokens, skipHedge(tokens, low.next + 1));
  if (high === undefined || high.negative) return undefined;
  if (!isOneOf(tokens, low.next, ["or"]) || low.unit === undefined) {
    return rangeOf(low, high, index);
  }
  // "35 cm or 14 inches" says one length twice; "an inch or two" says its unit once.
  if (high.unit !== undefined && high.unit !== low.unit) return undefined;
  // Who says the unit twice gives two answers, if they are not near each other.
  if (high.unit && high.amount.value > NEAR * low.amount.value) return undefined;
  const inWords = tokens[high.next - 1]?.type === "word";
  return high.unit || inWords ? rangeOf(low, { ...high, unit: low.unit }, index) : undefined;
}

/** "30 cm or 35 cm" is a range, "35 cm or 50 cm" are two answers. */
const NEAR = 1.25;

const UNCERTAINTIES = ["uncertainty", "error", "margin", "tolerance", "accuracy", "precision"];

/** Where the y of "x ± y" begins, however that is said. */
function toleranceAt(tokens: readonly Token[], index: number): number | undefined {
  const at = isOneOf(tokens, index, [",", "("]) ? index + 1 : index;
  if (isOneOf(tokens, at, ["±"])) return at + 1;
  const words = tokens.slice(at, at + 3).map((token) => token.text);
  const phrase = words.join(" ");
  if (phrase === "plus or minus" || phrase === "give or take") return at + 3;
  // "35 cm (uncertainty ±6 cm)"
  if (isOneOf(tokens, at, UNCERTAINTIES)) {
    const sign = isOneOf(tokens, at + 1, [":", "=", "is", "of"]) ? at + 2 : at + 1;
    return isOneOf(tokens, sign, ["±"]) ? sign + 1 : undefined;
  }
  if (!isOneOf(tokens, at, ["with"])) return undefined;
  const noun = isOneOf(tokens, at + 1, ["a", "an", "some"]) ? at + 2 : at + 1;
  if (!isOneOf(tokens, noun, UNCERTAINTIES)) return undefined;
  const ofError = isOneOf(tokens, noun + 1, ["of"]) && isOneOf(tokens, noun + 2, ["error"]);
  const of = ofError ? noun + 3 : noun + 1;
  if (!isOneOf(tokens, of, ["of"])) return undefined;
  return isOneOf(tokens, of + 1, ["±"]) ? of + 2 : of + 1;
}

function toleranceOf(
  tokens: readonly Token[],
  middle: Side,
  spread: Side,
  start: number,
): Length | undefined {
  const unit = middle.unit ?? spread.unit;
  if (!isLengthUnit(unit)) return undefined;
  const valueM = signed(middle) * metresPer(unit);
  const placeM = middle.amount.place * metresPer(unit);
  const { value } = spread.amount;
  const percent = isOneOf(tokens, spread.next, ["%", "percent"]);
  const halfM = percent
    ? Math.abs(valueM) * (value / 100)
    : value * metresPer(isLengthUnit(spread.unit) ? spread.unit : unit);
  const end = percent ? spread.next + 1 : spread.next;
  const next = isOneOf(tokens, middle.next, ["("]) && isOneOf(tokens, end, [")"]) ? end + 1 : end;
  return spanLength(valueM - halfM, valueM + halfM, placeM, unit, { start, next });
}

function rangeOf(low: Side, high: Side, start: number): Length | undefined {
  const unit = high.unit;
  if (!isLengthUnit(unit)) return undefined;
  const lowUnit = low.unit ?? unit;
  if (!isLengthUnit(lowUnit)) return undefined;
  const a = signed(low) * metresPer(lowUnit);
  const b = signed(high) * metresPer(unit);
  const slack = high.amount.place * metresPer(unit);
  return spanLength(Math.min(a, b), Math.max(a, b), slack, unit, { start, next: high.next });
}

/** A range: its middle, with the standard deviation of a uniform distribution over it. */
export function spanLength(
  lowM: number,
  highM: number,
  placeM: number,
  unit: LengthUnit,
  { start, next }: Pick<Length, "start" | "next">,
): Length {
  const widthM = highM - lowM;
  return {
    valueM: (lowM + highM) / 2,
    sigmaM: Math.hypot(widthM, placeM) / Math.sqrt(12),
    slackM: (widthM + placeM) / 2,
    unit,
    range: [lowM, highM],
    start,
    next,
  };
}

/** "35 cm", "5 feet 3 inches", "5' 3"", "1 foot and a half". */
function compoundAt(tokens: readonly Token[], index: number): Length | undefined {
  const side = sideAt(tokens, index);
  if (side === undefined || !isLengthUnit(side.unit)) return undefined;
  if (mayBeThousands(tokens, index, side)) return undefined;
  const perUnit = metresPer(side.unit);
  const tail = tailOf(tokens, side.unit, side.next);
  const magnitudeM = side.amount.value * perUnit + (tail?.valueM ?? 0);
  const stepM = tail?.stepM ?? side.amount.step * perUnit;
  const placeM = tail?.stepM ?? side.amount.place * perUnit;
  return {
    valueM: side.negative ? -magnitudeM : magnitudeM,
    sigmaM: stepM / Math.sqrt(12),
    slackM: placeM / 2,
    unit: side.unit,
    start: index,
    next: tail?.next ?? side.next,
  };
}

/**
 * "1.200 mm": nobody sees a thousandth of it, and half of Europe writes 1200 so. "1,234 cm" is 12.34 m
 * or 1.234 cm; of a millimetre, nobody gives a thousandth.
 */
function mayBeThousands(tokens: readonly Token[], index: number, { unit }: Side): boolean {
  const text = tokens[index]?.text ?? "";
  if (unit === "cm" && /^[1-9]\d{0,2},\d{3}$/.test(text)) return true;
  return (unit === "mm" || unit === "cm") && /^[1-9]\d{0,2}\.\d00$/.test(text);
}

/** The finer part of a length in two units, or the "and a half" after a unit. */
function tailOf(
  tokens: readonly Token[],
  unit: LengthUnit,
  next: number,
): { valueM: number; stepM: number; next: number } | undefined {
  const at = isOneOf(tokens, next, [".", ","]) ? next + 1 : next;
  const and = isOneOf(tokens, at, ["and"]);
  const amount = amountAt(tokens, and ? at + 1 : at);
  if (amount === undefined) return undefined;
  const finer = unitAt(tokens, amount) ?? impliedFiner(tokens, at, amount, unit);
  if (finer !== undefined) {
    if (!continuesIn(unit, finer.unit)) return undefined;
    const valueM = amount.value * metresPer(finer.unit);
    if (valueM >= metresPer(unit)) return undefined;
    return { valueM, stepM: amount.step * metresPer(finer.unit), next: finer.next };
  }
  if (!and || amount.value >= 1) return undefined;
  const perUnit = metresPer(unit);
  return { valueM: amount.value * perUnit, stepM: amount.step * perUnit, next: amount.next };
}

/** The inches of 5'6 and 5ft6, the centimetres of 1m20. */
function impliedFiner(
  tokens: readonly Token[],
  index: number,
  { next }: Amount,
  unit: LengthUnit,
): { unit: UnitName; next: number } | undefined {
  if (!touches(tokens, index - 1) || tokens[index]?.type !== "number") return undefined;
  if (unit === "ft") return { unit: "inch", next };
  return unit === "m" && /^\d{2}$/.test(tokens[index].text) ? { unit: "cm", next } : undefined;
}

function sideAt(tokens: readonly Token[], index: number): Side | undefined {
  const minus = isOneOf(tokens, index, ["-"]) && touches(tokens, index) && !isGlued(tokens, index);
  const amount = amountAt(tokens, minus ? index + 1 : index);
  if (amount === undefined) return undefined;
  const unit = unitAt(tokens, amount);
  // "A half to one metre" may go on to its unit; "a to one metre" is not a range.
  const goesOn = amount.value < 1 && isOneOf(tokens, amount.next, [...RANGE_SIGNS, "and"]);
  if (unit === undefined && amount.needsUnit && !goesOn) return undefined;
  return { amount, unit: unit?.unit, negative: minus, next: unit?.next ?? amount.next };
}

/** Skips "about" and the like inside a range: "between about 20 and roughly 30 cm". */
function skipHedge(tokens: readonly Token[], index: number): number {
  return isOneOf(tokens, index, ["about", "roughly", "approximately", "around", "maybe", "~", "≈"])
    ? index + 1
    : index;
}

/** A hyphen after a word or a number joins; it is not a minus. */
function isGlued(tokens: readonly Token[], index: number): boolean {
  return touches(tokens, index - 1) && tokens[index - 1]?.type !== "sign";
}

function signed(side: Side): number {
  return side.negative ? -side.amount.value : side.amount.value;
}

function isLengthUnit(unit: UnitName | undefined): unit is LengthUnit {
  return unit !== undefined && unit !== PIXEL;
}
