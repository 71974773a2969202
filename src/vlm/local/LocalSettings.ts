import { z } from "zod";
import { endpointSettings } from "../endpoint/EndpointSettings.js";
import { onnxSettings } from "../onnx/index.js";

const { n, temperature, system, prompt } = endpointSettings.shape;

/** The settings of a `local` model, as its options and, in snake_case, in a model spec. */
export const localSettings = z.strictObject({
  ...onnxSettings,
  n,
  temperature,
  seed: z.coerce
    .number()
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(1)
    .describe("sampling seed of the first sample; each further one adds 1"),
  maxTokens: z.coerce
    .number()
    .int()
    .min(1)
    .max(65536)
    .default(128)
    .describe("longest answer, tokens; models that think before they speak need 1000 and more"),
  timeoutS: z.coerce
    .number()
    .min(0.001)
    .max(3600)
    .default(60)
    .describe("seconds until an answer is given up"),
  maxSide: z.coerce
    .number()
    .int()
    .min(32)
    .max(8192)
    .default(1024)
    .describe("longest side of the image that the model's own preprocessing begins with, pixels"),
  tiles: z
    .enum(["on", "off"])
    .default("on")
    .describe("SmolVLM and Idefics 3: `off` looks at the whole image only, many times faster"),
  system,
  prompt,
});

export type LocalSettings = z.output<typeof localSettings>;

/** What `local` is made with: `{ folder: "/models/SmolVLM-256M-Instruct", dtype: "q8" }`. */
export type LocalOptions = { readonly folder: string } & Readonly<z.input<typeof localSettings>>;
