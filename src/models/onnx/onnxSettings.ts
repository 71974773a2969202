import { z } from "zod";
import { DTYPES, type DtypeChoice } from "./dtypes.js";

/** What transformers.js calls the execution providers of onnxruntime-node. */
export const DEVICES = ["cpu", "cuda", "webgpu", "coreml", "dml"] as const;
export type Device = (typeof DEVICES)[number];

const message = `must be one of ${DTYPES.join(", ")}, or one for each part: vision_encoder:fp16,decoder_model_merged:q4`;
const dtypeName = z.enum(DTYPES, { error: message });

/** `q4`; `vision_encoder:fp16,decoder_model_merged:q4`; the same as JSON, as model files give it. */
const dtype = z.preprocess(
  (value) => {
    if (typeof value !== "string" || !value.includes(":")) return value;
    const items = value.replaceAll(/["{}\s]/g, "").split(",");
    return Object.fromEntries(items.map((item) => item.split(/:(.*)/s)));
  },
  z.union([dtypeName, z.record(z.string(), dtypeName)], { error: message }),
);

/** The settings of everything that is loaded from a folder with ONNX files. */
export const onnxSettings = {
  dtype: dtype
    .optional()
    .describe(
      "number format of the weights: fp32, q8, q4, …, or one for each part " +
        "(vision_encoder:fp16,decoder_model_merged:q4). Without it, the most exact that the folder has",
    ),
  device: z
    .enum(DEVICES)
    .default("cpu")
    .describe("execution provider; where it fails, that is said and the cpu is used"),
  threads: z.coerce
    .number()
    .int()
    .min(0)
    .max(256)
    .default(0)
    .describe("threads of the cpu provider; 0: all cores"),
};

export interface OnnxOptions {
  readonly dtype?: DtypeChoice | undefined;
  readonly device: Device;
  readonly threads: number;
}
