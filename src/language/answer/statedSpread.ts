import { amountAt } from "./amounts.js";
import { type Length, lengthAt } from "./lengths.js";
import { isOneOf, type Token, wordSet } from "./tokens.js";
import { metresPer, PIXEL, unitAt } from "./units.js";

/** Names of a standard deviation, of half a range, of a range, and of its two ends. */
const DEVIATIONS = wordSet("std stdev stddev sigma σ deviation uncertainty error");
const MARGINS = wordSet("margin tolerance accuracy precision");
const RANGES = wordSet("range interval bounds ci");
const LOWS = wordSet("low lower min minimum");
const HIGHS = wordSet("high upper max maximum");
/** "With high uncertainty, 20 to 50 cm" gives no error, but the range of the length. */
const VAGUE = wordSet("uncertainty");
/** Before a length that the asked one may reach: "as much as 60 cm", "up to 60 cm". */
const REACHES =
  /\b(?:as (?:much|little|far|near|close|high|low|large|small|long|short|wide|tall) as|up to|down to)$/;
/** Before a length by which the asked one may err: "off by up to 5 cm". */
const ERRS =
  /\b(?:(?:off|wrong|out|different|differ|vary|deviate|err) by|error (?:could|may|might|would) be|(?:accurate|precise) to)(?: [a-z]+| ±){0,3}$/;
const REACH_WORDS = 3;
const ERROR_WORDS = 6;

/** What may stand between such a name and its number. */
const BETWEEN = wordSet(
  'of error deviation dev estimate estimated bound limit value distance gap is about approximately plus or minus by ± : = " ( ) , ~ ≈ cm m mm in from between up to as much large high',
);
const LONGEST_BETWEEN = 8;
const SQRT_12 = Math.sqrt(12);

/**
 * Sigma of a length as the answer gives it beside the length: "std": 20, "Uncertainty: ±20 cm",
 * "range": [25, 45], "it could be anything from 10 cm to 1 m", "up to 60 cm"; 0 if it gives none, or
 * no wider range than the length's own. A number without a unit has the length's own.
 *
 * @param others tokens of lengths that are said to be of something else: "the table is up to 2 m long"
 */
export function statedSpreadM(
  tokens: readonly Token[],
  length: Length,
  others: ReadonlySet<number>,
): number {
  const { valueM, start, next, range: own } = length;
  let sigmaM = 0;
  let widestM = 0;
  let lowM: number | undefined;
  let highM: number | undefined;
  const widen = (widthM: number) => {
    widestM = Math.max(widestM, widthM);
  };
  for (let index = 0; index < tokens.length; index++) {
    if (start <= index && index < next) continue;
    if (!others.has(index)) widen(reachM(lengthAt(tokens, index), tokens, valueM));
    const isOf = (names: ReadonlySet<string>) => isOneOf(tokens, index, names);
    if (isOf(DEVIATIONS)) sigmaM = Math.max(sigmaM, errorAfter(tokens, index, length) ?? 0);
    const isHalf = isOneOf(tokens, index, ["minus"]) && isOneOf(tokens, index - 1, ["plus", "or"]);
    if (isHalf || isOf(MARGINS)) widen(2 * (errorAfter(tokens, index, length) ?? 0));
    if (isOf(RANGES) || isOf(VAGUE)) widen(widthM(rangeAfter(tokens, index, length), valueM));
    const isBound = (word: string) =>
      isOneOf(tokens, index, [word]) && !others.has(valueAfter(tokens, index, length) ?? -1);
    if (isOf(LOWS) || isBound("least")) lowM ??= sizeAfter(tokens, index, length);
    if (isOf(HIGHS) || isBound("most")) highM ??= sizeAfter(tokens, index, length);
  }
  if (lowM !== undefined && highM !== undefined) widen(widthM([lowM, highM], valueM));
  const ownM = own ? widthM(own, valueM) : 0;
  return Math.max(sigmaM, Math.sqrt(Math.max(0, widestM ** 2 - ownM ** 2)) / SQRT_12);
}

/** How wide another length is as a range, as an error to both sides, or as an end of a range around the asked one. */
function reachM(other: Length | undefined, tokens: readonly Token[], valueM: number): number {
  if (other?.range) return widthM(other.range, valueM);
  if (other === undefined) return 0;
  const before = (count: number) => {
    const words = tokens.slice(Math.max(0, other.start - count), other.start);
    return words.map(({ text }) => text).join(" ");
  };
  if (ERRS.test(before(ERROR_WORDS))) return 2 * other.valueM;
  const isReached = REACHES.test(before(REACH_WORDS));
  return isReached ? 2 * Math.abs(other.valueM - valueM) : 0;
}

/** How wide a range is in which a value lies, metres; 0 where it does not. */
function widthM(range: readonly [lowM: number, highM: number] | undefined, valueM: number): number {
  const [lowM, highM] = range ?? [valueM, valueM];
  return lowM <= valueM && valueM <= highM ? highM - lowM : 0;
}

/** Where the value after a name begins, if it is not the length itself. */
function valueAfter(tokens: readonly Token[], index: number, of: Length): number | undefined {
  let at = index + 1;
  while (at <= index + LONGEST_BETWEEN && isOneOf(tokens, at, BETWEEN)) at++;
  return index < of.start && of.start <= at ? undefined : at;
}

/** The error that stands after its name: of "5 to 10 cm" the most. */
function errorAfter(tokens: readonly Token[], index: number, of: Length): number | undefined {
  const at = valueAfter(tokens, index, of);
  if (at === undefined) return undefined;
  // "Between" is one of the words before a value.
  const range = (lengthAt(tokens, at - 1) ?? lengthAt(tokens, at))?.range;
  if (range === undefined) return sizeAfter(tokens, index, of);
  return isOneOf(tokens, index, VAGUE) && widthM(range, of.valueM) > 0 ? undefined : range[1];
}

/** The size that stands after a name. */
function sizeAfter(tokens: readonly Token[], index: number, of: Length): number | undefined {
  const at = valueAfter(tokens, index, of);
  if (at === undefined) return undefined;
  const amount = tokens[at]?.type === "number" ? amountAt(tokens, at) : undefined;
  if (amount === undefined) return undefined;
  if (isOneOf(tokens, amount.next, ["%", "percent"]))
    return (Math.abs(of.valueM) * amount.value) / 100;
  const unit = unitAt(tokens, amount)?.unit;
  return unit === PIXEL ? undefined : amount.value * metresPer(unit ?? of.unit);
}

/** "[25, 45]", "25 to 45 cm" after "range". */
function rangeAfter(
  tokens: readonly Token[],
  index: number,
  of: Length,
): readonly [low: number, high: number] | undefined {
  const at = valueAfter(tokens, index, of);
  if (at === undefined) return undefined;
  const range = lengthAt(tokens, at)?.range;
  if (range) return range;
  const open = isOneOf(tokens, at, ["["]) ? at + 1 : at;
  // "25,45" is one token.
  const text = tokens
    .slice(open, open + 3)
    .map((token) => token.text)
    .join("");
  const [whole, low = "", high = ""] = PAIR.exec(text) ?? [];
  if (whole === undefined) return undefined;
  return [Number(low) * metresPer(of.unit), Number(high) * metresPer(of.unit)];
}
const PAIR = /^(\d+(?:\.\d+)?)(?:,|-|–|to|and)(\d+(?:\.\d+)?)\]?/;
