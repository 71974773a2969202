import { mean } from "simple-statistics";
import type { Vec3 } from "../base/index.js";
import { kindInfo, type QuestionKind, type Relation } from "./QuestionKind.js";
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
  "ambiguous",
  "out_of_domain",
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
  /**
   * Of a server's failure, whether another try may help: never (`lasting`: a wrong key or model), not
   * if the server was never reached (`unreached`: a wrong address?), not with this request
   * (`rejected`: the image is too large for it); absent: it may pass.
   */
  readonly outlook?: "lasting" | "unreached" | "rejected";
}

const PASSING: ReadonlySet<RefusalReason> = new Set([
  "timeout",
  "transport",
  "not_ready",
  "budget",
]);

/** Whether another try may cure a refusal: it speaks of the model's state, not of the image. */
export function isPassing({ reason }: Refusal): boolean {
  return PASSING.has(reason);
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
  /** Where the objects were seen; absent if the model does not report it. */
  readonly evidence?: readonly ObjectEvidence[];
  /** Computed from TF frames alone, nothing in the image; `evidence` lacks what is out of sight. */
  readonly byFrames?: true;
  /** How reliable the model's lengths are; absent if their own sigma covers all of their error. */
  readonly reliability?: Reliability;
} & (
  | { readonly value: AnswerValue; readonly refusal?: never }
  | { readonly value?: never; readonly refusal: Refusal }
);

/**
 * The answer with all of its error in its sigma: that of its own words and that of the model's
 * reliability, √(sigmaM² + absoluteSigmaM² + (relativeSigma·value)²), wild answers aside. For whoever reads
 * one answer by itself; estimators weigh the two apart.
 */
export function withWholeSigma(answer: SpatialAnswer): SpatialAnswer {
  if (!answer.reliability || answer.refusal || answer.value.shape !== "quantity") return answer;
  const { reliability, value, ...said } = answer;
  const { relativeSigma, absoluteSigmaM } = reliability;
  const sigmaM = Math.hypot(value.sigmaM, absoluteSigmaM, relativeSigma * value.valueM);
  return { ...said, value: { ...value, sigmaM } };
}

/** What an answer comes to. */
export type AnswerReading =
  | { readonly value: AnswerValue; readonly refusal?: never }
  | { readonly value?: never; readonly refusal: Refusal };

export function refuse(reason: RefusalReason, detail: string): AnswerReading {
  return { refusal: { reason, detail } };
}

/** An answer as one number, for messages, filters and reward expressions. */
export interface AnswerNumber {
  /** Metres, or 0/1: 1 means yes, the subject, or the first relation of the kind. */
  readonly value: number;
  /** Standard deviation of `value`, in `unit`. */
  readonly sigma: number;
  readonly unit: "m" | "1";
}

/**
 * The numeric view of an answer to a question of `kind`.
 *
 * The sigma of a quantity is its own. An answer of two possible values that is right with
 * probability p (its confidence) is said as v although the truth is 1 − v with probability
 * 1 − p, so its root mean square error is √(1 − p): 0 when sure, 0.71 when guessed.
 */
export function answerNumber(value: AnswerValue, kind: QuestionKind | "open"): AnswerNumber {
  switch (value.shape) {
    case "quantity":
      return { value: value.valueM, sigma: value.sigmaM, unit: "m" };
    case "yes_no":
      return binary(value.yes, value.confidence);
    case "choice":
      return binary(value.choice === "subject", value.confidence);
    case "class":
      return binary(
        kind !== "open" && kindInfo(kind).relations[0] === value.relation,
        value.confidence,
      );
  }
}

function binary(holds: boolean, confidence: number): AnswerNumber {
  return { value: holds ? 1 : 0, sigma: Math.sqrt(1 - confidence), unit: "1" };
}

type Quantity = Extract<AnswerValue, { shape: "quantity" }>;

/**
 * One answer out of n samples of one model for one question.
 *
 * Quantities: with samples x_i ± s_i, the value is their plain mean. Samples of one model share its
 * errors and round in the same way, so weights by 1/s_i² would only favour who said more digits.
 * The variance is that of the mean of the samples' spread, and never less than what rounding
 * leaves: sigma² = (Σ(x_i − mean)² / (n − 1) + mean(s_i²)) / n for n > 1, s_1² for n = 1.
 *
 * Yes/no, choices and relations: the majority, its confidence the sum of what the samples gave
 * it (c_i when they agree, 1 − c_i when they do not) divided by n. A tie goes to the first.
 *
 * @returns undefined for no samples, or for samples of different shapes.
 */
export function combineAnswers(values: readonly AnswerValue[]): AnswerValue | undefined {
  const first = values[0];
  if (first === undefined || values.some(({ shape }) => shape !== first.shape)) return undefined;
  if (first.shape === "quantity") return averageQuantity(values as readonly Quantity[]);
  const votes = values as readonly Exclude<AnswerValue, Quantity>[];
  const winner = majority(votes);
  const confidence = mean(
    votes.map((vote) =>
      verdictOf(vote) === verdictOf(winner) ? vote.confidence : 1 - vote.confidence,
    ),
  );
  return { ...winner, confidence };
}

function averageQuantity(samples: readonly Quantity[]): Quantity {
  const n = samples.length;
  const valueM = mean(samples.map((sample) => sample.valueM));
  const rounding = mean(samples.map((sample) => sample.sigmaM ** 2));
  const squares = samples.reduce((sum, sample) => sum + (sample.valueM - valueM) ** 2, 0);
  const spread = n > 1 ? squares / (n - 1) : 0;
  return { shape: "quantity", valueM, sigmaM: Math.sqrt((spread + rounding) / n) };
}

function majority<Vote extends Exclude<AnswerValue, Quantity>>(votes: readonly Vote[]): Vote {
  const counts = new Map<string, number>();
  const countOf = (vote: Vote) => counts.get(verdictOf(vote)) ?? 0;
  for (const vote of votes) counts.set(verdictOf(vote), countOf(vote) + 1);
  return votes.reduce((best, vote) => (countOf(vote) > countOf(best) ? vote : best));
}

function verdictOf(vote: Exclude<AnswerValue, Quantity>): string {
  switch (vote.shape) {
    case "yes_no":
      return vote.yes ? "yes" : "no";
    case "choice":
      return vote.choice;
    case "class":
      return vote.relation satisfies Relation;
  }
}
