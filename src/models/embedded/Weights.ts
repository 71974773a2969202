import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { type ModelConfig, modelConfig } from "./ModelConfig.js";
import { WeightsError } from "./WeightsError.js";

/** The weights that come with this package. */
export const OWN_WEIGHTS = fileURLToPath(new URL("../../../models/embedded", import.meta.url));

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

/** @throws WeightsError where files are missing or model.json is not one. */
export async function readWeights(path: string): Promise<Weights> {
  const folder = resolve(path);
  const read = await Promise.allSettled(FILES.map((file) => readFile(join(folder, file))));
  const missing = FILES.filter((_, index) => read[index]!.status === "rejected");
  if (missing.length > 0) {
    throw new WeightsError(
      `${folder}: ${missing.join(", ")} cannot be read. A folder of weights holds ` +
        `${FILES.join(", ")}, as the training exports them (docs/embedded.md)`,
    );
  }
  const files = read.map((file) => (file as PromiseFulfilledResult<Buffer>).value);
  const hash = createHash("sha256");
  for (const file of files) hash.update(file);
  const [encoder, answerer, json] = files as [Buffer, Buffer, Buffer];
  const config = readConfig(join(folder, FILES[2]), json.toString("utf8"));
  return { folder, encoder, answerer, config, hash: hash.digest("hex") };
}

function readConfig(path: string, text: string): ModelConfig {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new WeightsError(`${path} is no JSON: ${(error as Error).message}`);
  }
  const read = modelConfig.safeParse(json);
  if (!read.success) throw new WeightsError(`${path}:\n${z.prettifyError(read.error)}`);
  return read.data;
}
