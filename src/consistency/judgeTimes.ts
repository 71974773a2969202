import { projectPoint } from "../camera/index.js";
import {
  CLEAR_MOTION_M,
  LEAST_AREA,
  LEAST_IMAGES,
  LEAST_SHOWN,
  LEAST_TRACK,
  MOST_OF,
  SLACK,
} from "./bars.js";
import {
  bestDelay,
  fitBearings,
  fitDelays,
  MOST_DELAY_S,
  mayBeLate,
  motionOf,
  type PathPoint,
  poseAt,
} from "./bearings.js";
import type { Contradiction, Delay } from "./Contradiction.js";
import type { Look, MovingGripper } from "./Evidence.js";
import { type EdgeCounts, edgeCounts, knownEdges, shareOn } from "./maskEdges.js";

/** A delay of less shows nothing, s. */
const LEAST_DELAY_S = 0.1;
const DELAY_GAIN = 0.15;
const DELAY_SHARE = 0.4;

/** Delays of depth that are tried, s. */
const DEPTH_DELAYS_S: readonly number[] = Array.from({ length: 161 }, (_, i) => (i - 80) / 20);
/** Where fewer of its edges are in the picture than this share of those in its own place, few of them fit by chance. */
const LEAST_OF_EDGES = 0.5;
/** Shares that are hardly less than the best. */
const AS_MUCH = 0.05;

/** Depth of another time than the masks. */
export function judgeDelay(
  looks: readonly Look[],
  path: readonly PathPoint[],
): Contradiction | undefined {
  return delayed(looks, path) ?? fitsOnlyStill(looks);
}

/** Where the gripper's mask fits the depth of another time. */
function delayed(looks: readonly Look[], path: readonly PathPoint[]): Contradiction | undefined {
  const moving = looks.flatMap((look) => look.moving ?? []);
  if (moving.length < LEAST_IMAGES) return undefined;
  const shareAt = (delayS: number) => {
    const counts = moving.flatMap((gripper) => edgesAt(gripper, path, delayS) ?? []);
    const isKnown = counts.length >= Math.max(LEAST_IMAGES, MOST_OF * moving.length);
    return isKnown ? [{ delayS, share: shareOn(counts), edges: knownEdges(counts) }] : [];
  };
  const [atOnce] = shareAt(0);
  // Nothing can be that much better than what is good.
  if (!atOnce || atOnce.share + DELAY_GAIN > 1) return undefined;
  const tried = DEPTH_DELAYS_S.flatMap(shareAt).filter(
    ({ edges }) => edges >= LEAST_OF_EDGES * atOnce.edges,
  );
  const shares = (isMeant: (delayS: number) => boolean) =>
    tried.flatMap(({ delayS, share }) => (isMeant(delayS) ? [share] : []));
  const now = Math.max(0, ...shares((delayS) => Math.abs(delayS) <= LEAST_DELAY_S));
  // There, hardly any edge is known.
  if (now === 0) return undefined;
  const best = tried.find(({ share }) => share === Math.max(...shares(() => true)));
  if (!best || Math.abs(best.delayS) <= LEAST_DELAY_S) return undefined;
  if (best.share < DELAY_SHARE || best.share < now + DELAY_GAIN) return undefined;
  const as = tried.flatMap(({ delayS, share }) => (share > best.share - AS_MUCH ? [delayS] : []));
  const images = moving.length;
  // Where times far from each other fit alike, none of them is told.
  const isKnown = Math.max(...as) - Math.min(...as) < MOST_RANGE_S && best.share > SURE_SHARE;
  if (!isKnown) return { kind: "delay", images };
  return { kind: "delay", delay: delayOf(as, best.delayS, tried), images };
}

const MOST_RANGE_S = 0.4;
const SURE_SHARE = 0.6;

/** Of the gripper's mask, where its frame was so long before. */
function edgesAt(
  { timeS, edges, info }: MovingGripper,
  path: readonly PathPoint[],
  delayS: number,
): EdgeCounts | undefined {
  const [now, then] = [poseAt(path, timeS), poseAt(path, timeS - delayS)];
  if (!now || !then) return undefined;
  const scale = info.width / edges.width;
  const [u, v] = projectPoint(info, now.position);
  const [w, t] = projectPoint(info, then.position);
  const [x, y] = [Math.round((w - u) / scale), Math.round((t - v) / scale)];
  return Number.isFinite(x + y) ? edgeCounts(edges, [{ kind: "shifted", x, y }]) : undefined;
}

/** @param as delays that fit as well as the best one */
function delayOf(
  as: readonly number[],
  best: number,
  tried: readonly { readonly delayS: number }[],
): Delay {
  const all = tried.map(({ delayS }) => delayS);
  const [low, high] = [Math.min(...as), Math.max(...as)];
  return {
    seconds: best,
    toleranceS: Math.max(LEAST_TOLERANCE_S, best - low, high - best),
    isLeast: best < 0 ? low <= Math.min(...all) : high >= Math.max(...all),
  };
}

const LEAST_TOLERANCE_S = 0.05;
/** A mask that follows the frame costs less; one that does not, more, with a wide tolerance. */
const FOLLOWS = 0.12;
const ASTRAY_BEARINGS = 0.25;
/** At the time at which it follows, it costs less, also as a share of the cost at its own time. */
const LATE_COST = 0.2;
const LATE_SHARE = 0.35;
/** A gripper that moves less tells no time, m. */
const LATE_MOTION_M = 0.03;

/** Masks, or whole images, of another time than the transforms. */
export function judgeLate(
  looks: readonly Look[],
  path: readonly PathPoint[],
): Contradiction | undefined {
  const bearings = bearingsOf(looks);
  const now = fitBearings(bearings, path, 0);
  if (bearings.length < LEAST_TRACK || !now || now.cost < FOLLOWS) return undefined;
  // Before a camera that carries its gripper, no time is another.
  if (motionOf(path.map(({ pose }) => pose)) < LATE_MOTION_M) return undefined;
  if (!mayBeLate(bearings, path)) return undefined;
  const fits = fitDelays(bearings, path);
  const found = bestDelay([now, ...fits], LEAST_DELAY_S);
  if (!found || found.best.motionM < LATE_MOTION_M) return undefined;
  const { best, nowCost } = found;
  if (best.cost > LATE_COST || best.cost > LATE_SHARE * nowCost) return undefined;
  const as = fits.flatMap(({ delayS, cost }) => (cost < best.cost + AS_MUCH ? [delayS] : []));
  const delay = delayOf(as, best.delayS, [{ delayS: -MOST_DELAY_S }, { delayS: MOST_DELAY_S }]);
  const moving = edgesWhere(looks, (speedPx) => speedPx > MOVING_PX);
  const what = moving.images >= LEAST_OF_EACH && moving.share > FITS_STILL ? "images" : "masks";
  return { kind: "late", what, delay, images: best.samples };
}

/** The gripper's mask is elsewhere than its frame, and nothing that is known explains it. */
export function judgeFollowing(
  looks: readonly Look[],
  path: readonly PathPoint[],
): Contradiction | undefined {
  const bearings = bearingsOf(looks);
  const loose = fitBearings(bearings, path, 0, SLACK);
  if (!loose || loose.samples < LEAST_TRACK || loose.motionM < CLEAR_MOTION_M) return undefined;
  if (loose.cost < ASTRAY_BEARINGS) return undefined;
  return { kind: "unrelated", images: loose.samples };
}

/** Of the gripper's masks that are neither hidden nor cut off. */
function bearingsOf(looks: readonly Look[]) {
  const all = looks.flatMap(({ bearing }) => bearing ?? []);
  const sizes = all.map(({ pixels }) => pixels).sort((a, b) => a - b);
  // What comes nearer grows: the largest ones are no measure.
  const usual = sizes[sizes.length >> 1] ?? 0;
  const whole = all.filter(({ pixels, isCutOff }) => !isCutOff && pixels > LEAST_AREA * usual);
  return whole.length > LEAST_SHOWN * all.length ? whole : [];
}

/** Of the small image, pixels a second. */
const STILL_PX = 8;
const MOVING_PX = 25;
const LEAST_OF_EACH = 4;
const FITS_STILL = 0.7;
const FITS_MOVING = 0.5;

/** A gripper's mask that fits the depth where it stands still, and does not where it moves. */
function fitsOnlyStill(looks: readonly Look[]): Contradiction | undefined {
  const still = edgesWhere(looks, (speedPx) => speedPx < STILL_PX);
  const moving = edgesWhere(looks, (speedPx) => speedPx > MOVING_PX);
  if (still.images < LEAST_OF_EACH || moving.images < LEAST_OF_EACH) return undefined;
  // A share of 0 is one of hardly any edge.
  if (moving.share === 0 || moving.share > FITS_MOVING || still.share < FITS_STILL) {
    return undefined;
  }
  return { kind: "delay", images: still.images + moving.images };
}

/** How well the gripper's mask fits the depth at some speeds, pixels a second. */
function edgesWhere(looks: readonly Look[], isMeant: (speedPx: number) => boolean) {
  const counts = looks.flatMap(({ gripper, speedPx = Number.NaN }) =>
    gripper && isMeant(speedPx) ? [gripper] : [],
  );
  return { images: counts.length, share: shareOn(counts) };
}
