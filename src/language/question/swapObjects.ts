import type { TypedQuestion } from "../SpatialQuestion.js";

/**
 * The question with its two objects exchanged, in role and in words; see `flipped` for what
 * becomes of its answer. Undefined where it has one object, or its words do not tell the two apart.
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
