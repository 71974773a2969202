import { itemAt, UserError } from "../../base/index.js";
import { isQuestionKind, KINDS, kindInfo, type QuestionKind } from "../QuestionKind.js";
import type { AnswerValue } from "../SpatialAnswer.js";
import type { ObjectRef, TypedQuestion } from "../SpatialQuestion.js";
import { phrasings } from "./phrasings.js";

/** A question that cannot be put into words: its kind and its objects do not fit together. */
export class QuestionError extends UserError {
  override readonly code = "question.invalid";
}

export interface AskOptions {
  /** Which of `phrasings(kind)`, counted round and round: any whole number serves as a seed. */
  readonly phrasing?: number;
}

/**
 * A typed question in words.
 *
 * @example askQuestion("distance", gripper, mug).text
 *   // "What is the distance between the robot gripper and the red mug?"
 * @throws QuestionError when there is no such kind, a kind about two objects gets one, or a kind about one gets two.
 */
export function askQuestion(
  kind: QuestionKind,
  subject: ObjectRef,
  object?: ObjectRef,
  options: AskOptions = {},
): TypedQuestion {
  if (!isQuestionKind(kind)) {
    throw new QuestionError(
      `"${kind}" is no kind of question. Kinds: ${[...KINDS.keys()].join(", ")}.`,
    );
  }
  const { arity } = kindInfo(kind);
  if (arity === 2 && object === undefined) {
    throw new QuestionError(
      `A "${kind}" question compares two objects, but only "${subject.name}" is given: name the second object.`,
    );
  }
  if (arity === 1 && object !== undefined) {
    throw new QuestionError(
      `A "${kind}" question is about one object, but "${subject.name}" and "${object.name}" are given: drop the second.`,
    );
  }
  const wordings = phrasings(kind);
  const { length } = wordings;
  const index = ((Math.trunc(options.phrasing ?? 0) % length) + length) % length;
  const text = fillPhrasing(itemAt(wordings, index), subject.phrase, object?.phrase ?? "");
  return object === undefined ? { kind, subject, text } : { kind, subject, object, text };
}

/** Puts the phrases into a wording and begins the sentence with a capital. */
function fillPhrasing(wording: string, subject: string, object: string): string {
  const text = wording.replace(/\{([AB])\}/g, (_, slot) => (slot === "A" ? subject : object));
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/**
 * The question with its two objects exchanged, in role and in words; see `flipped` for what happens
 * to its answer. Undefined if it has one object, or its words do not distinguish the two.
 */
export function swapObjects(question: TypedQuestion): TypedQuestion | undefined {
  const { subject, object } = question;
  if (object === undefined) return undefined;
  const text = swappedText(question.text, subject.phrase, object.phrase);
  return text === undefined ? undefined : { ...question, subject: object, object: subject, text };
}

function swappedText(text: string, a: string, b: string): string | undefined {
  const lower = text.toLowerCase();
  const places = (phrase: string): number => lower.split(phrase.toLowerCase()).length - 1;
  if (a === "" || b === "" || places(a) !== 1 || places(b) !== 1) return undefined;
  const [from, to] = [lower.indexOf(a.toLowerCase()), lower.indexOf(b.toLowerCase())];
  if (from < to + b.length && to < from + a.length) return undefined;
  const [first, second] = from < to ? [a, b] : [b, a];
  const [start, end] = [Math.min(from, to), Math.max(from, to)];
  const exchanged =
    text.slice(0, start) +
    second +
    text.slice(start + first.length, end) +
    first +
    text.slice(end + second.length);
  return exchanged.charAt(0).toUpperCase() + exchanged.slice(1);
}

/**
 * What the answer must become where the two sides of a question change places: subject and object
 * in a swap, left and right in a mirror. Unsigned lengths stay what they are.
 */
export function flipped(value: AnswerValue, kind: QuestionKind): AnswerValue {
  const { relations, signed } = kindInfo(kind);
  switch (value.shape) {
    case "quantity":
      return signed ? { ...value, valueM: -value.valueM } : value;
    case "yes_no":
      return { ...value, yes: !value.yes };
    case "choice":
      return { ...value, choice: value.choice === "subject" ? "object" : "subject" };
    case "class": {
      const others = relations.filter((relation) => relation !== value.relation);
      return { ...value, relation: itemAt(others, 0) };
    }
  }
}

/**
 * The question about a length, asked for in a unit that is not what one would say at that size: it
 * has to be worked out. The answer must be the same length.
 */
export function askInInches(question: TypedQuestion): TypedQuestion {
  return { ...question, text: `${question.text} Give the answer in inches.` };
}
