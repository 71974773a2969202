import * as z from "zod";
import { type VqaFrame, type VqaRow, vqaRowSchema } from "../../dataset/index.js";
import { isEither, refusalSchema, verdictSchemas } from "../../language/answerSchema.js";
import {
  type AnswerValue,
  formatQuantity,
  type QuestionKind,
  type Refusal,
} from "../../language/index.js";

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
  /** As a question would say them; empty if there is none. */
  readonly subject: string;
  readonly object: string;
  readonly truth: Truth;
  readonly said: Said;
  /** What predictors to compare with said, by name. */
  readonly baselines: Readonly<Record<string, Said>>;
  /** Mean distance of the objects from the camera, metres; absent if it is not known. */
  readonly rangeM?: number;
  /** Names of the objects asked about, in the image's record. */
  readonly objects?: readonly string[];
  /** The image's record in the data set; absent for predictions without images. */
  readonly scene?: VqaFrame;
}

/** Sums of squares of what is longer are no numbers any more. */
const MOST_M = 1e9;
const length = z
  .number()
  .min(-MOST_M, `must be a length in metres, at least -${MOST_M}`)
  .max(MOST_M, `must be a length in metres, at most ${MOST_M}`);

const saidSchema = z
  .object({
    text: z.string(),
    latency_ms: z.number().optional(),
    value: z
      .discriminatedUnion("shape", [
        z.object({ shape: z.literal("quantity"), value_m: length, sigma_m: length.min(0) }),
        ...verdictSchemas,
      ])
      .optional(),
    refusal: refusalSchema.optional(),
  })
  .refine(isEither, "expected either value or refusal");
type WrittenSaid = z.infer<typeof saidSchema>;

/**
 * A line of predictions.jsonl. Of other programs only `question`, `ground_truth` and `prediction`
 * are expected; what else our own files hold makes a second evaluation repeat the first exactly.
 */
export const predictionRowSchema = z.object({
  question: z.string().min(1),
  /** In words and any unit; or a number: metres; or a boolean: yes or no. */
  ground_truth: z
    .union(
      [z.string(), z.number(), z.boolean()],
      "expected words, a finite number (metres), true or false",
    )
    .optional(),
  /** null: the model gave no answer. */
  prediction: z
    .string()
    .nullable()
    .transform((text) => text ?? ""),
  id: z.union([z.string(), z.number()]).optional(),
  /** What the question shares with others of the same image. */
  frame: z.string().optional(),
  image: z.string().optional(),
  /** One of the 43 kinds; understood from the question where it is missing. */
  kind: z.string().optional(),
  subject: z.string().optional(),
  object: z.string().optional(),
  truth: vqaRowSchema.shape.truth.optional(),
  answer: saidSchema.optional(),
  baselines: z.record(z.string(), saidSchema).optional(),
  range_m: length.min(0, "must be at least 0").optional(),
});
export type PredictionRow = z.infer<typeof predictionRowSchema>;

/** A row in its written form: `JSON.stringify` of it is one line. */
export function predictionRowOf(row: AnswerRow): PredictionRow {
  const { id, frame, kind, subject, object, question, truth, said, baselines, rangeM } = row;
  return {
    id,
    frame,
    ...(row.scene && { image: row.scene.image }),
    kind,
    subject,
    ...(object !== "" && { object }),
    question,
    ground_truth: truthText(truth, subject, object),
    prediction: said.text,
    truth,
    answer: written(said),
    baselines: Object.fromEntries(
      Object.entries(baselines).map(([name, one]) => [name, written(one)]),
    ),
    ...(rangeM !== undefined && { range_m: rangeM }),
  };
}

/** A truth for people. */
export function truthText(truth: Truth, subject: string, object: string): string {
  switch (truth.shape) {
    case "quantity":
      return formatQuantity(truth.value_m);
    case "yes_no":
      return truth.yes ? "yes" : "no";
    case "choice":
      return truth.choice === "subject" ? subject : object;
    case "class":
      return truth.relation;
    case "refusal":
      return `cannot be answered (${truth.reason.replaceAll("_", " ")})`;
  }
}

/** What a file says that a model said. */
export function readSaid({ text, latency_ms, value, refusal }: WrittenSaid): Said {
  const words = { text, ...(latency_ms !== undefined && { latencyMs: latency_ms }) };
  if (refusal) return { ...words, refusal };
  if (value === undefined) throw new RangeError("an answer has a value or a refusal");
  if (value.shape !== "quantity") return { ...words, value };
  const { shape, value_m: valueM, sigma_m: sigmaM } = value;
  return { ...words, value: { shape, valueM, sigmaM } };
}

function written({ text, latencyMs, value, refusal }: Said): WrittenSaid {
  const words = { text, ...(latencyMs !== undefined && { latency_ms: latencyMs }) };
  if (refusal) return { ...words, refusal };
  if (value.shape !== "quantity") return { ...words, value };
  const { shape, valueM, sigmaM } = value;
  return { ...words, value: { shape, value_m: valueM, sigma_m: sigmaM } };
}
