import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Task } from "./Task.js";

/** The files that a task names: its URDF, the task files of a map, and theirs. */
export function taskFiles({ states, episodes = [] }: Task): string[] {
  return [
    ...(states?.urdf === undefined ? [] : [states.urdf]),
    ...episodes.flatMap(({ file, task }) => [file, ...taskFiles(task)]),
  ];
}

/**
 * Differs where the task file or a file that it names differs: what a run that is resumed compares.
 * A file that cannot be read counts as one more content; whoever needs it says so.
 */
export async function taskDigest(task: Task): Promise<string> {
  const hash = createHash("sha256").update(task.source);
  for (const path of taskFiles(task)) {
    const content = await readFile(path).catch(() => "unreadable");
    hash.update(`\0${path}\0`).update(content);
  }
  return hash.digest("hex");
}
