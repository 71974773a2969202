import { LEAST_TRACK, MOST_OF } from "./bars.js";
import type { Contradiction } from "./Contradiction.js";
import type { Look } from "./Evidence.js";
import { LEAST_TILT } from "./judgeTilt.js";

/** From one look to the next: less tells nothing, as images and TF are of slightly other times, m. */
const LEAST_CLIMB_M = 0.03;
const LEAST_CLIMBS = 5;
/**
 * Steps after one that goes the same way. Between two planes, as a table and the floor, of which the lower one
 * is seen from above, a camera only goes to and fro.
 */
const LEAST_GOING_ON = 2;
/** Of the usual factor, how far the others may be from it, as a logarithm. */
const SAME_FACTOR = 0.15;
/** What is more than a lens, a pose or a sensor is off, as a logarithm. */
const LEAST_FACTOR = 0.16;

/**
 * Depth in another unit, by a camera that rises and sinks over the support: the scene's main plane comes
 * nearer by depth as the support's frame does by TF. Where that plane is need not be known, and if it
 * becomes another one (a floor's, a box's), one step alone is odd.
 */
export function judgeClimb(looks: readonly Look[]): Contradiction | undefined {
  const climb = climbOf(looks);
  if (!climb || Math.abs(Math.log(climb.factor)) < LEAST_FACTOR) return undefined;
  return { kind: "climb", factor: climb.factor, images: climb.steps + 1 };
}

/** Whether the camera is seen to rise and sink as TF says. */
export function isClimbTrue(looks: readonly Look[]): boolean {
  const climb = climbOf(looks);
  return climb !== undefined && Math.abs(Math.log(climb.factor)) < LEAST_FACTOR;
}

/** How many times as far as by TF; undefined where it hardly moves so, or steps do not agree. */
function climbOf(looks: readonly Look[]) {
  const known = looks.flatMap(({ climb, episode, tilt = Infinity }) =>
    climb && tilt < LEAST_TILT ? [{ ...climb, episode }] : [],
  );
  if (known.length < LEAST_TRACK) return undefined;
  const steps = known.map(({ axis, shownM, toldM, episode }, i) => {
    const before = known[i - 1];
    const isSamePlane = before?.axis === axis && before.episode === episode;
    const byM = isSamePlane ? toldM - before.toldM : 0;
    if (!before || Math.abs(byM) < LEAST_CLIMB_M) return undefined;
    return { byM, factor: (shownM - before.shownM) / byM };
  });
  const factors = steps.flatMap((step) => step?.factor ?? []).sort((a, b) => a - b);
  const factor = factors[factors.length >> 1] ?? 0;
  if (!(factor > 0)) return undefined;
  const same = steps.map((step) => {
    const isSame = step && Math.abs(Math.log(step.factor / factor)) < SAME_FACTOR;
    return isSame ? Math.sign(step.byM) : 0;
  });
  const count = same.filter((way) => way !== 0).length;
  const going = same.filter((way, i) => way !== 0 && way === same[i - 1]).length;
  const isSure = count >= Math.max(LEAST_CLIMBS, MOST_OF * factors.length);
  return isSure && going >= LEAST_GOING_ON ? { factor, steps: count } : undefined;
}
