import type { Contradiction } from "./Contradiction.js";
import type { Look } from "./Evidence.js";
import { type GripperTrack, LEAST_MOTION_M } from "./judgeTrack.js";
import { supportOffsetOf } from "./lengthDoubt.js";

/** An error of depth that is more than a camera's place and a sensor are off, m, and what it does to lengths. */
const LEAST_OFF_M = 0.04;
const LEAST_STRETCH = 0.035;
const SURE_SIGMAS = 3;
/** How far what the gripper says of it may be from what the support says. */
const SAME_STRETCH = 0.02;

/**
 * Depth with a constant error: by it the support is lower or higher than its frame and height say, and
 * the gripper moves more or less than its frame. One alone may be the camera's place or the lens.
 */
export function judgeDepth(
  looks: readonly Look[],
  track: GripperTrack | undefined,
): Contradiction | undefined {
  const support = supportOffsetOf(looks);
  const stretch = track?.fits.find(({ cause }) => cause === "fx and fy");
  if (!support || !track || !stretch || track.motionM < LEAST_MOTION_M) return undefined;
  const [value = 0, sigma = Number.POSITIVE_INFINITY] = [stretch.values[0], stretch.sigmas[0]];
  const distances = track.samples.map(({ told }) => told.position[2]).sort((a, b) => a - b);
  const distanceM = distances[distances.length >> 1] ?? 0;
  const expected = Math.log(1 + support.offM / distanceM);
  if (Math.abs(support.offM) < LEAST_OFF_M || Math.abs(value) < LEAST_STRETCH) return undefined;
  if (Math.abs(value) < SURE_SIGMAS * sigma) return undefined;
  if (Math.abs(value - expected) > Math.max(SAME_STRETCH, 2 * sigma)) return undefined;
  return { kind: "depth", offM: support.offM, images: track.samples.length };
}
