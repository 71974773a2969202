import { itemAt } from "../../base/index.js";
import { kindInfo, type QuestionKind, type Relation } from "../QuestionKind.js";
import { type AnswerReading, refuse } from "../SpatialAnswer.js";
import type { SpatialQuestion, TypedQuestion } from "../SpatialQuestion.js";
import { amountAt } from "./amounts.js";
import { isWithheld } from "./doubt.js";
import { relationStatements } from "./relations.js";
import { clauseAround, selectStatement } from "./selectStatement.js";
import { type Statement, type Statements, statementsOf } from "./statements.js";
import { supplyUnits, unitOfQuestion } from "./supplyUnits.js";
import { type Token, tokenise } from "./tokens.js";
import { metresPer, PIXEL, unitOf } from "./units.js";

/** What every length read by eye is uncertain by, however many digits are said, as a part of it. */
const EYE = 0.02;
/** What a hedge adds to sigma, as a part of the value. */
const HEDGE = 0.1;
/** Sigma of a zero that was said in words ("touching"), or without a unit. */
const ZERO_SIGMA_M = 0.01;
/** Ranges up to this width count however small their middle is. */
const FREE_RANGE_M = 0.05;
/** Wider ranges count where the high end is at most three times the low one. */
const WIDEST_RANGE = 0.5;

/** Reads a length from normalised text; undefined if it holds no number at all. */
export function quantityAnswer(
  text: string,
  question: SpatialQuestion,
  declared: boolean,
): AnswerReading | undefined {
  const tokens = supplyUnits(tokenise(text), unitOfQuestion(question.text));
  const all = statementsOf(tokens);
  const answers = all.lengths.filter(
    ({ negated, premise, length }) =>
      !negated && !premise && !isWithheld(text, tokens, length.start),
  );
  if (answers.length === 0) return withoutLength(text, tokens, all, question);
  const chosen = declared ? itemAt(answers, 0) : selectStatement(answers, tokens, question.kind);
  if (chosen === undefined) {
    const lengths = answers.map(({ length }) => metres(length.valueM)).join(", ");
    return refuse("unclear", `the answer says of none of its lengths that it is meant: ${lengths}`);
  }
  const reading = readStatement(chosen);
  if (reading.refusal || reading.value.shape !== "quantity" || question.kind === "open") {
    return reading;
  }
  const signedM = reading.value.valueM * signOf(chosen, tokens, question);
  return signedLength(signedM, reading.value.sigmaM, question);
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

function readStatement({ length, conflict, hedged, bound }: Statement): AnswerReading {
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
  const sigmaM = Math.hypot(spread, EYE * valueM, hedged ? HEDGE * valueM : 0);
  return { value: { shape: "quantity", valueM, sigmaM } };
}

function withoutLength(
  text: string,
  tokens: readonly Token[],
  { bare, pixels, lengths }: Statements,
  question: SpatialQuestion,
): AnswerReading | undefined {
  const zero = bare.length > 0 && bare.every(({ value }) => value === 0);
  if (zero || saysZero(text, question.kind)) {
    return { value: { shape: "quantity", valueM: 0, sigmaM: ZERO_SIGMA_M } };
  }
  if (pixels) return refuse("pixels", "the answer counts pixels, which are no length");
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

function metres(valueM: number): string {
  return `${Number(valueM.toPrecision(3))} m`;
}

/** Words that say zero without a number, by kind. */
const CONTACT =
  /\b(?:touch(?:es|ing)?|in (?:direct |physical )?contact|no (?:visible )?(?:gap|space|clearance|distance|separation)|overlap(?:s|ping)?|flush|pressed against|resting against)\b/;
const ON_SURFACE =
  /\b(?:(?:rest(?:s|ing)?|sit(?:s|ting)?|stand(?:s|ing)?|lie(?:s)?|lying|is|placed|directly|still|flat) (?:directly |flat |right )?on (?:the|a|its)|touch(?:es|ing) the (?:table|surface|floor|ground)|no(?:t| longer)? (?:been )?(?:lifted|raised|elevated))\b/;
const LEVEL =
  /\b(?:same (?:height|level|distance|depth|position|elevation)|(?:at|on) (?:an )?equal|level with|aligned|no (?:vertical |horizontal |height |depth )?(?:difference|offset|distance|separation)|equally (?:high|far|low|close)|directly (?:above|below|over|under|beneath))\b/;

const ZERO_WORDS: Readonly<Partial<Record<QuestionKind, RegExp>>> = {
  gap: CONTACT,
  elevation: ON_SURFACE,
  vertical_distance: LEVEL,
  horizontal_distance: LEVEL,
  above_difference: LEVEL,
  below_difference: LEVEL,
  behind_difference: LEVEL,
  front_difference: LEVEL,
  left_difference: LEVEL,
  right_difference: LEVEL,
};
const DENIAL = /\b(?:not|isn't|aren't|doesn't|don't|never|without|nearly|almost|if)\b/;

/** Whether a text says that the quantity is zero: "they are touching" of a gap. */
function saysZero(normalised: string, kind: QuestionKind | "open"): boolean {
  const zero = kind === "open" ? undefined : ZERO_WORDS[kind];
  const found = zero?.exec(normalised);
  if (!found) return false;
  const sentence =
    normalised
      .slice(0, found.index)
      .split(/[.!?\n]/)
      .at(-1) ?? "";
  return !DENIAL.test(sentence) || /^no(?:t| longer)/.test(found[0]);
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
