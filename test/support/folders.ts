import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

/** The digest of each file of a folder, by its path in it. */
export async function contentOf(folder: string): Promise<Record<string, string>> {
  const names = await readdir(folder, { recursive: true });
  const digests: [string, string][] = [];
  for (const name of names.sort()) {
    const path = join(folder, name);
    if ((await stat(path)).isDirectory()) continue;
    digests.push([
      name,
      createHash("sha256")
        .update(await readFile(path))
        .digest("hex"),
    ]);
  }
  return Object.fromEntries(digests);
}
