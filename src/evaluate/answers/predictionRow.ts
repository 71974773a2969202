import * as z from "zod";
import { vqaRowSchema } from "../../dataset/index.js";
import { isEither, refusalSchema, verdictSchemas } from "../../language/answerSchema.js";
import { formatQuantity } from "../../language/index.js";
import type { AnswerRow, Said, Truth } from "./AnswerRow.js";

const length = z.number();

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
  ground_truth: z.union([z.string(), z.number(), z.boolean()]).optional(),
  prediction: z.string(),
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
  range_m: length.optional(),
});
export type PredictionRow = z.infer<typeof predictionRowSchema>;

/** A row as it is written: `JSON.stringify` of it is one line. */
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
  if (value!.shape !== "quantity") return { ...words, value: value! };
  const { shape, value_m: valueM, sigma_m: sigmaM } = value!;
  return { ...words, value: { shape, valueM, sigmaM } };
}

function written({ text, latencyMs, value, refusal }: Said): WrittenSaid {
  const words = { text, ...(latencyMs !== undefined && { latency_ms: latencyMs }) };
  if (refusal) return { ...words, refusal };
  if (value.shape !== "quantity") return { ...words, value };
  const { shape, valueM, sigmaM } = value;
  return { ...words, value: { shape, value_m: valueM, sigma_m: sigmaM } };
}
