import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { basename, join } from "node:path";
import type { OnNotice } from "../VlmNotice.js";
import type { ModelFile } from "./modelFiles.js";

/** Between two notices of progress. */
const NOTICE_MS = 100;

/**
 * Reads a model's files once, so that they come from memory when the runtime opens them, and tells
 * how far it is.
 *
 * @returns SHA-256 over names and contents: what the answers of a folder depend on.
 */
export async function readWeights(
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
