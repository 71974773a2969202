import { LEAST_IMAGES } from "./bars.js";
import type { PathPoint } from "./bearings.js";
import type { Contradiction } from "./Contradiction.js";
import type { Look } from "./Evidence.js";
import { judgeColors } from "./judgeColors.js";
import { judgeExchange } from "./judgeExchange.js";
import { judgeMasks } from "./judgeMasks.js";
import { judgeTilt } from "./judgeTilt.js";
import { judgeDelay, judgeFollowing, judgeLate } from "./judgeTimes.js";
import { judgeTrack } from "./judgeTrack.js";

/** What is certainly wrong, the first cause first found; undefined where nothing is. */
export function judge(
  looks: readonly Look[],
  path: readonly PathPoint[] = [],
): Contradiction | undefined {
  if (looks.length < LEAST_IMAGES) return undefined;
  return (
    judgeMasks(looks) ??
    judgeExchange(looks) ??
    judgeLate(looks, path) ??
    judgeDelay(looks, path) ??
    judgeTrack(looks) ??
    judgeFollowing(looks, path) ??
    judgeColors(looks) ??
    judgeTilt(looks)
  );
}
