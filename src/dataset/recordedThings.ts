import type { CameraFrame } from "../camera/index.js";
import type { ObjectRef } from "../language/index.js";
import type { Task } from "../task/index.js";
import type { RecordedThings } from "./sceneOfFrame.js";

const SUPPORTS = /\b(table|tabletop|desk|counter|worktop|floor|ground|surface)\b/;
/** Names of what fills no mask that one could measure. */
const NO_THINGS = /\b(background|wall|ceiling|arm|sky|unlabell?ed|robot)$/;

/** The things that questions can be about: the task's, or else those the frame's labels name. */
export function recordedThings(frame: CameraFrame, task: Task | undefined): RecordedThings {
  if (task) return { objects: [...task.objects.values()], support: task.support };
  const refs: ObjectRef[] = [];
  let support: ObjectRef | undefined;
  for (const [label, said] of frame.labelNames ?? []) {
    const phrase = `the ${said
      .toLowerCase()
      .replaceAll(/[\s_-]+/g, " ")
      .trim()}`;
    const name = phrase.slice(4).replaceAll(/[^\p{L}\p{N}]+/gu, "_");
    const ref: ObjectRef = { name: `${name || "thing"}_${label}`, phrase, labels: [label] };
    if (SUPPORTS.test(phrase)) support ??= ref;
    else if (!NO_THINGS.test(phrase)) refs.push(ref);
  }
  return { objects: refs, support };
}
