import * as z from "zod";

/** The number formats of weights, and how files of each are named: `decoder_model_merged_q4.onnx`. */
const SUFFIXES = {
  fp32: "",
  q8: "_quantized",
  int8: "_int8",
  uint8: "_uint8",
  q4: "_q4",
  bnb4: "_bnb4",
  fp16: "_fp16",
  q4f16: "_q4f16",
  q2: "_q2",
  q2f16: "_q2f16",
  q1: "_q1",
  q1f16: "_q1f16",
} as const;

export type Dtype = keyof typeof SUFFIXES;

/** In the order in which one is taken where none is asked for: exact before small. */
export const DTYPES = Object.keys(SUFFIXES) as readonly Dtype[];

/** One for all parts of a model, or one for each: `{ vision_encoder: "fp16", … }`. */
export type DtypeChoice = Dtype | Readonly<Record<string, Dtype>>;

/** `vision_encoder`, `q4` → `onnx/vision_encoder_q4.onnx` */
export function onnxFile(part: string, dtype: Dtype): string {
  return `onnx/${part}${SUFFIXES[dtype]}.onnx`;
}

/** The dtype of one part of a model; undefined if the choice leaves it open. */
export function dtypeOf(choice: DtypeChoice | undefined, part: string): Dtype | undefined {
  return typeof choice === "string" ? choice : choice?.[part];
}

/** What transformers.js calls the execution providers of onnxruntime-node. */
const DEVICES = ["cpu", "cuda", "webgpu", "coreml", "dml"] as const;
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
        "(vision_encoder:fp16,decoder_model_merged:q4). Default: the most precise format in the folder",
    ),
  device: z
    .enum(DEVICES)
    .default("cpu")
    .describe("execution provider; if it fails, a warning is shown and the CPU is used"),
  threads: z.coerce
    .number()
    .int()
    .min(0)
    .max(256)
    .default(0)
    .describe("threads of the CPU provider; 0: all cores"),
};

export interface OnnxOptions {
  readonly dtype?: DtypeChoice | undefined;
  readonly device: Device;
  readonly threads: number;
}
