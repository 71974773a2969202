import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Task } from "./Task.js";

/**
 * Differs where the task file or a file that it names differs: what a run that is resumed compares.
 * A file that cannot be read counts as one more content; whoever needs it says so.
 */
export async function taskDigest({ source, states }: Task): Promise<string> {
  const hash = createHash("sha256").update(source);
  for (const path of states?.urdf === undefined ? [] : [states.urdf]) {
    const content = await readFile(path).catch(() => "unreadable");
    hash.update(`\0${path}\0`).update(content);
  }
  return hash.digest("hex");
}
