import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { OnnxFolderError } from "../errors.js";
import { DTYPES } from "./onnxSettings.js";

const dtype = z.enum(DTYPES);

/** Of files with weights beside an ONNX file: whether there is one, or how many. */
const chunks = z.union([z.boolean(), z.number()]);

/** What is read of a folder's `config.json`; the rest is for transformers.js. */
const configSchema = z.looseObject({
  model_type: z.string(),
  image_token_id: z.number().optional(),
  image_token_index: z.number().optional(),
  is_encoder_decoder: z.boolean().optional(),
  depth_estimation_type: z.string().optional(),
  "transformers.js_config": z
    .looseObject({
      dtype: z.union([dtype, z.record(z.string(), dtype)]).optional(),
      use_external_data_format: z.union([chunks, z.record(z.string(), chunks)]).optional(),
    })
    .optional()
    .catch(undefined),
});
export type OnnxConfig = z.output<typeof configSchema>;

/** @throws OnnxFolderError if there is no folder, no config.json, or it is not a model's. */
export async function readConfig(folder: string): Promise<OnnxConfig> {
  const found = await stat(folder).catch(() => undefined);
  if (!found) throw new OnnxFolderError(`${folder}: no such folder`);
  if (!found.isDirectory())
    throw new OnnxFolderError(`${folder} is a file, not the folder of a model`);
  const path = join(folder, "config.json");
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined) {
    throw new OnnxFolderError(
      `${folder} has no config.json: the folder of a model has one, and its weights in onnx/. ` +
        "See docs/local-models.md",
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new OnnxFolderError(`${path} is not JSON: ${(error as Error).message}`);
  }
  const read = configSchema.safeParse(json);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  throw new OnnxFolderError(
    `${path} is not the config.json of a model: ${issue?.path.join(".")}: ${issue?.message}`,
  );
}
