import { dot, itemAt } from "../base/index.js";
import { type Pose, rotate } from "../camera/index.js";
import { CLEAR_MOTION_M, LEAST_THINGS } from "./bars.js";
import { bestDelay, type PathPoint, poseAt } from "./bearings.js";
import type { Contradiction } from "./Contradiction.js";
import type { Look } from "./Evidence.js";
import { LEAST_TILT } from "./judgeTilt.js";
import { toleranceM } from "./leastSquares.js";
import { movingPast } from "./movingPast.js";
import { AXES, fitTrack } from "./trackFit.js";

/** Places of a thing, and of all, by which stamps may be judged: one thing is not seen for long by a camera that turns. */
const LEAST_PLACES = 3;
const LEAST_OF_ALL = 10;
/** Times that are tried, s, and from where on one is another. */
const LAG_STEP_S = 0.04;
const LAGS_S = Array.from({ length: 51 }, (_, i) => (i - 25) * LAG_STEP_S);
const LEAST_LAG_S = 0.12;
/** Between the first and the last of them, nearer to each other than a gap of the path is long. */
const BETWEEN_GAPS_S = [-1, -0.5, 0, 0.5, 1];
/** What costs less is well. At the right time, so much is left of what it costs at about its own. */
const ASTRAY_TOGETHER = 0.15;
const LEFT = 0.7;
/** The same of the main plane alone, which must be well then, and places of it. */
const LEFT_OF_PLANE = 0.5;
const LEAST_OF_PLANE = 12;
/** Of the things, each for itself, so many rest better then. */
const MOST_BETTER = 0.7;

/**
 * Stamps that are off: at another time of the transforms, the main plane would rest that a camera rises and
 * sinks over, or all things together before a camera that moves.
 *
 * @param restPath where the support's frame was told to be
 */
export function judgeStamps(
  looks: readonly Look[],
  restPath: readonly PathPoint[],
): Contradiction | undefined {
  const plane = lagOf(planeAtLags(looks, restPath), LEFT_OF_PLANE);
  if (plane && plane.best.cost < ASTRAY_TOGETHER) return lateBy(plane.best, []);
  const things = lagOf(thingsAtLags(looks, restPath), LEFT);
  if (!things) return undefined;
  const { best, now } = things;
  const ids = [...best.costs].flatMap(([id, cost]) =>
    cost < (now.costs.get(id) ?? 0) ? [id] : [],
  );
  const isEnough = ids.length >= Math.max(LEAST_THINGS, MOST_BETTER * best.costs.size);
  return isEnough ? lateBy(best, ids) : undefined;
}

function lateBy({ delayS, images }: LagFit, ids: readonly number[]): Contradiction {
  return { kind: "world", cause: "lag", values: [delayS], sigmas: [LAG_STEP_S], ids, images };
}

/** Whether stamps that were off are well again: what rests does, and clearly less so at the time that was found. */
export function areStampsWell(
  looks: readonly Look[],
  restPath: readonly PathPoint[],
  delayS: number,
): boolean {
  const fits = [planeAtLags(looks, restPath), thingsAtLags(looks, restPath)];
  return fits.some((fitAt) => fitAt && fitAt(0).cost < LEFT * fitAt(delayS).cost);
}

interface LagFit {
  /** By which images are later than the transforms, s. */
  readonly delayS: number;
  /** How much moves then of what rests, of all together and of things by id. */
  readonly cost: number;
  readonly costs: ReadonlyMap<number, number>;
  readonly images: number;
}

type FitAt = (delayS: number) => LagFit;

/** The time at which what rests does, if it does not now. */
function lagOf(fitAt: FitAt | undefined, left: number) {
  const now = fitAt?.(0);
  if (!fitAt || !now || now.cost < ASTRAY_TOGETHER) return undefined;
  const found = bestDelay(LAGS_S.map(fitAt), LEAST_LAG_S);
  return found && found.best.cost <= left * found.nowCost ? { best: found.best, now } : undefined;
}

/** How well the main plane stays at one height by the transforms of a time. */
function planeAtLags(looks: readonly Look[], restPath: readonly PathPoint[]): FitAt | undefined {
  const known = looks.flatMap(({ climb, rest, tilt = Infinity, timeS }) =>
    climb && rest && tilt < LEAST_TILT && isToldAround(restPath, timeS)
      ? [{ ...climb, timeS, way: Math.sign(climb.toldM * heightM(rest, climb.axis)) }]
      : [],
  );
  const images = known.length;
  const toldM = known.map((it) => it.toldM);
  const riseM = Math.max(...toldM) - Math.min(...toldM);
  if (images < LEAST_OF_PLANE || riseM < CLEAR_MOTION_M) return undefined;
  return (delayS) => {
    const offsM = known.flatMap(({ axis, way, shownM, timeS }) => {
      const told = poseAt(restPath, timeS - delayS);
      return told ? [{ offM: shownM - way * heightM(told, axis), shownM }] : [];
    });
    const cost = Math.min(...offsM.map(({ offM }) => costAround(offM, offsM)));
    return { delayS, cost, costs: new Map(), images };
  };
}

/** Of a frame's origin, from the camera along an axis of the frame, m. */
function heightM({ position, rotation }: Pose, axis: number): number {
  return dot(rotate(rotation, itemAt(AXES, axis)), position);
}

/** As of a fit of tracks: what is far off costs 1, however far. */
function costAround(
  middleM: number,
  all: readonly { readonly offM: number; readonly shownM: number }[],
): number {
  const sum = all.reduce((cost, { offM, shownM }) => {
    const square = ((offM - middleM) / toleranceM(shownM)) ** 2;
    return cost + square / (1 + square);
  }, 0);
  return sum / all.length;
}

/** How well things rest by the transforms of a time; undefined where too little is seen. */
function thingsAtLags(looks: readonly Look[], restPath: readonly PathPoint[]): FitAt | undefined {
  const things = [...movingPast(looks)].flatMap(({ id, samples }) => {
    const known = samples.filter(({ timeS }) => isToldAround(restPath, timeS));
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

/** Whether the transforms of all times that are tried are known. */
function isToldAround(restPath: readonly PathPoint[], timeS: number): boolean {
  return BETWEEN_GAPS_S.every((lagS) => poseAt(restPath, timeS - lagS));
}
