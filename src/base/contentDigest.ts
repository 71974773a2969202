import { createHash, type Hash } from "node:crypto";
import { open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** More of a large file is not read: its length and its ends tell it from another one. */
const END_BYTES = 1 << 20;

/**
 * What tells the content of a file from that of another one; of a folder, its names and files.
 * Rejects where it cannot be read.
 */
export async function contentDigest(path: string): Promise<string> {
  const hash = createHash("sha256");
  await addPath(hash, path);
  return hash.digest("hex");
}

async function addPath(hash: Hash, path: string): Promise<void> {
  if (!(await stat(path)).isDirectory()) return addFile(hash, path);
  for (const name of (await readdir(path)).sort()) {
    hash.update(`${name}\n`);
    await addPath(hash, join(path, name));
  }
}

async function addFile(hash: Hash, path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    const { size } = await handle.stat();
    hash.update(`${size}\n`);
    for (const start of size > 2 * END_BYTES ? [0, size - END_BYTES] : [0]) {
      const length = Math.min(
        size - start,
        start === 0 && size <= 2 * END_BYTES ? size : END_BYTES,
      );
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, start);
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}
