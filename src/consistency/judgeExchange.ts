import { distanceBetween, type Vec3 } from "../base/index.js";
import { composePoses, invertPose, transformPoint } from "../camera/index.js";
import type { Contradiction } from "./Contradiction.js";
import type { Look } from "./Evidence.js";

/** Things that are nearer to each other may have been moved so, m. */
const LEAST_APART_M = 0.08;
/** Of their distance, so much may each be off where the other was. */
const MOST_OFF = 0.3;
/** What is seen of a thing looks as large as before by this factor. */
const SAME_AREA = 2.5;
/** In so long two things may really have changed places, s. */
const MOST_GAP_S = 3;
/** Of what follows the gripper's frame, by what it did before, m. */
const FOLLOWS_M = 0.06;

/** So many exchanges of the same two are no slip, even if none of them lasts. */
const LEAST_EXCHANGES = 3;

interface Exchange {
  readonly ids: readonly [number, number];
  readonly afterS: number;
  /** It is so in the images before and after, too. */
  readonly lasts: boolean;
}

/**
 * Masks that change places from one image to the next: each is where the other was, or is with the
 * gripper's frame where the other rests. Nothing moves so; the ids were exchanged, once or now and then.
 */
export function judgeExchange(looks: readonly Look[]): Contradiction | undefined {
  const exchanges = exchangesIn(atRest(looks));
  const isSame = ({ ids }: Exchange, other: Exchange) => ids.every((id) => other.ids.includes(id));
  const timesOf = (one: Exchange) => exchanges.filter((other) => isSame(one, other)).length;
  // A single image with exchanged ids is a slip.
  const found = exchanges.find((it) => it.lasts || timesOf(it) >= LEAST_EXCHANGES);
  if (!found) return undefined;
  const { ids, afterS } = found;
  return { kind: "exchanged", ids, afterS, times: timesOf(found), images: looks.length };
}

/** Before a camera that turns, things do change places; in the support's frame, where it is told, they do not. */
function atRest(looks: readonly Look[]): readonly Look[] {
  if (!looks.every(({ rest }) => rest)) return looks;
  return looks.map((look) => {
    if (!look.rest) return look;
    const toRest = invertPose(look.rest);
    const seen = [...look.seen].map(([id, { middle, ...object }]) => {
      return [id, { ...object, middle: transformPoint(toRest, middle) }] as const;
    });
    const told = look.told && composePoses(toRest, look.told);
    return { ...look, seen: new Map(seen), ...(told && { told }) };
  });
}

function exchangesIn(looks: readonly Look[]): readonly Exchange[] {
  return looks.flatMap((after, i) => {
    const [earlier, before, later] = [looks[i - 2], looks[i - 1], looks[i + 1]];
    const gapS = after.timeS - (before?.timeS ?? Number.NaN);
    if (!before || !(gapS > 0 && gapS < MOST_GAP_S)) return [];
    const ids = exchangedIds(before, after);
    if (!ids) return [];
    const lasts =
      earlier !== undefined &&
      later !== undefined &&
      stays(ids, earlier, before) &&
      stays(ids, after, later);
    return [{ ids, lasts, afterS: after.timeS - (looks[0]?.timeS ?? after.timeS) }];
  });
}

function exchangedIds(before: Look, after: Look): readonly [number, number] | undefined {
  for (const p of before.asked) {
    for (const q of before.seen.keys()) {
      if (q !== p && areExchanged(p, q, before, after)) return [p, q];
    }
  }
  return undefined;
}

function areExchanged(p: number, q: number, before: Look, after: Look): boolean {
  const [wasP, wasQ] = [before.seen.get(p), before.seen.get(q)];
  const [isP, isQ] = [after.seen.get(p), after.seen.get(q)];
  if (!wasP || !wasQ || !isP || !isQ) return false;
  const apartM = distanceBetween(wasP.middle, wasQ.middle);
  if (apartM < LEAST_APART_M || distanceBetween(isP.middle, isQ.middle) < LEAST_APART_M) {
    return false;
  }
  if (!areAsLarge(wasP.area, isQ.area) || !areAsLarge(wasQ.area, isP.area)) return false;
  if (distanceBetween(isP.middle, wasQ.middle) > MOST_OFF * apartM) return false;
  const isWhereOtherWas = distanceBetween(isQ.middle, wasP.middle) < MOST_OFF * apartM;
  if (isWhereOtherWas) return true;
  if (p !== before.gripperId || !before.told || !after.told) return false;
  const gripperM = distanceBetween(before.told.position, wasP.middle);
  const isWithGripper = (middle: Vec3) =>
    Math.abs(distanceBetween(after.told?.position ?? middle, middle) - gripperM) < FOLLOWS_M;
  return isWithGripper(isQ.middle) && !isWithGripper(isP.middle);
}

function areAsLarge(a: number, b: number): boolean {
  return Math.max(a, b) < SAME_AREA * Math.min(a, b);
}

/** Whether each is nearer to where it is now than to where the other is. */
function stays([p, q]: readonly [number, number], now: Look, later: Look): boolean {
  const [isP, isQ] = [now.seen.get(p), now.seen.get(q)];
  const [laterP, laterQ] = [later.seen.get(p), later.seen.get(q)];
  if (!isP || !isQ || !laterP || !laterQ) return false;
  const stay =
    distanceBetween(isP.middle, laterP.middle) + distanceBetween(isQ.middle, laterQ.middle);
  const swap =
    distanceBetween(isP.middle, laterQ.middle) + distanceBetween(isQ.middle, laterP.middle);
  return stay < swap;
}
