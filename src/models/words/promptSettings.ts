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
      "how the model is asked: for a short answer, with step-by-step reasoning, with objects of known size as references, or for JSON",
    ),
  questions: z
    .enum(["single", "together"])
    .default("single")
    .describe(
      "one request for each question, or one for all questions of a frame; unanswered questions are then asked individually",
    ),
  system: longText
    .optional()
    .describe("system prompt instead of the template's; `none`: no system prompt"),
  prompt: z
    .string()
    .max(20000)
    .refine((text) => text.includes("{question}"), { message: "must contain {question}" })
    .default("{question}")
    .describe("text beside the image; `{question}` is replaced by the question"),
  references: longText
    .optional()
    .describe("known sizes, given to the model: `The tray is 30 cm wide.`"),
  examples: structure(z.array(example).max(16))
    .optional()
    .describe(
      "example questions with answers, shown before the actual question: a list of `question`, `answer` and, optionally, `image` (a file)",
    ),
  marks: z
    .enum(["off", "boxes"])
    .default("off")
    .describe(
      "`boxes`: objects with known detections or labels get numbered boxes in the image, and their numbers appear in the question",
    ),
};

export type PromptSettings = z.output<z.ZodObject<typeof promptSettings>>;

/** Settings that say how often, and how freely, the model answers. */
export const samplingSettings = {
  n: integer(1, 64).default(1).describe("number of answers sampled for each question and averaged"),
  temperature: number(0, 2)
    .optional()
    .describe("sampling temperature; 0 if `n` is 1, otherwise 0.7"),
};

type SamplingSettings = z.output<z.ZodObject<typeof samplingSettings>>;

/** Several samples at temperature 0 would be the same one. */
export function temperatureOf({ temperature, n }: SamplingSettings): number {
  return temperature ?? (n > 1 ? 0.7 : 0);
}
