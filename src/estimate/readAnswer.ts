import {
  type AnswerShape,
  answerNumber,
  kindInfo,
  type QuestionKind,
  type SpatialAnswer,
} from "../language/index.js";

/** The number in an answer (metres, or 0/1), or why there is none. */
export type ReadAnswer =
  | { readonly value: number; readonly sigma: number; readonly reason?: never }
  | { readonly value?: never; readonly reason: string };

/** The number that an answer gives for a measurement of that kind, in the terms of `answerNumber`. */
export function readAnswer(kind: QuestionKind, { value, refusal }: SpatialAnswer): ReadAnswer {
  if (refusal) return { reason: `${refusal.reason}: ${refusal.detail}` };
  const { shape } = kindInfo(kind);
  if (value.shape !== shape) {
    return { reason: `unclear: answered with ${NOUNS[value.shape]} instead of ${NOUNS[shape]}` };
  }
  const read = answerNumber(value, kind);
  return Number.isFinite(read.value) && read.sigma >= 0 && Number.isFinite(read.sigma)
    ? { value: read.value, sigma: read.sigma }
    : { reason: `no_number: ${read.value} ± ${read.sigma}` };
}

const NOUNS: Readonly<Record<AnswerShape, string>> = {
  quantity: "a quantity",
  yes_no: "yes or no",
  choice: "one of two objects",
  class: "one of two relations",
};
