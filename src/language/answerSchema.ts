/**
 * A second door of this room: the shape of answers in files and from other programs, for those who
 * read some. It loads zod, which the room itself does without.
 */
import * as z from "zod";
import { RELATIONS } from "./QuestionKind.js";
import { REFUSAL_REASONS, type SpatialAnswer } from "./SpatialAnswer.js";

const confidence = z.number().min(0).max(1);
const pixel = z.number();

/** Values of two possible answers: the same in all files. */
export const verdictSchemas = [
  z.object({ shape: z.literal("yes_no"), yes: z.boolean(), confidence }),
  z.object({ shape: z.literal("choice"), choice: z.enum(["subject", "object"]), confidence }),
  z.object({ shape: z.literal("class"), relation: z.enum(RELATIONS), confidence }),
] as const;

export const refusalSchema = z.object({ reason: z.enum(REFUSAL_REASONS), detail: z.string() });

/** Something that says either what a value is or why there is none. */
export function isEither({ value, refusal }: { value?: unknown; refusal?: unknown }): boolean {
  return (value === undefined) !== (refusal === undefined);
}

/** A SpatialAnswer without its question. */
export const answerSchema = z
  .object({
    text: z.string(),
    model: z.string(),
    latencyMs: z.number(),
    value: z
      .discriminatedUnion("shape", [
        z.object({ shape: z.literal("quantity"), valueM: z.number(), sigmaM: z.number() }),
        ...verdictSchemas,
      ])
      .optional(),
    refusal: refusalSchema.optional(),
    reliability: z
      .object({
        relativeSigma: z.number().nonnegative(),
        absoluteSigmaM: z.number().nonnegative(),
        wildShare: z.number().min(0).max(0.5),
      })
      .optional(),
    evidence: z
      .array(
        z.object({
          object: z.string(),
          centerPx: z.tuple([pixel, pixel]),
          boxPx: z.tuple([pixel, pixel, pixel, pixel]).optional(),
          centerM: z.tuple([z.number(), z.number(), z.number()]),
        }),
      )
      .optional(),
    byFrames: z.literal(true).optional(),
  })
  .refine(isEither)
  .transform((answer) => answer as Omit<SpatialAnswer, "question">);
