import { type AnswerShape, kindInfo } from "../QuestionKind.js";
import { QuestionError } from "../question/askQuestion.js";
import { checkQuestion } from "../question/checkQuestion.js";
import { type AnswerReading, type AnswerValue, refuse } from "../SpatialAnswer.js";
import type { SpatialQuestion } from "../SpatialQuestion.js";
import { choiceAnswer, classAnswer } from "./choiceAnswer.js";
import { lengthsContradict } from "./comparedLengths.js";
import { declaredAnswers, type Segment } from "./declaredAnswer.js";
import { refusalOf } from "./doubt.js";
import { jsonFields, undoJson } from "./jsonFields.js";
import { quantityAnswer } from "./quantityAnswer.js";
import { spokenWords } from "./spokenWords.js";
import { undoTables } from "./tableRows.js";
import { isUnreadable } from "./takenBack.js";
import { normalise, withoutStruck } from "./tokens.js";
import { yesNoAnswer } from "./yesNoAnswer.js";

/** Longer answers are noise or loops: of those, only the end is read, where the answer stands. */
const LONGEST_CHARS = 20_000;

/** No number needs more digits; patterns would take seconds over thousands of them. */
const NEEDLESS_DIGITS = /(?<=\p{Nd}{40})\p{Nd}+/gu;

/**
 * What a model's words say to a question: metres with sigma, yes or no, a choice, a relation; or
 * why they say nothing. docs/answer-parser.md lists the rules with examples.
 *
 * @throws QuestionError if the question is none, or the text is no string; no text makes it throw
 * @example
 *   parseAnswer("About 35 cm (13.8 inches).", askQuestion("distance", gripper, mug)).value
 *   // { shape: "quantity", valueM: 0.3505…, sigmaM: 0.035… }
 */
export function parseAnswer(text: string, question: SpatialQuestion): AnswerReading {
  checkQuestion(question);
  if (typeof text !== "string") {
    throw new QuestionError(`Expected the answer to be a string, but it is ${typeof text}.`);
  }
  const end = (spokenWords(text) ?? "").slice(-LONGEST_CHARS);
  const said = withoutStruck(end.replace(NEEDLESS_DIGITS, ""));
  const spoken = undoTables(said);
  const segments = declaredAnswers(spoken);
  const whole = normalise(spoken);
  const shape = shapeOf(question);
  let refusal: AnswerReading | undefined;
  if (shape === "quantity" || shape === "open") {
    if (isUnreadable(spoken)) {
      return refuse("unclear", `the answer writes no plain length: "${whole.slice(0, 160)}"`);
    }
    const plain = undoJson(spoken);
    const forms = [...segments, ...jsonFields(plain, spoken)];
    const reading = withError(quantityAnswer(forms, plain, question));
    if (reading?.value) return reading;
    refusal = reading;
  }
  if (shape !== "quantity") {
    const reading = verdictAnswer(spoken, segments, question);
    const value = reading?.value;
    if (value && question.kind !== "open" && lengthsContradict(whole, value, question)) {
      return refuse("contradiction", "the answer gives lengths that say the opposite");
    }
    if (value) return reading;
    refusal ??= reading;
  }
  if (refusal) return refusal;
  if (whole.trim() === "") return refuse("unclear", "the answer is empty");
  const refused = refusalOf(whole.trim());
  if (refused) return { refusal: refused };
  return shape === "quantity"
    ? refuse("no_number", `the answer holds no length: "${whole.trim().slice(0, 160)}"`)
    : refuse("unclear", `the answer decides nothing: "${whole.trim().slice(0, 160)}"`);
}

/** No length is known without an error: "narrower than -0 cm" bounds nothing. */
function withError(reading: AnswerReading | undefined): AnswerReading | undefined {
  const value = reading?.value;
  if (value?.shape !== "quantity" || value.sigmaM > 0) return reading;
  return refuse("unclear", "the answer gives a length without any room for an error");
}

/**
 * A verdict, a choice or a relation: of what the answer declares as such, if that is one; else of
 * its whole text. What one of its parts takes back or contradicts, no other part can put right.
 */
function verdictAnswer(
  spoken: string,
  segments: readonly Segment[],
  question: SpatialQuestion,
): AnswerReading | undefined {
  const whole = readWords(normalise(undoJson(spoken)), question);
  if (whole?.refusal && whole.refusal.reason !== "contradiction") return whole;
  const forms = segments
    .map(({ text }) => readWords(normalise(undoJson(text)), question))
    .filter((reading) => reading !== undefined);
  const [form] = forms;
  if (form === undefined) return whole;
  const isOne = forms.every(({ value }) => valueName(value) === valueName(form.value));
  return isOne ? form : refuse("contradiction", "the answer declares two answers");
}

function valueName(value: AnswerValue | undefined): string {
  return JSON.stringify({ ...value, confidence: undefined });
}

function readWords(normalised: string, question: SpatialQuestion): AnswerReading | undefined {
  if (question.kind === "open") return yesNoAnswer(normalised, question);
  const refused = refusalOf(normalised.replace(HARD_BUT, ""));
  if (refused) return { refusal: refused };
  switch (kindInfo(question.kind).shape) {
    case "yes_no":
      return yesNoAnswer(normalised, question);
    case "choice":
      return choiceAnswer(normalised, question);
    default:
      return classAnswer(normalised, question);
  }
}

/** "It is hard to tell, but the gripper seems taller": a verdict after all. */
const HARD_BUT =
  /\b(?:hard|difficult|tough) to (?:say|tell|determine|judge|estimate)\b(?=[^.!?;\n]{0,120}\b(?:but|however)\b)/g;

function shapeOf(question: SpatialQuestion): AnswerShape | "open" {
  return question.kind === "open" ? "open" : kindInfo(question.kind).shape;
}
