import { kindInfo, type QuestionKind } from "../QuestionKind.js";
import type { ObjectRef, TypedQuestion } from "../SpatialQuestion.js";
import { phrasings } from "./phrasings.js";
import { QuestionError } from "./QuestionError.js";

export interface AskOptions {
  /** Which of `phrasings(kind)`, counted round and round: any whole number serves as a seed. */
  readonly phrasing?: number;
}

/**
 * A typed question in words.
 *
 * @example askQuestion("distance", gripper, mug).text
 *   // "What is the distance between the robot gripper and the red mug?"
 * @throws QuestionError when a kind about two objects gets one, or a kind about one gets two.
 */
export function askQuestion(
  kind: QuestionKind,
  subject: ObjectRef,
  object?: ObjectRef,
  options: AskOptions = {},
): TypedQuestion {
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
  const index = Math.trunc(options.phrasing ?? 0) % wordings.length;
  const text = fillPhrasing(wordings.at(index)!, subject.phrase, object?.phrase ?? "");
  return object === undefined ? { kind, subject, text } : { kind, subject, object, text };
}

/** Puts the phrases into a wording and begins the sentence with a capital. */
export function fillPhrasing(wording: string, subject: string, object: string): string {
  const text = wording.replace(/\{([AB])\}/g, (_, slot) => (slot === "A" ? subject : object));
  return text.charAt(0).toUpperCase() + text.slice(1);
}
