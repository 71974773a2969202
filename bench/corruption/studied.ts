import type { CameraFrame } from "../../src/camera/index.js";
import { ConsistencyWatch } from "../../src/consistency/index.js";
import type { Task } from "../../src/task/index.js";

/** Images of a recording that are looked at, as `annotate` does. */
const PLACES = 24;

/**
 * What is wrong with a recording, by places that are spread over it.
 *
 * @param shownAs as a frame is given
 */
export async function studied(
  task: Task,
  frames: readonly CameraFrame[],
  shownAs: (frame: CameraFrame) => CameraFrame = (frame) => frame,
): Promise<ConsistencyWatch> {
  const watch = new ConsistencyWatch(task);
  const durationNs = (frames.at(-1)?.stampNs ?? 0n) - (frames[0]?.stampNs ?? 0n);
  await watch.study(each(frames, shownAs), durationNs / BigInt(PLACES + 1));
  return watch;
}

/** One after the other: large ones are made when they are looked at. */
async function* each(frames: readonly CameraFrame[], shownAs: (frame: CameraFrame) => CameraFrame) {
  for (const frame of frames) yield shownAs(frame);
}
