import type { Task } from "./Task.js";

/** The TF frames of the task's objects: truth for reports, positions for objects without masks. */
export function taskFrames(task: Pick<Task, "objects">): string[] {
  return [...task.objects.values()].flatMap(({ frame }) => frame ?? []);
}
