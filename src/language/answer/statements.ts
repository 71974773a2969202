import { itemAt } from "../../base/index.js";
import { amountAt } from "./amounts.js";
import { type Length, lengthAt } from "./lengths.js";
import { isLabelled, isOneOf, type Token, wordSet } from "./tokens.js";
import { PIXEL, unitAt } from "./units.js";

/** A length as a text states it. */
export interface Statement {
  readonly length: Length;
  /** Another wording of the same length that does not agree with it. */
  readonly conflict?: Length;
}

/** A number without a unit that could be an answer: no count, no index. */
export interface BareNumber {
  readonly value: number;
  readonly start: number;
  readonly next: number;
}

/** Everything in a text that is made of numbers. */
export interface Statements {
  readonly lengths: readonly Statement[];
  readonly bare: readonly BareNumber[];
  readonly pixels: boolean;
}

export function statementsOf(tokens: readonly Token[]): Statements {
  const lengths: Statement[] = [];
  const bare: BareNumber[] = [];
  let pixels = false;
  for (let index = 0; index < tokens.length; ) {
    const length = lengthAt(tokens, index);
    if (length) {
      const whole = withOtherWordings(tokens, length);
      if (!isCoordinate(tokens, length)) {
        lengths.push(whole);
      }
      index = whole.next;
      continue;
    }
    const amount = amountAt(tokens, index);
    if (amount && !amount.needsUnit) {
      const unit = unitAt(tokens, amount);
      pixels ||= unit?.unit === PIXEL;
      if (!unit && !isCountOrIndex(tokens, index, amount.next)) {
        bare.push({ value: amount.value, start: index, next: amount.next });
      }
    }
    index = amount && !amount.needsUnit ? amount.next : index + 1;
  }
  return { lengths, bare, pixels };
}

const LINKS = new Set(
  "or = ≈ ~ about approximately approx roughly around i . e which is that equals equivalent equivalently to".split(
    " ",
  ),
);
const STRONG_LINKS = new Set([
  "or",
  "/",
  "=",
  "≈",
  "i",
  "which",
  "equals",
  "equivalent",
  "equivalently",
]);
/** Two wordings may differ by this part of the length beyond what they were rounded by. */
const WORDING_TOLERANCE = 0.03;

/**
 * Reads "(13.8 inches)" or "/ 13.8 in" after "35 cm" as the same length once more. The first
 * wording counts: the second is mostly a conversion, with digits that nobody measured.
 */
function withOtherWordings(
  tokens: readonly Token[],
  first: Length,
): { length: Length; conflict?: Length; next: number } {
  let next = first.next;
  for (let count = 0; count < 3; count++) {
    const other = otherWordingAt(tokens, first, next);
    if (other === undefined) break;
    next = other.next;
    const larger = Math.max(Math.abs(first.valueM), Math.abs(other.length.valueM));
    const tolerance = first.slackM + other.length.slackM + WORDING_TOLERANCE * larger;
    if (Math.abs(Math.abs(first.valueM) - Math.abs(other.length.valueM)) > tolerance) {
      return { length: { ...first, next }, conflict: other.length, next };
    }
  }
  return { length: { ...first, next }, next };
}

function otherWordingAt(
  tokens: readonly Token[],
  first: Length,
  start: number,
): { length: Length; next: number } | undefined {
  let at = isOneOf(tokens, start, [","]) ? start + 1 : start;
  const open = isOneOf(tokens, at, ["(", "["]);
  if (open) at++;
  let linked = open || isOneOf(tokens, at, STRONG_LINKS);
  if (isOneOf(tokens, at, ["="]) && isResult(tokens, first.start)) linked = false;
  if (!linked) return undefined;
  if (isOneOf(tokens, at, ["/"])) at++;
  for (let count = 0; count < 6 && isOneOf(tokens, at, LINKS); count++) at++;
  const length = lengthAt(tokens, at);
  if (length === undefined || length.unit === first.unit) return undefined;
  // "1.5 m, i.e. 30 cm farther": how much more is another length.
  if (isOneOf(tokens, length.next, COMPARING)) return undefined;
  if (!open) return { length, next: length.next };
  return isOneOf(tokens, length.next, [")", "]"]) ? { length, next: length.next + 1 } : undefined;
}

const COMPARING = wordSet(
  "farther further closer nearer higher lower above below behind taller shorter wider narrower more less",
);

/** The last term of a sum: "25 cm + 10 cm = 350 mm" does not say 10 cm twice. */
function isResult(tokens: readonly Token[], start: number): boolean {
  return isOneOf(tokens, start - 1, ["+", "-", "×", "/", "*", "plus", "minus", "times"]);
}

const AXIS_NAMES = wordSet("x y z dx dy dz δx δy δz");

/** A position and no distance: "x = 0.3 m", the last number of "(0.12, 0.34, 0.80 m)". */
function isCoordinate(tokens: readonly Token[], length: Length): boolean {
  const { start } = length;
  if (isOneOf(tokens, start - 1, ["=", ":"]) && isOneOf(tokens, start - 2, AXIS_NAMES)) return true;
  return (
    isOneOf(tokens, start - 1, [","]) &&
    tokens[start - 2]?.type === "number" &&
    isOneOf(tokens, start - 3, ["(", "[", ",", "-", "<"])
  );
}

/** Words that may follow a bare number that measures. */
const AFTER_MEASURE = wordSet("apart away from or approximately roughly and");

function isCountOrIndex(tokens: readonly Token[], start: number, next: number): boolean {
  const before = tokens[start - 1];
  const after = tokens[next];
  if (isLabelled(tokens, start)) return true;
  if (itemAt(tokens, start).type === "word" && after === undefined) return false;
  const newLine = before === undefined || before.text === "\n";
  const more = tokens[next + 1] !== undefined && itemAt(tokens, next + 1).text !== "\n";
  if (newLine && more && isOneOf(tokens, next, [".", ")"])) return true;
  if (after === undefined) return false;
  if (after.type === "word") return !AFTER_MEASURE.has(after.text);
  if (after.type === "number") return true;
  if (isOneOf(tokens, next, ["%", "°", "×", "$", "^", "²", "³"])) return true;
  return after.text === "-" && tokens[next + 1]?.type === "word";
}
