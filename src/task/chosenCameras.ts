import type { CameraTopics } from "../camera/index.js";
import type { Task } from "./Task.js";

/**
 * The cameras to look for: the task's, or the one that was chosen, by its name in the task or by its
 * colour topic. A colour topic that the task does not know stands in for the topic of its only
 * camera.
 */
export function chosenCameras(
  cameras: Task["cameras"],
  chosen: string | undefined,
): readonly CameraTopics[] {
  if (chosen === undefined) return cameras;
  const known = cameras.find(({ name, color }) => name === chosen || color === chosen);
  if (known) return [known];
  const [only, ...others] = cameras;
  return [{ name: only && others.length === 0 ? only.name : chosen, color: chosen }];
}

/** A task, or a map of tasks, that looks through the chosen camera. */
export function withCamera(task: Task, chosen: string | undefined): Task {
  const { episodes } = task;
  return {
    ...task,
    cameras: chosenCameras(task.cameras, chosen),
    ...(episodes && {
      episodes: episodes.map((each) => ({ ...each, task: withCamera(each.task, chosen) })),
    }),
  };
}
