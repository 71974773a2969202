import { range } from "d3-array";
import { itemAt } from "../../base/index.js";
import { kindInfo, type QuantityKind } from "../QuestionKind.js";
import { type AnswerReading, type Refusal, refuse } from "../SpatialAnswer.js";
import type { SpatialQuestion, TypedQuestion } from "../SpatialQuestion.js";
import { amountAt } from "./amounts.js";
import { agree, choose, metres, type Placed, type Reading, tooMany } from "./chooseLength.js";
import type { Segment } from "./declaredAnswer.js";
import { doubtIn, isWithheld } from "./doubt.js";
import { flagIn } from "./flags.js";
import type { Length } from "./lengths.js";
import { Names } from "./names.js";
import { plainSentences } from "./plainSentences.js";
import { signOf } from "./signOf.js";
import { isMeant, statedIn } from "./statedIn.js";
import { statedSpreadM } from "./statedSpread.js";
import { statementsOf } from "./statements.js";
import { supplyUnits, unitOfQuestion } from "./supplyUnits.js";
import { takenBack } from "./takenBack.js";
import {
  isLabelled,
  isOneOf,
  normalise,
  type Token,
  tokenise,
  touches,
  wordSet,
} from "./tokens.js";
import { isEstimate, isTurn } from "./turns.js";
import { metresPer, PIXEL, unitOf } from "./units.js";
import { bareZeroSigmaM, saidZeroSigmaM, saysZero } from "./zeroAnswer.js";

/** What every length read by eye is uncertain by, however many digits are said, as a part of it. */
const EYE = 0.02;
/** What a hedge adds to sigma, as a part of the value. */
const HEDGE = 0.1;
/** What it adds where the value is zero: "almost 0 cm" is no contact. */
const HEDGED_ZERO_M = 0.03;
/** Ranges up to this width count however small their middle is. */
const FREE_RANGE_M = 0.05;
/** Wider ranges count where the high end is at most three times the low one. */
const WIDEST_RANGE = 0.5;

/**
 * No camera that looks at a robot's work sees more than this, and no model reads more from one
 * image: three times the range of outdoor stereo cameras. What is longer is a slip of the unit.
 */
const MOST_M = 100;

/**
 * Reads a length from an answer; undefined if it holds no number at all. A length is taken only
 * where a clause says that it is the quantity asked for, or where it stands alone in a place for
 * answers; what nobody can account for is refused.
 *
 * @param forms its declared answers, strongest first
 * @param spoken all that the answer says
 */
export function quantityAnswer(
  forms: readonly Segment[],
  spoken: string,
  question: SpatialQuestion,
): AnswerReading | undefined {
  const whole = read(spoken, question);
  const hasNumber = whole.found.lengths.length > 0 || whole.found.bare.length > 0;
  const back = hasNumber ? takenBack(whole.sentences) : undefined;
  if (back) return { refusal: back };
  const doubt = doubtIn(whole.text);
  if (doubt !== undefined) return refuse("unclear", doubt);
  const declared = forms.map((form) => declaredIn(form, question)).find((it) => it !== undefined);
  const chosen =
    question.kind === "open"
      ? onlyOne(whole, declared)
      : choose(whole, declared, question.kind as QuantityKind);
  if (chosen === undefined) return withoutLength(whole, question);
  if ("reason" in chosen) return { refusal: chosen };
  const isFlagged = whole.sentences.some((it) => flagIn(it.text) === "hedge");
  const reading = readLength(chosen, isFlagged || isEstimate(whole.text));
  if (reading.value?.shape !== "quantity") return reading;
  const { valueM } = reading.value;
  const { length } = chosen.statement;
  const own = chosen.statement === declared?.statement ? placedIn(whole, length) : length;
  const spreadM = statedSpreadM(whole.tokens, own, ofOthers(whole));
  const sigmaM = Math.hypot(reading.value.sigmaM, spreadM);
  if (question.kind === "open") {
    return valueM > MOST_M ? tooLong(valueM) : { value: { ...reading.value, sigmaM } };
  }
  const sign = signOf(chosen, whole, question);
  if (sign === undefined)
    return refuse("contradiction", "the answer points both ways, or to sides of other things");
  return signedLength(valueM * sign, sigmaM, question);
}

function read(said: string, question: SpatialQuestion): Reading {
  const text = normalise(said);
  const tokens = supplyUnits(tokenise(text), unitOfQuestion(question.text));
  const found = statementsOf(tokens);
  const sentences = plainSentences(tokens, found.lengths, new Names(question));
  const { kind } = question;
  const stated = sentences.flatMap((sentence, index) => {
    if (sentence.asked || kind === "open") return [];
    const isZero = (at: number) => itemAt(found.lengths, at).length.valueM === 0;
    const before = sentences[index - 1];
    return statedIn(sentence, kind as QuantityKind, before, isZero).map((it): Placed => {
      const statement = itemAt(found.lengths, it.length);
      const says = isPiece(tokens, statement.length.start) ? "unknown" : it.says;
      return { ...it, says, statement, sentence: index };
    });
  });
  return { text, tokens, found, sentences, stated };
}

/** A length that a form declares, where it stands in the whole answer; nowhere if the form has words of its own. */
function placedIn({ found }: Reading, length: Length): Length {
  const isIt = ({ valueM, unit, range }: Length) =>
    valueM === length.valueM && unit === length.unit && String(range) === String(length.range);
  const at = found.lengths.findLast((it) => isIt(it.length))?.length;
  return at ?? { ...length, start: -1, next: -1 };
}

/** "Given the uncertainty, it could be 20 to 60 cm", "off by 5 cm" are of nothing else. */
const MAY_BE =
  /\bit (?:could|may|might) be [LUG]\d+$|(?:^|, )(?:(?:but|although|though|and) )?error of [LUG]\d+$/;

/** The tokens of the lengths that are said to be of something else. */
function ofOthers({ sentences, stated }: Reading): ReadonlySet<number> {
  return new Set(
    stated.flatMap(({ says, sentence, statement: { length } }) => {
      if (says !== "other" || MAY_BE.test(itemAt(sentences, sentence).text)) return [];
      return range(length.start, length.next);
    }),
  );
}

/** Between two numbers of which only the last has a unit: "35 & 40 cm". */
const JOINTS = wordSet("& and then + | ; vs versus plus not or");

/** "3 5 cm", "0. 35 m": what is read as a length may be the last piece of a number, or of several. */
function isPiece(tokens: readonly Token[], start: number): boolean {
  let at = start - 1;
  if (isOneOf(tokens, at, JOINTS)) {
    const before = isOneOf(tokens, at - 1, [","]) ? at - 2 : at - 1;
    if (tokens[before]?.type === "number" && !isLabelled(tokens, before)) return true;
  }
  // With a blank beside it, a colon ends a label and a semicolon a sentence.
  const isInNumber =
    isOneOf(tokens, at, [":", ";"]) && touches(tokens, at - 1) && touches(tokens, at);
  while (isOneOf(tokens, at, [".", ",", "/"])) at -= 1;
  return tokens[isInNumber ? at - 1 : at]?.type === "number";
}

/** The answer of a box, a tag, a label: its only length, if it says of none that it is something else. */
function declaredIn(
  { text, before, isOneOfSeveral }: Segment,
  question: SpatialQuestion,
): Placed | undefined {
  if (isOneOfSeveral) return undefined;
  const { stated, found, sentences } = read(text, question);
  const hedged = /(?:\babout|\bapprox[a-z]*\.?|\broughly|\baround|[~≈])\W*$/i.test(before);
  const [only, other] = stated.filter(isMeant);
  if (only && !other && found.lengths.length === 1) {
    return { ...only, hedged: hedged || only.hedged };
  }
  const [statement, second] = found.lengths;
  if (question.kind !== "open" || !statement || second) return undefined;
  return {
    says: "asked",
    length: 0,
    hedged: sentences.some((it) => it.hedged),
    corrects: false,
    concludes: false,
    isNamed: false,
    statement,
    sentence: 0,
  };
}

/** Of a question in free words nobody knows what its quantity is: only one length can be meant. */
function onlyOne(
  { tokens, found, sentences }: Reading,
  declared: Placed | undefined,
): Placed | Refusal | undefined {
  if (declared) return declared;
  const said = found.lengths.filter(({ length }) =>
    sentences.some(
      ({ asked, start, next }) => !asked && start <= length.start && length.start < next,
    ),
  );
  const [statement] = said;
  if (!statement) return undefined;
  const isWhole = said.every(({ length }) => !isPiece(tokens, length.start));
  if (!isWhole || !said.every((other) => agree(statement, other))) return tooMany(said);
  const place = sentences.findIndex(({ next }) => statement.length.start < next);
  const { text = "", hedged = false } = sentences[place] ?? {};
  const symbol = /[LUGN]\d+/.exec(text)?.[0][0];
  if (symbol === "N") return undefined;
  const bound = symbol === "U" ? "upper" : symbol === "G" ? "lower" : undefined;
  return {
    says: "asked",
    length: 0,
    hedged,
    corrects: false,
    concludes: false,
    isNamed: false,
    statement,
    sentence: place,
    ...(bound && { bound }),
  };
}

/** A number as JSON or a form would have it, and nothing else. */
const NUMBER = /^\s*(-?)(\d+(?:\.\d+)?(?:e[+-]?\d{1,3})?)\s*$/i;

/**
 * A length that was given as a number with its unit, not in words. Undefined if one of the two is
 * none.
 */
export function lengthAnswer(
  number: string,
  unit: string,
  question: TypedQuestion,
): AnswerReading | undefined {
  const [, minus, digits = ""] = NUMBER.exec(number) ?? [];
  const amount = amountAt(tokenise(digits.toLowerCase()), 0);
  const name = unitOf(unit.trim().toLowerCase());
  if (amount === undefined || name === undefined || name === PIXEL) return undefined;
  const sizeM = amount.value * metresPer(name);
  if (!Number.isFinite(sizeM)) return undefined;
  const sigmaM = Math.hypot((amount.step * metresPer(name)) / Math.sqrt(12), EYE * sizeM, 0);
  return signedLength(minus ? -sizeM : sizeM, sigmaM, question);
}

function tooLong(valueM: number): AnswerReading {
  const detail = `the answer is ${metres(valueM)}, and nothing longer than ${MOST_M} m is read from an image`;
  return refuse("unclear", detail);
}

/** A length with its sign, which not all kinds can have. */
function signedLength(valueM: number, sigmaM: number, { kind }: TypedQuestion): AnswerReading {
  if (Math.abs(valueM) > MOST_M) return tooLong(valueM);
  if (valueM < 0 && !kindInfo(kind).signed) {
    return refuse("unclear", `a ${kind} cannot be negative, but the answer is ${valueM} m`);
  }
  return { value: { shape: "quantity", valueM: valueM === 0 ? 0 : valueM, sigmaM } };
}

function readLength(
  { statement: { length, conflict }, hedged, bound }: Placed,
  isEstimate: boolean,
): AnswerReading {
  if (conflict !== undefined) {
    return refuse(
      "contradiction",
      `the answer gives one length as ${metres(length.valueM)} and as ${metres(conflict.valueM)}`,
    );
  }
  if (bound !== undefined) {
    const side = bound === "lower" ? "more" : "less";
    return refuse("range_too_wide", `the answer only says ${side} than ${metres(length.valueM)}`);
  }
  const [low, high] = length.range ?? [length.valueM, length.valueM];
  if (high - low > FREE_RANGE_M + 1e-9 && high - low > WIDEST_RANGE * Math.abs(high + low)) {
    return refuse(
      "range_too_wide",
      `the answer is anything from ${metres(low)} to ${metres(high)}`,
    );
  }
  const { valueM } = length;
  const hedgeM = hedged || isEstimate ? HEDGE * valueM : 0;
  const zeroM = hedged && valueM === 0 ? HEDGED_ZERO_M : 0;
  const sigmaM = Math.hypot(length.sigmaM, EYE * valueM, hedgeM, zeroM);
  return { value: { shape: "quantity", valueM, sigmaM } };
}

/** Why an answer without a length that is meant says nothing, or the zero that it says in words. */
function withoutLength(whole: Reading, question: SpatialQuestion): AnswerReading | undefined {
  const { text, tokens, found } = whole;
  const { bare, pixels, lengths } = found;
  const sigmaM = zeroSigmaM(whole, question);
  if (sigmaM !== undefined) return { value: { shape: "quantity", valueM: 0, sigmaM } };
  if (pixels) return refuse("pixels", "the answer counts pixels, which are no length");
  const open = lengths.filter(({ length }) => !isWithheld(text, tokens, length.start));
  if (open.length > 0) {
    const used = open.map(({ length }) => metres(length.valueM)).join(", ");
    return refuse("unclear", `the answer says of none of its lengths that it is meant: ${used}`);
  }
  if (lengths.length > 0) return undefined;
  if (bare.length > 0) {
    const numbers = bare.map(({ value }) => value).join(", ");
    return refuse("no_unit", `the answer gives ${numbers} without a unit`);
  }
  return undefined;
}

/** Sigma of the zero that a text says without a length, if it does. */
function zeroSigmaM(
  { tokens, found, sentences, stated }: Reading,
  question: SpatialQuestion,
): number | undefined {
  if (found.pixels) return undefined;
  const { bare, lengths } = found;
  if (bare.some(({ value }) => value !== 0)) return undefined;
  const sigmaM =
    bare.length > 0 && lengths.length === 0 ? bareZeroSigmaM(tokens, question) : undefined;
  if (sigmaM !== undefined) return sigmaM;
  if (question.kind === "open" || stated.some(({ says }) => says !== "other")) return undefined;
  if (takenBack(sentences)) return undefined;
  const kind = question.kind as QuantityKind;
  const isTurned = sentences.some((it) => isTurn(it, kind) && !saysZero(it.text, kind));
  return isTurned ? undefined : saidZeroSigmaM(sentences, question);
}
