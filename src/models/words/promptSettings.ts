import * as z from "zod";
import { integer, longText, number, structure } from "../spec/settings.js";
import { TEMPLATES } from "./templates.js";

/** A question and its answer, shown to the model before it is asked. */
const example = z.strictObject({
  image: z.string().min(1).optional(),
  question: longText,
  answer: longText,
});
export type Example = z.output<typeof example>;

/** Settings that shape what is said to the model. */
export const promptSettings = {
  template: z
    .enum(TEMPLATES)
    .default("plain")
    .describe(
      "how the model is asked: for a short answer, after thinking aloud, by the sizes of known objects, or for JSON",
    ),
  questions: z
    .enum(["single", "together"])
    .default("single")
    .describe(
      "one request for each question, or one for all of a frame; what is left open there is asked singly",
    ),
  system: longText
    .optional()
    .describe("system prompt instead of the template's; `none`: none at all"),
  prompt: z
    .string()
    .max(20000)
    .refine((text) => text.includes("{question}"), { message: "must contain {question}" })
    .default("{question}")
    .describe("what is said beside the image; `{question}` stands for the question"),
  references: longText
    .optional()
    .describe("sizes that are known, told to the model: `The tray is 30 cm wide.`"),
  examples: structure(z.array(example).max(16))
    .optional()
    .describe(
      "questions with their answers, shown before the own one: a list of `question`, `answer` and, where wanted, `image` (a file)",
    ),
  marks: z
    .enum(["off", "boxes"])
    .default("off")
    .describe(
      "`boxes`: objects whose detections or labels are known get numbered boxes in the image, and their numbers in the question",
    ),
};

export type PromptSettings = z.output<z.ZodObject<typeof promptSettings>>;

/** Settings that say how often, and how freely, the model answers. */
export const samplingSettings = {
  n: integer(1, 64).default(1).describe("answers sampled for each question and averaged"),
  temperature: number(0, 2).optional().describe("sampling temperature; 0 where `n` is 1, else 0.7"),
};

type SamplingSettings = z.output<z.ZodObject<typeof samplingSettings>>;

/** Several samples at temperature 0 would be the same one. */
export function temperatureOf({ temperature, n }: SamplingSettings): number {
  return temperature ?? (n > 1 ? 0.7 : 0);
}
