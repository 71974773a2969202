import { mapVec3, minus, type Vec3 } from "../base/index.js";
import { composePoses, invertPose, transformPoint } from "../camera/index.js";
import { CLEAR_MOTION_M } from "./bars.js";
import { bestDelay, type PathPoint, poseAt } from "./bearings.js";
import type { Contradiction } from "./Contradiction.js";
import { cameraMotionM } from "./cameraMotionM.js";
import type { Look } from "./Evidence.js";
import { isCertain, simplest, wholeOnes } from "./judgeTrack.js";
import { fitTrack, type TrackFit, type TrackSample } from "./trackFit.js";

/** One thing may be carried about; two do not move alike for another reason. */
const LEAST_THINGS = 2;
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

/** Places of a thing, and of all, by which stamps may be judged: one thing is not seen for long by a camera that turns. */
const LEAST_PLACES = 3;
const LEAST_OF_ALL = 10;
/** Times that are tried, s, and from where on one is another. */
const LAG_STEP_S = 0.04;
const LAGS_S = Array.from({ length: 51 }, (_, i) => (i - 25) * LAG_STEP_S);
const LEAST_LAG_S = 0.12;
/** What costs less is well. At the right time, so much is left of what it costs at about its own. */
const ASTRAY_TOGETHER = 0.15;
const LEFT = 0.7;
/** Of the things, each for itself, so many rest better then. */
const MOST_BETTER = 0.7;

/** Stamps that are off: all things together would rest at another time of the transforms. */
function judgeStamps(
  looks: readonly Look[],
  restPath: readonly PathPoint[],
): Contradiction | undefined {
  const fitAt = fitAtLags(looks, restPath);
  const now = fitAt?.(0);
  if (!fitAt || !now || now.cost < ASTRAY_TOGETHER) return undefined;
  const found = bestDelay(LAGS_S.map(fitAt), LEAST_LAG_S);
  if (!found || found.best.cost > LEFT * found.nowCost) return undefined;
  const { delayS, costs } = found.best;
  const ids = [...costs].flatMap(([id, cost]) => (cost < (now.costs.get(id) ?? 0) ? [id] : []));
  if (ids.length < Math.max(LEAST_THINGS, MOST_BETTER * costs.size)) return undefined;
  const { images } = now;
  return { kind: "world", cause: "lag", values: [delayS], sigmas: [LAG_STEP_S], ids, images };
}

interface LagFit {
  /** By which images are later than the transforms, s. */
  readonly delayS: number;
  /** How much things move then, of all together and by id. */
  readonly cost: number;
  readonly costs: ReadonlyMap<number, number>;
  readonly images: number;
}

/** How well things rest at a time of the transforms; undefined where too little is seen. */
function fitAtLags(
  looks: readonly Look[],
  restPath: readonly PathPoint[],
): ((delayS: number) => LagFit) | undefined {
  const things = [...movingPast(looks)].flatMap(({ id, samples }) => {
    const known = samples.filter(({ timeS }) =>
      LAGS_S.every((lagS) => poseAt(restPath, timeS - lagS)),
    );
    return known.length < LEAST_PLACES ? [] : [{ id, samples: known }];
  });
  const images = things.reduce((sum, { samples }) => sum + samples.length, 0);
  if (things.length < LEAST_THINGS || images < LEAST_OF_ALL) return undefined;
  return (delayS) => {
    const costs = things.map(({ id, samples }): readonly [number, number] => {
      const then = samples.flatMap(({ timeS, seen }) => {
        const told = poseAt(restPath, timeS - delayS);
        return told ? [{ told, seen }] : [];
      });
      return [id, fitTrack(then, ["none"])[0]?.cost ?? 1];
    });
    const sum = costs.reduce(
      (all, [, cost], i) => all + cost * (things[i]?.samples.length ?? 0),
      0,
    );
    return { delayS, cost: sum / images, costs: new Map(costs), images };
  };
}

/** Whether stamps that were off are well again: things rest, and clearly less so at the time that was found. */
export function areStampsWell(
  looks: readonly Look[],
  restPath: readonly PathPoint[],
  foundS: number,
): boolean {
  const fitAt = fitAtLags(looks, restPath);
  return fitAt !== undefined && fitAt(0).cost < LEFT * fitAt(foundS).cost;
}

/** Whether something stays where it is before a camera that moves. */
export function isWorldAtRest(looks: readonly Look[]): boolean {
  for (const thing of thingsIn(looks)) if (rests(thing)) return true;
  return false;
}

interface Thing {
  readonly id: number;
  readonly samples: readonly (TrackSample & { readonly timeS: number })[];
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

/** Things but the gripper before a camera that moves; nothing where it does not. */
function* movingPast(looks: readonly Look[]): Generator<Omit<Thing, "none">> {
  const known = looks.filter(({ rest }) => rest);
  const start = known[0]?.rest;
  const goneM = known.map(({ rest }) => (start && rest ? cameraMotionM(start, rest) : 0));
  if (Math.max(0, ...goneM) < CLEAR_MOTION_M) return;
  const ids = known.flatMap(({ seen, gripperId }) =>
    [...seen.keys()].filter((id) => id !== gripperId),
  );
  for (const id of new Set(ids)) {
    yield { id, ...samplesOf(known, id) };
  }
}

function samplesOf(looks: readonly Look[], id: number) {
  const seen = looks.flatMap(({ rest, restBefore, seen, timeS }) => {
    const object = seen.get(id);
    if (!rest || !object || object.isCutOff) return [];
    const velocity = restBefore && velocityAt(object.middle, rest, restBefore);
    return [{ timeS, object, told: rest, ...(velocity && { velocity }) }];
  });
  const times = seen.map(({ timeS }) => timeS);
  return { samples: wholeOnes(seen), spanS: Math.max(...times) - Math.min(...times) };
}

/** Of what restPath there, in the optical frame, m/s. */
function velocityAt(
  at: Vec3,
  rest: NonNullable<Look["rest"]>,
  { pose, seconds }: NonNullable<Look["restBefore"]>,
): Vec3 {
  const was = transformPoint(composePoses(pose, invertPose(rest)), at);
  return mapVec3(minus(at, was), (value) => value / seconds);
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
