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
    .describe("sampling seed of the first sample; each further one adds 1"),
  maxTokens: integer(1, 65536)
    .optional()
    .describe("longest answer, tokens; 256, with the templates `reasoning` and `references` 2048"),
  timeoutS: number(0.001, 3600).default(60).describe("seconds until an answer is given up"),
  maxSide: integer(32, 8192)
    .default(1024)
    .describe("longest side of the image that the model's own preprocessing begins with, pixels"),
  tiles: z
    .enum(["on", "off"])
    .default("on")
    .describe("SmolVLM and Idefics 3: `off` looks at the whole image only, many times faster"),
  ...reliabilitySettings,
});

export type LocalSettings = z.output<typeof localSettings>;

/** What `local` is made with: `{ folder: "/models/SmolVLM-256M-Instruct", dtype: "q8" }`. */
export type LocalOptions = { readonly folder: string } & Readonly<z.input<typeof localSettings>>;
