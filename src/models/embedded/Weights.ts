import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { packageFile } from "../../base/index.js";
import { isQuestionKind, type QuestionKind } from "../../language/index.js";
import { WeightsError } from "../errors.js";
import { asideConfig } from "./Aside.js";
import { domainConfig } from "./Domain.js";
import { sigmaConfig } from "./Doubt.js";

/** The weights that come with this package. */
export const OWN_WEIGHTS = fileURLToPath(packageFile("models/embedded"));

const FILES = ["encoder.onnx", "answerer.onnx", "model.json"] as const;

/** A folder of weights whose files are there. */
export interface Weights {
  readonly folder: string;
  readonly encoder: Uint8Array;
  readonly answerer: Uint8Array;
  readonly config: ModelConfig;
  /** SHA-256 over all files, hexadecimal. */
  readonly hash: string;
}

/** @throws WeightsError if files are missing or model.json is not one. */
export async function readWeights(path: string): Promise<Weights> {
  const folder = resolve(path);
  const read = (file: string) => readFile(join(folder, file)).catch(() => undefined);
  const files = await Promise.all([read(FILES[0]), read(FILES[1]), read(FILES[2])]);
  const [encoder, answerer, json] = files;
  if (!encoder || !answerer || !json) {
    const missing = FILES.filter((_, index) => files[index] === undefined);
    throw new WeightsError(
      `${folder}: ${missing.join(", ")} cannot be read. A folder of weights contains ` +
        `${FILES.join(", ")}, as exported by the training (docs/embedded.md)`,
    );
  }
  const hash = createHash("sha256");
  for (const file of [encoder, answerer, json]) hash.update(file);
  const config = readConfig(join(folder, FILES[2]), json.toString("utf8"));
  return { folder, encoder, answerer, config, hash: hash.digest("hex") };
}

function readConfig(path: string, text: string): ModelConfig {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new WeightsError(`${path} is not JSON: ${(error as Error).message}`);
  }
  const read = modelConfig.safeParse(json);
  if (!read.success) throw new WeightsError(`${path}:\n${z.prettifyError(read.error)}`);
  return read.data;
}

const count = z.int().min(1);
const share = z.number().min(0).max(1);

/**
 * model.json: what the runtime must know of a model's two graphs. Fields that are not named here
 * tell of the training.
 */
const modelConfig = z
  .object({
    /** Names the model in outputs. */
    id: z.string().min(1),
    /** Size of the picture, pixels; of a cell of the grid over it; of the grid, cells. */
    width: count,
    height: count,
    cell: count,
    columns: count,
    rows: count,
    /** The focal length of a camera without CameraInfo, in widths of the picture. */
    focal_widths_unless_known: z.number().positive(),
    max_words: count,
    /** Of u = asinh(metres / scale_m). */
    scale_m: z.number().positive(),
    /** Components of the distribution of u. */
    mixture: count,
    kinds: z
      .array(
        z.custom<QuestionKind>((kind) => isQuestionKind(String(kind)), "not a kind of question"),
      )
      .min(1),
    /** By id: padding, unknown, words. */
    words: z.array(z.string()).min(3),
    /** Words that are read as others: "gray" as "grey". */
    aliases: z.record(z.string(), z.string()).default({}),
    /** Those of the words that name things and their colors. */
    nouns: z.array(z.string()).default([]),
    colors: z.array(z.string()).default([]),
    /** What pictures it knows; without it every picture is answered. */
    domain: domainConfig.optional(),
    /** Which pictures take the second geometry of cells; without it, or without `domain`, none. */
    aside: asideConfig.optional(),
    /** How sigma grows with the domain score; as the mixture has it where absent. */
    sigma: sigmaConfig.optional(),
    /** Least probability of an object that is spoken of. */
    seen_from: share.default(0.5),
    /** The same where its phrase has a word that the model has never read. */
    seen_from_unread: share.default(0.5),
    /** By which the distribution of lengths is widened, so that sigmas are right on average. */
    temperature: z.number().positive().default(1),
  })
  .refine(
    ({ width, height, cell, columns, rows }) => width === cell * columns && height === cell * rows,
    "width and height must be cell times columns and rows",
  );

export type ModelConfig = z.output<typeof modelConfig>;
