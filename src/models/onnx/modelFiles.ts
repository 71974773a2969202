import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { OnnxFolderError } from "../errors.js";
import type { OnNotice } from "../VlmContext.js";
import { DTYPES, type Dtype, dtypeOf, type OnnxOptions, onnxFile } from "./onnxSettings.js";
import type { OnnxConfig } from "./readConfig.js";

/** A file of a model, and its size. */
export interface ModelFile {
  /** In its folder: `onnx/vision_encoder_q4.onnx`. */
  readonly name: string;
  readonly bytes: number;
}

export interface ModelFiles {
  readonly files: readonly ModelFile[];
  /** By part: which was asked for, or else which is there. */
  readonly dtypes: Readonly<Record<string, Dtype>>;
}

/** Larger files are not Git LFS pointers. */
const POINTER_BYTES = 400;

/**
 * The files that are loaded of a folder, its ONNX parts in the dtypes that are asked for, or else
 * in those that its config.json names, or else in the most exact ones that are there.
 *
 * @param parts names of its ONNX files, without dtype: `vision_encoder`
 * @param others its other files
 * @throws OnnxFolderError that lists all missing files, and the dtypes that are there
 */
export async function modelFiles(
  folder: string,
  config: OnnxConfig,
  parts: readonly string[],
  others: readonly string[],
  { dtype: asked }: Pick<OnnxOptions, "dtype">,
): Promise<ModelFiles> {
  checkParts(asked, parts);
  const dtypes: Record<string, Dtype> = {};
  const names = [...others];
  for (const part of parts) {
    const there = await dtypesOf(folder, part);
    const own = dtypeOf(config["transformers.js_config"]?.dtype, part);
    const fallback = own && there.includes(own) ? own : (there[0] ?? "fp32");
    const dtype = dtypeOf(asked, part) ?? fallback;
    dtypes[part] = dtype;
    const name = onnxFile(part, dtype);
    names.push(name);
    names.push(...(await dataFiles(folder, config, part, name)));
  }
  const found = await Promise.all(
    names.map(async (name) => ({ name, bytes: await sizeOf(folder, name) })),
  );
  const files = found.filter((file): file is ModelFile => file.bytes !== undefined);
  if (files.length < names.length) {
    const missing = found.filter(({ bytes }) => bytes === undefined).map(({ name }) => name);
    throw await missingFiles(folder, config, missing, parts);
  }
  for (const file of files) await refusePointer(folder, file);
  return { files, dtypes };
}

/** Where the weights do not fit into the ONNX file: as config.json says, or as they are there. */
async function dataFiles(
  folder: string,
  config: OnnxConfig,
  part: string,
  name: string,
): Promise<readonly string[]> {
  const said = config["transformers.js_config"]?.use_external_data_format ?? false;
  const ofPart = typeof said === "object" ? (said[basename(name)] ?? said[part] ?? false) : said;
  const count = Number(ofPart) || ((await sizeOf(folder, `${name}_data`)) === undefined ? 0 : 1);
  return Array.from({ length: count }, (_, i) => `${name}_data${i === 0 ? "" : `_${i}`}`);
}

function checkParts(asked: OnnxOptions["dtype"], parts: readonly string[]): void {
  if (asked === undefined || typeof asked === "string") return;
  const unknown = Object.keys(asked).filter((part) => !parts.includes(part));
  if (unknown.length === 0) return;
  throw new OnnxFolderError(
    `dtype: the model has no part ${unknown.join(", ")}; its parts are ${parts.join(", ")}`,
  );
}

async function dtypesOf(folder: string, part: string): Promise<readonly Dtype[]> {
  const sizes = await Promise.all(DTYPES.map((dtype) => sizeOf(folder, onnxFile(part, dtype))));
  return DTYPES.filter((_, i) => sizes[i] !== undefined);
}

async function sizeOf(folder: string, name: string): Promise<number | undefined> {
  const found = await stat(join(folder, name)).catch(() => undefined);
  return found?.isFile() ? found.size : undefined;
}

async function missingFiles(
  folder: string,
  { model_type }: OnnxConfig,
  missing: readonly string[],
  parts: readonly string[],
): Promise<OnnxFolderError> {
  const lines = [
    `${folder}: of the files that this ${model_type} model needs, ${missing.length} ${missing.length === 1 ? "is" : "are"} missing:`,
    ...missing.map((name) => `  ${name}`),
  ];
  if (missing.some((name) => name.startsWith("onnx/"))) {
    lines.push("Existing dtypes:");
    for (const part of parts) {
      const there = await dtypesOf(folder, part);
      lines.push(`  ${part}: ${there.join(", ") || "none"}`);
    }
  }
  lines.push("docs/local-models.md describes how to get a complete folder.");
  return new OnnxFolderError(lines.join("\n"));
}

/** What `git clone` leaves in place of large files where Git LFS is not installed. */
async function refusePointer(folder: string, { name, bytes }: ModelFile): Promise<void> {
  if (bytes > POINTER_BYTES) return;
  const path = join(folder, name);
  if (!(await readFile(path, "utf8")).startsWith("version https://git-lfs")) return;
  throw new OnnxFolderError(
    `${path} is a Git LFS pointer, not the file itself: run \`git lfs pull\` in the folder`,
  );
}

/** Between two notices of progress. */
const NOTICE_MS = 100;

/**
 * Reads a model's files once, so that they come from memory when the runtime opens them, and tells
 * how far it is.
 *
 * @returns SHA-256 over names and contents: what the answers of a folder depend on.
 */
export async function readModelFiles(
  folder: string,
  files: readonly ModelFile[],
  onNotice: OnNotice,
  signal: AbortSignal | undefined,
): Promise<string> {
  const hash = createHash("sha256");
  const totalBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let doneBytes = 0;
  let noticedMs = 0;
  for (const { name, bytes } of files) {
    hash.update(`${name} ${bytes}\n`);
    const text = `${basename(folder)}: ${name}`;
    const options = { highWaterMark: 1 << 20, ...(signal && { signal }) };
    for await (const chunk of createReadStream(join(folder, name), options)) {
      hash.update(chunk as Buffer);
      doneBytes += (chunk as Buffer).length;
      if (performance.now() - noticedMs < NOTICE_MS && doneBytes < totalBytes) continue;
      noticedMs = performance.now();
      onNotice({ kind: "progress", text, doneBytes, totalBytes });
    }
  }
  return hash.digest("hex");
}
