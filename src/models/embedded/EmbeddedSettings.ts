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
      "images worked on at a time, each in a thread of its own; without it, 2 where there are two cores",
    ),
  cores: z.coerce
    .number()
    .int()
    .min(1)
    .max(256)
    .optional()
    .describe("processor cores that one image may use; without it, all, shared among the threads"),
  provider: z
    .enum(PROVIDERS)
    .default("cpu")
    .describe(
      "execution provider of onnxruntime; where it fails, that is said and the cpu is used",
    ),
  weights: z
    .string()
    .optional()
    .describe("folder of weights of your own training; without it, those of this package"),
});

export type EmbeddedSettings = z.output<typeof embeddedSettings>;

/** What `embedded` is made with: `{ threads: 2 }`. */
export type EmbeddedOptions = Readonly<z.input<typeof embeddedSettings>>;
