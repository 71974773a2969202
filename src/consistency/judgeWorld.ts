import { LEAST_THINGS } from "./bars.js";
import type { PathPoint } from "./bearings.js";
import type { Contradiction } from "./Contradiction.js";
import type { Look } from "./Evidence.js";
import { judgeStamps } from "./judgeStamps.js";
import { isCertain, simplest } from "./judgeTrack.js";
import { movingPast, type PastSample } from "./movingPast.js";
import { fitTrack, type TrackFit } from "./trackFit.js";

/** Places of a thing by which it may be judged. */
const LEAST_IMAGES_OF_IT = 12;
const LEAST_SPAN_S = 8;
/** Costs of a fit: of a thing that rests, and of one that does not. */
const RESTS = 0.3;
const ASTRAY = 0.5;
/** Of two things, how far what each says may be apart. */
const SAME_SHARE = 0.4;
const SAME_SIGMAS = 3;

/**
 * Before a camera that moves, things at rest stay where they are in the support's frame: if none does, and
 * two would if the lens, the stamps or the camera's pose were others, in the same way, these are wrong.
 *
 * @param restPath where the support's frame was told to be
 */
export function judgeWorld(
  looks: readonly Look[],
  restPath: readonly PathPoint[] = [],
): Contradiction | undefined {
  const things: Thing[] = [];
  for (const thing of thingsIn(looks)) {
    // What mostly rests clears all but stamps: before a camera that mostly stands still, it does.
    if (rests(thing)) return judgeStamps(looks, restPath);
    things.push(thing);
  }
  const found = things.flatMap(({ id, samples, spanS, none }) => {
    if (none.cost < ASTRAY) return [];
    const images = samples.length;
    const fits = fitTrack(samples).filter((fit) => isCertain(fit, none, images, spanS));
    const fit = simplest(fits);
    return fit ? [{ id, images, fit }] : [];
  });
  for (const { fit, images } of found) {
    const { cause, sigmas } = fit;
    const same = found.filter((other) => isSameCause(fit, other.fit));
    if (same.length < LEAST_THINGS || cause === "none") continue;
    const values = fit.values.slice(0, -3);
    return { kind: "world", cause, values, sigmas, ids: same.map(({ id }) => id), images };
  }
  return judgeStamps(looks, restPath);
}

/** Whether something stays where it is before a camera that moves. */
export function isWorldAtRest(looks: readonly Look[]): boolean {
  for (const thing of thingsIn(looks)) if (rests(thing)) return true;
  return false;
}

interface Thing {
  readonly id: number;
  readonly samples: readonly PastSample[];
  readonly spanS: number;
  /** If nothing is wrong. */
  readonly none: TrackFit;
}

function rests({ none }: Thing): boolean {
  return none.cost < RESTS;
}

/** What is seen often enough of things that may rest. */
function* thingsIn(looks: readonly Look[]): Generator<Thing> {
  for (const { id, samples, spanS } of movingPast(looks)) {
    if (samples.length < LEAST_IMAGES_OF_IT || spanS < LEAST_SPAN_S) continue;
    const [none] = fitTrack(samples, ["none"]);
    if (none) yield { id, samples, spanS, none };
  }
}

function isSameCause(a: TrackFit, b: TrackFit): boolean {
  if (a.cause !== b.cause) return false;
  const own = a.values.length - 3;
  const size = Math.hypot(...a.values.slice(0, own));
  return a.values.slice(0, own).every((value, i) => {
    const sigma = Math.hypot(a.sigmas[i] ?? 0, b.sigmas[i] ?? 0);
    return Math.abs(value - (b.values[i] ?? 0)) <= Math.max(SAME_SHARE * size, SAME_SIGMAS * sigma);
  });
}
