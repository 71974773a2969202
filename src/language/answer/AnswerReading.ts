import type { AnswerValue, Refusal, RefusalReason } from "../SpatialAnswer.js";

/** What an answer comes to. */
export type AnswerReading =
  | { readonly value: AnswerValue; readonly refusal?: never }
  | { readonly value?: never; readonly refusal: Refusal };

export function refuse(reason: RefusalReason, detail: string): AnswerReading {
  return { refusal: { reason, detail } };
}
