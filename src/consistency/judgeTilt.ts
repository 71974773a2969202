import { LEAST_TRACK, MOST_OF } from "./bars.js";
import type { Contradiction } from "./Contradiction.js";
import type { Look } from "./Evidence.js";

/** A camera's pose is off by so much, rad, and by the same in all images. */
export const LEAST_TILT = (6 * Math.PI) / 180;
const MOST_TILT = (35 * Math.PI) / 180;
const SAME_TILT = (2 * Math.PI) / 180;

/** A support that is not level where its frame says so. */
export function judgeTilt(looks: readonly Look[]): Contradiction | undefined {
  const tilts = looks.flatMap(({ tilt }) => tilt ?? []).sort((a, b) => a - b);
  const tilt = tilts[tilts.length >> 1] ?? 0;
  const same = tilts.filter((each) => Math.abs(each - tilt) < SAME_TILT);
  if (tilt < LEAST_TILT || tilt > MOST_TILT) return undefined;
  if (same.length < Math.max(LEAST_TRACK, MOST_OF * tilts.length)) return undefined;
  return { kind: "tilt", tilt, images: tilts.length };
}
