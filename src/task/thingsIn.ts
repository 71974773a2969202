import type { CameraFrame } from "../camera/index.js";
import type { ObjectRef } from "../language/index.js";
import type { Task } from "./Task.js";

/** What questions about an image can name: the task's objects, or else those the source names. */
export function thingsIn(
  frame: Pick<CameraFrame, "labelNames">,
  task: Pick<Task, "objects" | "support"> | undefined,
): { readonly objects: readonly ObjectRef[]; readonly support: ObjectRef | undefined } {
  const objects = task ? [...task.objects.values()] : namedObjects(frame);
  const support = task?.support ?? objects.find(({ phrase }) => /\b(table|floor)\b/.test(phrase));
  return { objects, support };
}

/** The objects that the source itself names (vision_msgs/LabelInfo). */
function namedObjects({ labelNames }: Pick<CameraFrame, "labelNames">): ObjectRef[] {
  return [...(labelNames ?? [])].map(([id, name]) => ({
    name: name.replaceAll(/\W+/g, "_"),
    phrase: `the ${name}`,
    labels: [id],
  }));
}
