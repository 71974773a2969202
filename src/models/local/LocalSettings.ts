import * as z from "zod";
import { onnxSettings } from "../onnx/onnxSettings.js";
import { integer, number } from "../spec/settings.js";
import { promptSettings, samplingSettings } from "../words/promptSettings.js";
import { reliabilitySettings } from "../words/reliability.js";

const { template, system, prompt, references } = promptSettings;

/** The settings of a `local` model, as its options and, in snake_case, in a model spec. */
export const localSettings = z.strictObject({
  ...onnxSettings,
  template,
  system,
  prompt,
  references,
  ...samplingSettings,
  seed: integer(0, 2 ** 31 - 1)
    .default(1)
    .describe("sampling seed of the first sample; each further sample adds 1"),
  maxTokens: integer(1, 65536)
    .optional()
    .describe(
      "maximum length of an answer, tokens; 256, or 2048 with the templates `reasoning` and `references`",
    ),
  timeoutS: number(0.001, 3600).default(60).describe("time-out of an answer, seconds"),
  maxSide: integer(32, 8192)
    .default(1024)
    .describe("longest side of the image before the model's own preprocessing, pixels"),
  tiles: z
    .enum(["on", "off"])
    .default("on")
    .describe("SmolVLM and Idefics 3: `off` uses only the whole image, which is many times faster"),
  ...reliabilitySettings,
});

export type LocalSettings = z.output<typeof localSettings>;

/** What `local` is made with: `{ folder: "/models/SmolVLM-256M-Instruct", dtype: "q8" }`. */
export type LocalOptions = { readonly folder: string } & Readonly<z.input<typeof localSettings>>;
