import { kindInfo } from "../QuestionKind.js";
import type { SpatialQuestion } from "../SpatialQuestion.js";
import { type AnswerReading, refuse } from "./AnswerReading.js";
import { isWithheld } from "./refusalOf.js";
import { selectStatement } from "./selectStatement.js";
import { signOf } from "./signOf.js";
import { type Statement, type Statements, statementsOf } from "./statements.js";
import { supplyUnits, unitOfQuestion } from "./supplyUnits.js";
import { type Token, tokenise } from "./tokens.js";
import { saysZero } from "./zeroAnswer.js";

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

/** Reads a length from normalised text; undefined where it holds no number at all. */
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
  const chosen = declared ? answers[0]! : selectStatement(answers, tokens, question.kind);
  if (chosen === undefined) {
    const lengths = answers.map(({ length }) => metres(length.valueM)).join(", ");
    return refuse("unclear", `the answer says of none of its lengths that it is meant: ${lengths}`);
  }
  const reading = readStatement(chosen);
  if (reading.refusal || reading.value.shape !== "quantity" || question.kind === "open") {
    return reading;
  }
  const signedM = reading.value.valueM * signOf(chosen, tokens, question);
  if (signedM < 0 && !kindInfo(question.kind).signed) {
    return refuse(
      "unclear",
      `a ${question.kind} cannot be negative, but the answer is ${signedM} m`,
    );
  }
  return { value: { ...reading.value, valueM: signedM === 0 ? 0 : signedM } };
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
