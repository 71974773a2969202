import type { Vec3 } from "../base/index.js";
import type { Relation } from "./QuestionKind.js";
import type { Reliability } from "./Reliability.js";
import type { SpatialQuestion } from "./SpatialQuestion.js";

/** What an answer says, once understood. Quantities are metres. */
export type AnswerValue =
  | { readonly shape: "quantity"; readonly valueM: number; readonly sigmaM: number }
  | { readonly shape: "yes_no"; readonly yes: boolean; readonly confidence: number }
  | { readonly shape: "choice"; readonly choice: "subject" | "object"; readonly confidence: number }
  | { readonly shape: "class"; readonly relation: Relation; readonly confidence: number };

/** Why there is no value. The same words appear in `reason` of outputs. */
export const REFUSAL_REASONS = [
  "refused",
  "no_object",
  "no_number",
  "no_unit",
  "pixels",
  "range_too_wide",
  "contradiction",
  "unclear",
  "no_depth",
  "no_plane",
  "no_transform",
  "unsupported_question",
  "timeout",
  "transport",
  "not_ready",
  "budget",
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

export interface Refusal {
  readonly reason: RefusalReason;
  /** For the reader: "label 7 (the red mug) covers 3 px, at least 20 are needed". */
  readonly detail: string;
}

/** Where a model saw an object: for overlays and markers. */
export interface ObjectEvidence {
  /** The ObjectRef's name. */
  readonly object: string;
  /** In pixels of the colour image: the centre's projection, and the box around what was seen. */
  readonly centerPx: readonly [u: number, v: number];
  readonly boxPx?: readonly [left: number, top: number, right: number, bottom: number];
  /** The centre in the image's optical frame, metres. */
  readonly centerM: Vec3;
}

/** What a model said to one question: a value or a refusal, never a number in doubt. */
export type SpatialAnswer = {
  readonly question: SpatialQuestion;
  /** The model's own words. */
  readonly text: string;
  readonly model: string;
  readonly latencyMs: number;
  /** Where the objects were seen; absent where the model cannot tell. */
  readonly evidence?: readonly ObjectEvidence[];
  /** What the model's lengths are worth; absent where their own sigma tells all. */
  readonly reliability?: Reliability;
} & (
  | { readonly value: AnswerValue; readonly refusal?: never }
  | { readonly value?: never; readonly refusal: Refusal }
);
