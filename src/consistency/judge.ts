import type { Vec3 } from "../base/index.js";
import { LEAST_IMAGES } from "./bars.js";
import type { PathPoint } from "./bearings.js";
import type { Contradiction } from "./Contradiction.js";
import type { Look } from "./Evidence.js";
import { judgeClimb } from "./judgeClimb.js";
import { judgeColors } from "./judgeColors.js";
import { judgeDepth } from "./judgeDepth.js";
import { judgeDistance } from "./judgeDistance.js";
import { judgeExchange } from "./judgeExchange.js";
import { judgeFrozen } from "./judgeFrozen.js";
import { judgeJump } from "./judgeJump.js";
import { judgeMasks } from "./judgeMasks.js";
import { judgeMoments } from "./judgeMoments.js";
import { judgeRenamed } from "./judgeRenamed.js";
import { judgeSplit } from "./judgeSplit.js";
import { judgeStopped } from "./judgeStopped.js";
import { judgeTilt } from "./judgeTilt.js";
import { judgeDelay, judgeFollowing, judgeLate } from "./judgeTimes.js";
import { gripperTrack, judgeTrack } from "./judgeTrack.js";
import { judgeWorld } from "./judgeWorld.js";
import { type LengthDoubt, lengthDoubt } from "./lengthDoubt.js";

/** What the looks at a camera's images say together. */
export interface Verdict {
  /** What is certainly wrong, the first cause first found. */
  readonly found?: Contradiction;
  /** What may be wrong. */
  readonly doubt?: LengthDoubt;
  /** From the gripper's frame to the middle of what is seen of it, in that frame, m. */
  readonly offsetM?: Vec3;
}

/**
 * @param path where the gripper's frame was told to be
 * @param rests the same of the support's frame
 */
export function judge(
  looks: readonly Look[],
  path: readonly PathPoint[] = [],
  rests: readonly PathPoint[] = [],
): Verdict {
  if (looks.length < LEAST_IMAGES) return {};
  const early =
    judgeFrozen(looks) ??
    judgeMasks(looks) ??
    judgeExchange(looks) ??
    judgeRenamed(looks) ??
    judgeLate(looks, path) ??
    judgeDelay(looks, path) ??
    judgeMoments(looks) ??
    judgeSplit(looks) ??
    judgeJump(looks);
  if (early) return { found: early };
  const track = gripperTrack(looks);
  const byTrack = track && judgeTrack(looks, track);
  const hasCause =
    byTrack !== undefined && byTrack.kind !== "unrelated" && byTrack.kind !== "offset";
  const found =
    judgeDepth(looks, track) ??
    (hasCause ? byTrack : judgeDistance(looks)) ??
    byTrack ??
    judgeFollowing(looks, path) ??
    judgeColors(looks) ??
    judgeStopped(looks, rests) ??
    judgeTilt(looks) ??
    judgeClimb(looks) ??
    judgeWorld(looks, rests);
  if (found) return { found };
  const doubt = lengthDoubt(looks, track);
  return { ...(doubt && { doubt }), ...(track && { offsetM: track.none.offsetM }) };
}
