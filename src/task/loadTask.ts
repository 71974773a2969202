import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { isMainThread } from "node:worker_threads";
import { refuseSpecialFile, refuseSpecialFileSync, UserError } from "../base/index.js";
import { parseTask } from "./parseTask.js";
import type { Task } from "./Task.js";

/** A task file that cannot be read at all. */
export class TaskFileError extends UserError {
  override readonly code = "task.unreadable";
}

/**
 * Reads and checks a task file (docs/task-file.md).
 * @throws TaskFileError when it cannot be read, TaskError with every mistake in it
 */
export async function loadTask(path: string): Promise<Task> {
  await refuseSpecialFile(path);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    throw unreadable(path, error);
  }
  return told(parseTask(text, path));
}

/** `loadTask` for callers that have to answer at once. */
export function loadTaskSync(path: string): Task {
  refuseSpecialFileSync(path);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw unreadable(path, error);
  }
  return told(parseTask(text, path));
}

const TOLD = new Set<string>();

/**
 * A task of a file, after its warnings were told: each once, as a server reads the file again for each
 * request, and by the main thread, which reads what it hands to others.
 */
export function told(task: Task): Task {
  if (!isMainThread) return task;
  for (const warning of task.warnings ?? []) {
    if (!TOLD.has(warning)) process.emitWarning(warning, "TaskFile");
    TOLD.add(warning);
  }
  return task;
}

/** Why a task file cannot be read. */
export function unreadable(path: string, error: unknown): TaskFileError {
  const { code } = error as NodeJS.ErrnoException;
  const why = code === "ENOENT" ? "no such file" : code === "EISDIR" ? "it is a folder" : code;
  return new TaskFileError(`Cannot read the task file ${path}: ${why}.`, { cause: error });
}
