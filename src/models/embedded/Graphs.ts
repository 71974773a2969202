import { join } from "node:path";
import type { InferenceSession, Tensor } from "onnxruntime-node";
import { WeightsError } from "../errors.js";
import type { OnNotice } from "../VlmContext.js";
import { turnAside } from "./Aside.js";
import { domainScore } from "./Domain.js";
import type { Provider } from "./EmbeddedSettings.js";
import type { Picture } from "./fitPicture.js";
import type { Weights } from "./Weights.js";

type Ort = typeof import("onnxruntime-node");

const ENCODED = ["memory", "cells", "keys", "geometry"] as const;
const ANSWERED = ["seen", "weights", "means", "scales", "held", "scores", "shapes"] as const;

/** A picture as the model remembers it. */
export type Encoded = Readonly<Record<(typeof ENCODED)[number], Tensor>> & {
  /** The picture's domain score, where the model knows its domain. */
  readonly score: number | undefined;
};

/** What the model says to some questions, question after question. */
export type Answered = Readonly<Record<(typeof ANSWERED)[number], Float32Array>>;

export interface GraphOptions {
  readonly cores: number;
  readonly provider: Provider;
}

/**
 * The model's two graphs in onnxruntime, which blocks the thread that runs them: one looks at a
 * picture, the other answers questions about what that saw.
 */
export class Graphs {
  private constructor(
    /** Where they run, which is the cpu where the asked provider failed. */
    readonly provider: Provider,
    private readonly ort: Ort,
    private readonly encoder: InferenceSession,
    private readonly answerer: InferenceSession,
    private readonly weights: Weights,
  ) {}

  /** @throws WeightsError if a graph cannot be loaded or is not of this model. */
  static async load(weights: Weights, options: GraphOptions, onNotice: OnNotice): Promise<Graphs> {
    const ort = await import("onnxruntime-node");
    // It would write a failing provider to stderr by itself.
    ort.env.logLevel = "fatal";
    const open = async (provider: Provider): Promise<Graphs> => {
      const settings = sessionOptions({ ...options, provider });
      const encoder = await ort.InferenceSession.create(weights.encoder, settings);
      const answerer = await ort.InferenceSession.create(weights.answerer, settings);
      return new Graphs(provider, ort, encoder, answerer, weights);
    };
    const graphs = await open(options.provider).catch((error: unknown) => {
      if (options.provider === "cpu") throw unloadable(weights, error);
      const text =
        `embedded: the execution provider ${options.provider} failed (${firstLine(error)}); ` +
        "the CPU is used";
      onNotice({ kind: "warning", text });
      return open("cpu").catch((error: unknown) => {
        throw unloadable(weights, error);
      });
    });
    graphs.#check();
    return graphs;
  }

  /** Looks at a picture. Its geometry is that of cameras from aside if its domain score says so. */
  async encode({ pixels, lens }: Picture): Promise<Encoded> {
    const { Tensor } = this.ort;
    const { width, height, domain, aside } = this.weights.config;
    const { fx, fy, cx, cy, isKnown } = lens;
    const numbers = Float32Array.of(fx, fy, cx, cy, isKnown ? 1 : 0);
    const outputs = await this.encoder.run({
      image: new Tensor("uint8", pixels, [1, height, width, 3]),
      lens: new Tensor("float32", numbers, [1, 5]),
    });
    const encoded = outputs as Record<(typeof ENCODED)[number] | "aside", Tensor>;
    const score = domain && domainScore(numbersOf(encoded.cells), domain);
    if (aside && score !== undefined) {
      turnAside(numbersOf(encoded.geometry), numbersOf(encoded.aside), score, aside);
    }
    return { ...encoded, score };
  }

  /** @param words `max_words` ids for each question */
  async answer(encoded: Encoded, words: BigInt64Array): Promise<Answered> {
    const { max_words: length } = this.weights.config;
    const outputs = await this.answerer.run({
      ...Object.fromEntries(ENCODED.map((name) => [name, encoded[name]])),
      words: new this.ort.Tensor("int64", words, [words.length / length, length]),
    });
    const numbers = ANSWERED.map((name) => [name, outputs[name]!.data]);
    return Object.fromEntries(numbers) as Record<keyof Answered, Float32Array>;
  }

  async close(): Promise<void> {
    await Promise.all([this.encoder.release(), this.answerer.release()]);
  }

  #check(): void {
    const { folder, config } = this.weights;
    const seen = config.aside ? [...ENCODED, "aside"] : ENCODED;
    checkNames(join(folder, "encoder.onnx"), this.encoder, ["image", "lens"], seen);
    checkNames(join(folder, "answerer.onnx"), this.answerer, ["words", ...ENCODED], ANSWERED);
  }
}

/** Of a tensor of float32. */
function numbersOf(tensor: Tensor): Float32Array {
  return tensor.data as Float32Array;
}

/** How the graphs' sessions are opened. */
export function sessionOptions({ cores, provider }: GraphOptions): InferenceSession.SessionOptions {
  return {
    executionProviders: provider === "cpu" ? ["cpu"] : [provider, "cpu"],
    intraOpNumThreads: cores,
    // Idle threads would wait for work in a loop: on a busy machine that doubles the time of a
    // run, and everywhere its processor time.
    extra: { session: { intra_op: { allow_spinning: "0" } } },
    logSeverityLevel: 4,
  };
}

function checkNames(
  path: string,
  { inputNames, outputNames }: InferenceSession,
  inputs: readonly string[],
  outputs: readonly string[],
): void {
  const missing = [
    ...inputs.filter((name) => !inputNames.includes(name)).map((name) => `input ${name}`),
    ...outputs.filter((name) => !outputNames.includes(name)).map((name) => `output ${name}`),
  ];
  if (missing.length === 0) return;
  throw new WeightsError(
    `${path} is not a graph of the embedded model: ${missing.join(", ")} missing. ` +
      "Export it with this version's training (docs/embedded.md)",
  );
}

function unloadable({ folder }: Weights, cause: unknown): WeightsError {
  return new WeightsError(
    `${folder}: encoder.onnx and answerer.onnx cannot be loaded: ${firstLine(cause)}`,
    { cause },
  );
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const [line = ""] = message.trim().split("\n", 1);
  return line;
}
