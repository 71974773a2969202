import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";

/** What takes long to draw: made once, and kept under its name in the folder for temporary files. */
export async function keptOnDisk<T>(name: string, make: () => Promise<T>): Promise<T> {
  const path = join(tmpdir(), `${name}.v8`);
  if (existsSync(path)) return deserialize(readFileSync(path)) as T;
  const made = await make();
  writeFileSync(path, serialize(made));
  return made;
}
