import * as z from "zod";

const PROVIDERS = ["cpu", "cuda", "tensorrt"] as const;
export type Provider = (typeof PROVIDERS)[number];

/** The settings of the embedded model, as its options and, in snake_case, in a model spec. */
export const embeddedSettings = z.object({
  threads: z.coerce
    .number()
    .int()
    .min(1)
    .max(64)
    .optional()
    .describe(
      "images processed in parallel, each in its own thread; default: 2 if there are two cores",
    ),
  cores: z.coerce
    .number()
    .int()
    .min(1)
    .max(256)
    .optional()
    .describe("processor cores that one image may use; default: all, shared among the threads"),
  provider: z
    .enum(PROVIDERS)
    .default("cpu")
    .describe(
      "execution provider of onnxruntime; if it fails, a warning is shown and the CPU is used",
    ),
  weights: z
    .string()
    .optional()
    .describe("folder with your own trained weights; default: those of this package"),
});

export type EmbeddedSettings = z.output<typeof embeddedSettings>;

/** What `embedded` is made with: `{ threads: 2 }`. */
export type EmbeddedOptions = Readonly<z.input<typeof embeddedSettings>>;
