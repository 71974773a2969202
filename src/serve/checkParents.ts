import { bareFrameId } from "../camera/index.js";
import { FieldError } from "../http/index.js";
import type { Step } from "./Step.js";

/**
 * The parent of each frame, as known before and by the poses of a step.
 *
 * @throws FieldError for a frame that has two parents in one step, or is its own ancestor
 */
export function checkParents(
  known: ReadonlyMap<string, string>,
  poses: NonNullable<Step["poses"]>,
): ReadonlyMap<string, string> {
  const own = new Map<string, string>();
  for (const { frame, parent } of poses) {
    const [child, its] = [bareFrameId(frame), bareFrameId(parent)];
    const other = own.get(child) ?? its;
    if (other !== its) {
      throw new FieldError(`poses: frame ${child} has two parents, ${other} and ${its}`);
    }
    own.set(child, its);
  }
  if ([...own].every(([child, parent]) => known.get(child) === parent)) return known;
  const parents = new Map([...known, ...own]);
  for (const child of own.keys()) {
    const way = [child];
    for (let at = parents.get(child); at !== undefined; at = parents.get(at)) {
      way.push(at);
      if (at === child) {
        throw new FieldError(`poses: frame ${child} is its own ancestor: ${way.join(" → ")}`);
      }
      // A loop further up is told of one of its own frames.
      if (way.length > parents.size) break;
    }
  }
  return parents;
}
