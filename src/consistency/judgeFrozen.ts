import { distanceBetween } from "../base/index.js";
import type { Contradiction } from "./Contradiction.js";
import { cameraMotionM, showsWorld } from "./cameraMotionM.js";
import type { Look } from "./Evidence.js";

/** As many images in a row: of two, both may be of one slow message. */
const LEAST_SAME = 4;
/** A gripper that moves so far changes what depth there is, m. */
const LEAST_MOVED_M = 0.02;

/** Depth that stays the same to the last bit, while a gripper with depth under its mask moves, or the camera. */
export function judgeFrozen(looks: readonly Look[]): Contradiction | undefined {
  let first = 0;
  for (let i = 1; i <= looks.length; i++) {
    const [now, start] = [looks[i]?.depthSum, looks[first]?.depthSum];
    if (now !== undefined && now === start) continue;
    const same = looks.slice(first, i);
    first = i;
    if (same.length < LEAST_SAME) continue;
    const gripperM = movedIn(same);
    const by = gripperM < LEAST_MOVED_M ? "camera" : "gripper";
    const movedM = by === "gripper" ? gripperM : cameraMovedIn(same);
    if (movedM < LEAST_MOVED_M) continue;
    return { kind: "frozen", part: "depth", by, movedM, images: same.length };
  }
  return undefined;
}

/** How far the gripper's frame goes from where it is first, where it is seen, m. */
function movedIn(looks: readonly Look[]): number {
  const places = looks.flatMap(({ told, seen, gripperId }) =>
    told && seen.has(gripperId ?? 0) ? [told.position] : [],
  );
  const [start] = places;
  return start ? Math.max(...places.map((place) => distanceBetween(start, place))) : 0;
}

/** How far the camera goes by the support's frame, where things at rest are seen, m. */
function cameraMovedIn(looks: readonly Look[]): number {
  const places = looks.flatMap((look) => (look.rest && showsWorld(look) ? [look.rest] : []));
  const [start] = places;
  return start ? Math.max(...places.map((place) => cameraMotionM(start, place))) : 0;
}
