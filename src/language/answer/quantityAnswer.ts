import { itemAt } from "../../base/index.js";
import { kindInfo, type QuantityKind, type QuestionKind, type Relation } from "../QuestionKind.js";
import { type AnswerReading, type Refusal, refuse } from "../SpatialAnswer.js";
import type { SpatialQuestion, TypedQuestion } from "../SpatialQuestion.js";
import { amountAt } from "./amounts.js";
import { isMeant, type Stated, statedIn } from "./clauses.js";
import type { Segment } from "./declaredAnswer.js";
import { isWithheld } from "./doubt.js";
import { Names } from "./names.js";
import { type PlainSentence, plainSentences } from "./plainSentences.js";
import { relationStatements } from "./relations.js";
import { type Statement, type Statements, statementsOf } from "./statements.js";
import { supplyUnits, unitOfQuestion } from "./supplyUnits.js";
import { takenBack } from "./takenBack.js";
import { isOneOf, normalise, type Token, tokenise, touches } from "./tokens.js";
import { CONDITION, isEstimate, isTurn, RETRACTION } from "./turns.js";
import { metresPer, PIXEL, unitOf } from "./units.js";
import { bareZeroSigmaM, givesZero, saidZeroSigmaM } from "./zeroAnswer.js";

/** What every length read by eye is uncertain by, however many digits are said, as a part of it. */
const EYE = 0.02;
/** What a hedge adds to sigma, as a part of the value. */
const HEDGE = 0.1;
/** Ranges up to this width count however small their middle is. */
const FREE_RANGE_M = 0.05;
/** Wider ranges count where the high end is at most three times the low one. */
const WIDEST_RANGE = 0.5;

/**
 * No camera that looks at a robot's work sees more than this, and no model reads more from one
 * image: three times the range of outdoor stereo cameras. What is longer is a slip of the unit.
 */
const MOST_M = 100;

/** What an answer, or a part of it, says in lengths. */
interface Reading {
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly found: Statements;
  readonly sentences: readonly PlainSentence[];
  readonly stated: readonly Placed[];
}

/** A length with its place in the answer. */
interface Placed extends Stated {
  readonly statement: Statement;
  readonly sentence: number;
}

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
  const back = whole.found.lengths.length > 0 ? takenBack(whole.sentences) : undefined;
  if (back) return { refusal: back };
  const declared = forms.map((form) => declaredIn(form, question)).find((it) => it !== undefined);
  const chosen = question.kind === "open" ? onlyOne(whole, declared) : choose(whole, declared);
  if (chosen === undefined) return withoutLength(whole, question);
  if ("reason" in chosen) return { refusal: chosen };
  const reading = readLength(chosen, isEstimate(normalise(spoken)));
  if (reading.value?.shape !== "quantity") return reading;
  const { valueM, sigmaM } = reading.value;
  if (question.kind === "open") return valueM > MOST_M ? tooLong(valueM) : reading;
  const sign = signOf(chosen, whole, question);
  if (sign === undefined) return refuse("contradiction", "the answer points both ways");
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

/** "3 5 cm", "0. 35 m": what is read as a length may be the last piece of a number. */
function isPiece(tokens: readonly Token[], start: number): boolean {
  let at = start - 1;
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

/** The length that the answer means, or why it cannot be told. */
function choose(whole: Reading, declared: Placed | undefined): Placed | Refusal | undefined {
  const conditions = whole.sentences.flatMap(({ text }) => text.match(CONDITION) ?? []);
  if (conditions.length > 1) return refusal("unclear", "the answer depends on what is not known");
  const all = declared ? [...whole.stated, declared] : whole.stated;
  const correction = whole.stated.findLastIndex((it) => it.corrects && isMeant(it));
  const retracted = whole.sentences.findLastIndex(({ text }) => RETRACTION.test(text));
  const anew = all.filter((it, index) => index >= correction && it.sentence > retracted);
  const valid = anew.some(isMeant) ? anew : all.slice(Math.max(0, correction));
  const meant = valid.filter(isMeant);
  const exact = meant.filter(({ bound }) => bound === undefined);
  const first = declared ?? exact.find(({ says }) => says === "asked") ?? exact[0] ?? meant[0];
  if (!first) return undefined;
  const chosen = exact.find((it) => narrows(it, first)) ?? first;
  const contrary = meant.find((it) => !isCompatible(chosen, it));
  if (contrary) {
    return refusal(
      "contradiction",
      `the answer is once ${metres(chosen.statement.length.valueM)} and once ${metres(contrary.statement.length.valueM)}`,
    );
  }
  const foreign = whole.stated.find(
    ({ says, statement }) =>
      says === "other" &&
      statement.length.range === undefined &&
      isSame(statement, chosen.statement),
  );
  if (chosen.says === "bare" && foreign) {
    return refusal(
      "unclear",
      `the answer gives ${metres(chosen.statement.length.valueM)} of something else`,
    );
  }
  if (declared || (chosen.sentence === 0 && whole.sentences[0]?.line)) return chosen;
  const last = meant.at(-1) ?? chosen;
  const doubtful = valid.find(
    (it) =>
      it.says === "unknown" &&
      !isExplained(it, whole) &&
      (chosen.says === "bare" || it.length > chosen.length || isPart(it, chosen)) &&
      !agree(it.statement, chosen.statement),
  );
  if (doubtful) {
    return refusal(
      "unclear",
      `the answer also gives ${metres(doubtful.statement.length.valueM)}, and nothing says of what`,
    );
  }
  const turn = whole.sentences.slice(last.sentence + 1).find(isTurn);
  if (turn) return refusal("unclear", `the answer goes on: "${turn.text.slice(0, 80)}"`);
  return { ...chosen, hedged: exact.some(({ hedged }) => hedged) || chosen.hedged };
}

/** "Between 35 and 45 cm, most likely 40 cm": the value counts, not the middle of the range. */
function narrows(it: Placed, { statement, sentence }: Placed): boolean {
  const { range } = statement.length;
  const { range: own, valueM } = it.statement.length;
  return (
    range !== undefined &&
    own === undefined &&
    it.sentence === sentence &&
    range[0] <= valueM &&
    valueM <= range[1]
  );
}

/** A step of a computation whose result is said to be of something else. */
function isExplained(it: Placed, { stated }: Reading): boolean {
  return stated.some(
    ({ says, length, statement }) =>
      says === "other" && length > it.length && isSame(statement, it.statement),
  );
}

/** Of one sentence, only a conclusion stands for itself. */
function isPart(it: Placed, chosen: Placed): boolean {
  return it.sentence === chosen.sentence && !chosen.concludes;
}

function isCompatible(chosen: Placed, other: Placed): boolean {
  if (other.bound === undefined)
    return chosen.bound !== undefined || agree(chosen.statement, other.statement);
  if (chosen.bound !== undefined)
    return chosen.bound === other.bound && agree(chosen.statement, other.statement);
  const [value, limit] = [chosen.statement.length.valueM, other.statement.length.valueM];
  return other.bound === "upper" ? value <= limit : value >= limit;
}

/** Two readings may differ by this part beside what they were rounded by. */
const AGREEMENT = 0.03;

/** Whether two lengths are one, said twice. */
function isSame({ length: one }: Statement, { length: other }: Statement): boolean {
  return Math.abs(one.valueM - other.valueM) <= AGREEMENT * Math.abs(one.valueM);
}

function agree({ length: one }: Statement, { length: other }: Statement): boolean {
  const [a, b] = [Math.abs(one.valueM), Math.abs(other.valueM)];
  return Math.abs(a - b) <= one.slackM + other.slackM + AGREEMENT * Math.max(a, b);
}

function tooMany(said: readonly Statement[]): Refusal {
  const values = said.map(({ length }) => metres(length.valueM)).join(", ");
  return refusal("unclear", `the answer says of none of its lengths that it is meant: ${values}`);
}

function refusal(reason: Refusal["reason"], detail: string): Refusal {
  return { reason, detail };
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
  if (bound === "lower") {
    return refuse("range_too_wide", `the answer only says more than ${metres(length.valueM)}`);
  }
  const [low, high] =
    bound === "upper"
      ? [0, Math.abs(length.valueM)]
      : (length.range ?? [length.valueM, length.valueM]);
  if (high - low > FREE_RANGE_M && high - low > WIDEST_RANGE * Math.abs(high + low)) {
    return refuse(
      "range_too_wide",
      `the answer is anything from ${metres(low)} to ${metres(high)}`,
    );
  }
  const valueM = bound === "upper" ? (Math.sign(length.valueM) * high) / 2 : length.valueM;
  const spread = bound === "upper" ? high / Math.sqrt(12) : length.sigmaM;
  const sigmaM = Math.hypot(spread, EYE * valueM, hedged || isEstimate ? HEDGE * valueM : 0);
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
  const isTurned = sentences.some((it) => isTurn(it) && !givesZero(it.text, kind));
  return isTurned ? undefined : saidZeroSigmaM(sentences, question);
}

function metres(valueM: number): string {
  return `${Number(valueM.toPrecision(3))} m`;
}

const DIRECTIONS: Readonly<Partial<Record<QuestionKind, Relation>>> = {
  left_difference: "left",
  right_difference: "right",
  above_difference: "above",
  below_difference: "below",
  behind_difference: "behind",
  front_difference: "front",
};

function relationsIn(
  tokens: readonly Token[],
  question: TypedQuestion,
  direction: Relation,
): ReadonlySet<Relation> {
  const statements = relationStatements(tokens, question, direction);
  return new Set(statements.filter(({ negated }) => !negated).map(({ relation }) => relation));
}

/**
 * +1 if the words around a length point the way that the kind counts, −1 if they point the other
 * way ("5 cm to the right" of a left_difference, "the bowl is 5 cm to the left"); undefined if they
 * point both ways.
 */
function signOf(
  { sentence }: Placed,
  { tokens, sentences }: Reading,
  question: TypedQuestion,
): 1 | -1 | undefined {
  const direction = DIRECTIONS[question.kind];
  if (direction === undefined) return 1;
  const { start, next } = itemAt(sentences, sentence);
  const near = relationsIn(tokens.slice(start, next), question, direction);
  // "It is to the right. The offset is 5 cm." speaks of one direction only, if not in one breath.
  const relations = near.size > 0 ? near : relationsIn(tokens, question, direction);
  const [relation = direction, other] = relations;
  if (other !== undefined) return undefined;
  return relation === direction ? 1 : -1;
}
