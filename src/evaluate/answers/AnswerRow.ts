import type { VqaFrame, VqaRow } from "../../dataset/index.js";
import type { AnswerValue, QuestionKind, Refusal } from "../../language/index.js";

/** What is true, exactly: metres, yes or no, which of the two, which relation. */
export type Truth = VqaRow["truth"];

/** What a model said to a question: its words, and what they come to. */
export type Said = { readonly text: string; readonly latencyMs?: number } & (
  | { readonly value: AnswerValue; readonly refusal?: never }
  | { readonly value?: never; readonly refusal: Refusal }
);

/** One question with its truth and all that was said to it. */
export interface AnswerRow {
  readonly id: string;
  /** What it shares its errors with: questions of one image are drawn together, never apart. */
  readonly frame: string;
  readonly kind: QuestionKind | "open";
  readonly question: string;
  /** As a question would say them; empty where there is none. */
  readonly subject: string;
  readonly object: string;
  readonly truth: Truth;
  readonly said: Said;
  /** What predictors to compare with said, by name. */
  readonly baselines: Readonly<Record<string, Said>>;
  /** Mean distance of the objects from the camera, metres; absent where it is not known. */
  readonly rangeM?: number;
  /** Names of the objects asked about, in the image's record. */
  readonly objects?: readonly string[];
  /** The image's record in the data set; absent for predictions without images. */
  readonly scene?: VqaFrame;
}
