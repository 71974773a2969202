import { CLEAR_MOTION_M, LEAST_IMAGES, LEAST_TRACK, MOST_OF } from "./bars.js";
import type { PathPoint } from "./bearings.js";
import type { Contradiction } from "./Contradiction.js";
import type { Look } from "./Evidence.js";
import { isClimbTrue } from "./judgeClimb.js";
import { areMomentsWell } from "./judgeMoments.js";
import { areStampsWell } from "./judgeStamps.js";
import { EXPLAINED, gripperTrack, MOST_OFFSET_M } from "./judgeTrack.js";
import { isWorldAtRest } from "./judgeWorld.js";

/**
 * Whether what was found is over: the looks since then show that it is well again. That they do not
 * show it is not enough: of a gripper that rests or is hidden, nothing is known.
 *
 * @param restPath where the support's frame was told to be
 */
export function isOver(
  found: Contradiction,
  since: readonly Look[],
  restPath: readonly PathPoint[] = [],
): boolean {
  switch (found.kind) {
    case "masks": {
      const fitting = since.filter(({ far }) => far === undefined).length;
      return since.length >= LEAST_TRACK && fitting > MOST_OF * since.length;
    }
    case "tilt":
      return since.filter(({ tilt }) => tilt !== undefined).length >= LEAST_TRACK;
    case "colors":
      return since.some(({ wears }) => wears !== undefined);
    case "misnamed":
    case "exchanged":
    case "renamed":
    case "split":
      return since.length >= LEAST_IMAGES;
    case "moment":
      return since.length >= LEAST_TRACK && areMomentsWell(since);
    case "jump":
      // Which of both is right is not known.
      return false;
    case "stopped":
      return new Set(since.map(({ rest }) => rest?.position.join())).size >= LEAST_IMAGES;
    case "climb":
      return isClimbTrue(since);
    case "world":
      return found.cause === "lag"
        ? areStampsWell(since, restPath, found.values[0] ?? 0)
        : isWorldAtRest(since);
    default: {
      if (found.kind === "frozen" && found.by === "camera") {
        return new Set(since.map(({ depthSum }) => depthSum)).size >= LEAST_IMAGES;
      }
      const track = gripperTrack(since);
      if (!track || track.motionM < CLEAR_MOTION_M) return false;
      return track.none.cost < EXPLAINED && Math.hypot(...track.none.offsetM) < MOST_OFFSET_M;
    }
  }
}
