import { kindInfo } from "../QuestionKind.js";
import type { AnswerReading } from "../SpatialAnswer.js";
import type { SpatialQuestion, TypedQuestion } from "../SpatialQuestion.js";
import { spokenConfidence } from "./doubt.js";
import { lengthAnswer } from "./quantityAnswer.js";

/** An answer in fields: what a model gives that was asked for JSON. */
export interface AnswerFields {
  /** False: the model does not see what the question is about. */
  readonly visible?: boolean | undefined;
  /** Of a length, with its unit. */
  readonly value?: number | string | undefined;
  readonly unit?: string | undefined;
  /** Of every other question: yes or no, an object's phrase, a relation. */
  readonly answer?: string | boolean | undefined;
}

/** A field holds no hedges. */
const CONFIDENCE = spokenConfidence([]);

/**
 * What fields say to a question. Undefined if they hold words instead of what belongs there:
 * `parseAnswer` reads those.
 */
export function fieldsAnswer(
  { visible, value, unit = "", answer }: AnswerFields,
  question: SpatialQuestion,
): AnswerReading | undefined {
  if (question.kind === "open") return undefined;
  if (visible === false) {
    const detail = "the model says that it does not see what the question is about";
    return { refusal: { reason: "no_object", detail } };
  }
  switch (kindInfo(question.kind).shape) {
    case "quantity":
      return value === undefined ? undefined : lengthAnswer(String(value), unit, question);
    case "yes_no":
      return yesNo(answer);
    case "choice":
      return choice(answer, question);
    case "class":
      return relation(answer, question);
  }
}

function yesNo(answer: AnswerFields["answer"]): AnswerReading | undefined {
  const word = typeof answer === "string" ? answer.trim().toLowerCase() : answer;
  if (word !== true && word !== false && word !== "yes" && word !== "no") return undefined;
  const yes = word === true || word === "yes";
  return { value: { shape: "yes_no", yes, confidence: CONFIDENCE } };
}

function choice(
  answer: AnswerFields["answer"],
  { subject, object }: TypedQuestion,
): AnswerReading | undefined {
  const isSubject = answer === subject.phrase;
  if (isSubject === (answer === object?.phrase)) return undefined;
  const chosen = isSubject ? "subject" : "object";
  return { value: { shape: "choice", choice: chosen, confidence: CONFIDENCE } };
}

function relation(
  answer: AnswerFields["answer"],
  { kind }: TypedQuestion,
): AnswerReading | undefined {
  const found = kindInfo(kind).relations.find((one) => one === answer);
  return found && { value: { shape: "class", relation: found, confidence: CONFIDENCE } };
}
