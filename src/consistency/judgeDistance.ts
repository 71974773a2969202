import { LEAST_IMAGES, MOST_OF } from "./bars.js";
import type { Contradiction } from "./Contradiction.js";
import type { Look } from "./Evidence.js";
import { MOST_OFFSET_M } from "./judgeTrack.js";
import { toleranceM } from "./leastSquares.js";

/** So many tolerances of depth, beyond what a gripper's frame may be from its middle. */
const SURE_TOLERANCES = 3;
/** Of its distance, what a pose that is off by some degrees moves a support that is seen aslant. */
const SUPPORT_SHARE = 0.2;

/**
 * Depth that shows a thing at quite another distance than the transforms say, in the direction in which
 * they say it is: whatever the reason, it is no depth of it.
 */
export function judgeDistance(looks: readonly Look[]): Contradiction | undefined {
  return byGripper(looks) ?? bySupport(looks);
}

function byGripper(looks: readonly Look[]): Contradiction | undefined {
  const offs = looks.flatMap(({ told, bearing, seen, gripperId }) => {
    const shownM = seen.get(gripperId ?? 0)?.middle[2];
    if (!told || !bearing || shownM === undefined) return [];
    const [x, y, z] = told.position;
    const [u, v] = bearing.at;
    const isThere = z > 0 && Math.hypot(x - u * z, y - v * z) < MOST_OFFSET_M;
    const leastM = MOST_OFFSET_M + SURE_TOLERANCES * toleranceM(z);
    return [isThere && Math.abs(shownM - z) > leastM ? shownM - z : undefined];
  });
  return foundBy("gripper", offs);
}

function bySupport(looks: readonly Look[]): Contradiction | undefined {
  const offs = looks.flatMap(({ support }) => {
    if (!support) return [];
    const { offM, toldM } = support;
    return [Math.abs(offM) > MOST_OFFSET_M + SUPPORT_SHARE * toldM ? offM : undefined];
  });
  return foundBy("support", offs);
}

/** @param all of each image that tells it; undefined where nothing is wrong */
function foundBy(
  by: "gripper" | "support",
  all: readonly (number | undefined)[],
): Contradiction | undefined {
  const offs = all.flatMap((offM) => offM ?? []).sort((a, b) => a - b);
  if (offs.length < Math.max(LEAST_IMAGES, MOST_OF * all.length)) return undefined;
  const [least = 0, most = 0] = [offs[0], offs.at(-1)];
  const sizes = offs.map(Math.abs).sort((a, b) => a - b);
  const offM = sizes[sizes.length >> 1] ?? 0;
  const way = most < 0 ? "nearer" : least > 0 ? "farther" : "elsewhere";
  return { kind: "distance", by, way, offM, images: offs.length };
}
