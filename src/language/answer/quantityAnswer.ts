import { itemAt } from "../../base/index.js";
import { kindInfo, type QuestionKind, type Relation } from "../QuestionKind.js";
import { contentWords } from "../question/matchObject.js";
import { type AnswerReading, refuse } from "../SpatialAnswer.js";
import type { SpatialQuestion, TypedQuestion } from "../SpatialQuestion.js";
import { amountAt } from "./amounts.js";
import { isForeign } from "./claims.js";
import type { Segment } from "./declaredAnswer.js";
import { isWithheld } from "./doubt.js";
import { canMean } from "./nounPhrases.js";
import { isOtherMeasure } from "./otherMeasure.js";
import { relationStatements } from "./relations.js";
import { plainlyStated } from "./secondReading.js";
import { clauseAround, selectStatement } from "./selectStatement.js";
import { type Statement, type Statements, statementsOf } from "./statements.js";
import { supplyUnits, unitOfQuestion } from "./supplyUnits.js";
import { clausesOf, normalise, type Token, tokenise, wordSet } from "./tokens.js";
import { metresPer, PIXEL, unitOf } from "./units.js";
import { bareZeroSigmaM, saidZeroSigmaM } from "./zeroAnswer.js";

/** What every length read by eye is uncertain by, however many digits are said, as a part of it. */
const EYE = 0.02;
/** What a hedge adds to sigma, as a part of the value. */
const HEDGE = 0.1;
/** Ranges up to this width count however small their middle is. */
const FREE_RANGE_M = 0.05;
/** Wider ranges count where the high end is at most three times the low one. */
const WIDEST_RANGE = 0.5;

/** What a text says more of than the words around its length do. */
interface Reading {
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly all: Statements;
  readonly segment: Segment;
}

/**
 * Reads a length from a part of an answer; undefined if it holds no number at all.
 *
 * @param whole all that the answer says, normalised: what contradicts the part refuses it
 */
export function quantityAnswer(
  segment: Segment,
  whole: string,
  question: SpatialQuestion,
): AnswerReading | undefined {
  const [before, said] = [normalise(segment.before), normalise(segment.text)];
  const text = before + said + normalise(segment.after);
  const tokens = supplyUnits(tokenise(text), unitOfQuestion(question.text));
  const [from, to] = [before.length, before.length + said.length];
  const inSegment = ({ start }: { readonly start: number }) => {
    const at = itemAt(tokens, start).start;
    return from <= at && at < to;
  };
  const found = statementsOf(tokens);
  const lengths = found.lengths.filter(({ length }) => inSegment(length));
  const all = { ...found, lengths, bare: found.bare.filter(inSegment) };
  const isDeclared = segment.by === "form";
  const words = new Set(tokens.map((token) => token.text));
  const answers = withoutCorrected(tokens, lengths).filter(
    (it) =>
      !it.negated &&
      !it.asked &&
      (isDeclared || (!it.premise && !isForeign(tokens, it, question))) &&
      (isDeclared || question.kind === "open" || !isOtherMeasure(tokens, it, question, words)) &&
      !isWithheld(text, tokens, it.length.start),
  );
  if (answers.length === 0) return withoutLength({ text, tokens, all, segment }, whole, question);
  const chosen = chooseFrom(answers, tokens, segment, question);
  if (chosen === undefined) {
    const said = answers.map(({ length }) => metres(length.valueM)).join(", ");
    return refuse("unclear", `the answer says of none of its lengths that it is meant: ${said}`);
  }
  const contrary = contradictionOf(chosen, whole, question);
  if (contrary) return contrary;
  const reading = readStatement(chosen, isEstimate(whole));
  if (reading.refusal || reading.value.shape !== "quantity" || question.kind === "open") {
    return reading;
  }
  const signedM = reading.value.valueM * signOf(chosen, tokens, question);
  return signedLength(signedM, reading.value.sigmaM, question);
}

/** What begins the explanation of an answer that was given before. */
const EXPLAINS =
  /\b(?:here's (?:how|my|the|a)|here is (?:how|my|the|a)|(?:explanation|reasoning|breakdown)\b|let me explain|how i (?:estimated|got|arrived)|this (?:estimate|estimation) is based|(?:calculated|estimated|determined) as follows)/;

function chooseFrom(
  answers: readonly Statement[],
  tokens: readonly Token[],
  { declared, by, text }: Segment,
  question: SpatialQuestion,
): Statement | undefined {
  if (declared) {
    const [first] = answers;
    // Bold are other things, too: "**Horizontal distance: 35 cm**".
    return by === "form" ? first : selectStatement(answers.slice(0, 1), tokens, question.kind);
  }
  const explained = normalise(text).search(EXPLAINS);
  const given = answers.filter(({ length }) => itemAt(tokens, length.start).start < explained);
  return (
    selectStatement(given, tokens, question.kind) ?? selectStatement(answers, tokens, question.kind)
  );
}

const CORRECTIONS = wordSet("actually wait correction sorry oops");
/** How far a correction stands before the length that it brings. */
const CORRECTION_REACH = 12;

/** The statements that no later one takes back: "30 cm … wait, actually 45 cm". */
function withoutCorrected(
  tokens: readonly Token[],
  statements: readonly Statement[],
): readonly Statement[] {
  const correction = statements.findLastIndex(({ length }, index) => {
    const previous = statements[index - 1]?.length.next ?? 0;
    const from = Math.max(previous, length.start - CORRECTION_REACH);
    return index > 0 && tokens.slice(from, length.start).some(({ text }) => CORRECTIONS.has(text));
  });
  return correction < 0 ? statements : statements.slice(correction);
}

/** Words that make everything an estimate that is said beside them. */
const ESTIMATES = wordSet(
  "estimate estimated estimating estimation approximation approximate rough roughly guess guessing ballpark " +
    "uncertain unsure unclear imprecise inaccurate exact exactly precise precisely might may off differ",
);

/** After "not". */
const UNSURE = wordSet("certain sure confident");

/** Whether a clause of the answer that holds no length itself says that its lengths are estimates. */
function isEstimate(whole: string): boolean {
  const tokens = tokenise(whole);
  return clausesOf(tokens).some(({ start, next }) => {
    const clause = tokens.slice(start, next);
    return (
      clause.every(({ type }) => type !== "number") &&
      clause.some(
        ({ text }, i) => ESTIMATES.has(text) || (UNSURE.has(text) && clause[i - 1]?.text === "not"),
      )
    );
  });
}

/** Two readings may differ by this part beside what they were rounded by. */
const AGREEMENT = 0.03;

/**
 * The refusal where sentences state the quantity plainly, and all as another length; or where the
 * length is given of another thing, and of no other.
 */
function contradictionOf(
  { length }: Statement,
  whole: string,
  question: SpatialQuestion,
): AnswerReading | undefined {
  if (question.kind === "open") return undefined;
  const { subject, object, kind } = question;
  const isKnown = (words: string) =>
    [subject, object].some(
      (one) => one && canMean({ words: contentWords(words), start: 0, next: 0 }, one),
    ) || /^(?:them|the two(?: objects)?|these(?: two)?)$/.test(words);
  const agrees = (otherM: number) =>
    Math.abs(Math.abs(length.valueM) - Math.abs(otherM)) <=
    length.slackM + AGREEMENT * Math.max(Math.abs(length.valueM), Math.abs(otherM));
  const stated = plainlyStated(whole, kind, isKnown);
  const [other] = stated;
  if (other !== undefined && !stated.some(agrees)) {
    return refuse(
      "contradiction",
      `the answer is once ${metres(length.valueM)} and once ${metres(other)}`,
    );
  }
  if (stated.length > 0) return undefined;
  const tokens = supplyUnits(tokenise(whole), unitOfQuestion(question.text));
  const same = statementsOf(tokens).lengths.filter((it) => agrees(it.length.valueM));
  const foreign = same.filter((it) => isForeign(tokens, it, question));
  // The declaration itself is one of them.
  if (foreign.length === 0 || same.length - foreign.length > 1) return undefined;
  return refuse("unclear", `the answer gives ${metres(length.valueM)} of another object`);
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

/** A length with its sign, which not all kinds can have. */
function signedLength(valueM: number, sigmaM: number, { kind }: TypedQuestion): AnswerReading {
  if (valueM < 0 && !kindInfo(kind).signed) {
    return refuse("unclear", `a ${kind} cannot be negative, but the answer is ${valueM} m`);
  }
  return { value: { shape: "quantity", valueM: valueM === 0 ? 0 : valueM, sigmaM } };
}

function readStatement(
  { length, conflict, hedged, bound }: Statement,
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

function withoutLength(
  { text, tokens, all: { bare, pixels, lengths }, segment }: Reading,
  whole: string,
  question: SpatialQuestion,
): AnswerReading | undefined {
  const sigmaM = zeroSigmaM({ tokens, bare, segment }, whole, question);
  if (sigmaM !== undefined) return { value: { shape: "quantity", valueM: 0, sigmaM } };
  if (pixels) return refuse("pixels", "the answer counts pixels, which are no length");
  const asked = lengths.find((it) => it.asked);
  if (asked) {
    return refuse("unclear", `the answer only asks about ${metres(asked.length.valueM)}`);
  }
  const denied = lengths.filter(({ length }) => !isWithheld(text, tokens, length.start));
  if (denied.length > 0) {
    const used = denied.map(({ length }) => metres(length.valueM)).join(", ");
    return refuse("unclear", `the answer uses lengths, but gives none: ${used}`);
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
  { tokens, bare, segment }: Pick<Reading, "tokens" | "segment"> & Pick<Statements, "bare">,
  whole: string,
  question: SpatialQuestion,
): number | undefined {
  const isZero = bare.length > 0 && bare.every(({ value }) => value === 0);
  if (isZero) {
    // A bold 0 is a heading, a score, a step: only a text that is nothing else is an answer.
    const all = segment.by === "form" ? tokens : tokenise(whole);
    const others = statementsOf(tokenise(whole));
    if (others.lengths.length > 0 || others.pixels) return undefined;
    return bareZeroSigmaM(all, question);
  }
  if (question.kind === "open" || segment.declared) return undefined;
  return saidZeroSigmaM(whole, question);
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
 * way ("5 cm to the right" of a left_difference, "the bowl is 5 cm to the left").
 */
function signOf(statement: Statement, tokens: readonly Token[], question: TypedQuestion): 1 | -1 {
  const direction = DIRECTIONS[question.kind];
  if (direction === undefined) return 1;
  const { start, next } = clauseAround(tokens, statement.length);
  const near = relationsIn(tokens.slice(start, next), question, direction);
  // "It is to the right. The offset is 5 cm." speaks of one direction only, if not in one breath.
  const relations = near.size > 0 ? near : relationsIn(tokens, question, direction);
  const [relation = direction] = relations;
  return relations.size > 1 || relation === direction ? 1 : -1;
}
