import { z } from "zod";
import { longText, structure } from "./settingTypes.js";
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
