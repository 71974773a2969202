import { projectPoint } from "../camera/index.js";
import {
  type BearingFit,
  fitBearings,
  fitDelays,
  MOST_DELAY_S,
  type PathPoint,
  poseAt,
} from "./bearings.js";
import type { Look, MovingGripper } from "./Evidence.js";
import { type EdgeCounts, edgeCounts, type Placement, placementsOf, shareOn } from "./maskEdges.js";
import type { Misnamed } from "./misnamed.js";
import { fitTrack, type TrackCause, type TrackFit, type TrackSample } from "./trackFit.js";

/** What does not belong together in what a camera gives. */
export type Contradiction =
  /** The source's own name of a label id is another thing's. */
  | ({ readonly kind: "misnamed"; readonly images: number } & Misnamed)
  | { readonly kind: "masks"; readonly placement: Placement; readonly images: number }
  /** Depth is later than the masks by so much; negative: earlier; absent: by an unknown time. */
  | { readonly kind: "delay"; readonly delay?: Delay; readonly images: number }
  /** The gripper's mask, or with it the whole image, is later than the gripper's frame. */
  | {
      readonly kind: "late";
      readonly what: "masks" | "images";
      readonly delay: Delay;
      readonly images: number;
    }
  /** The mask of another object moves as the gripper does. */
  | { readonly kind: "swapped"; readonly id: number; readonly images: number }
  /** The mask of one has the colour that the other's phrase names, and that one's has not. */
  | { readonly kind: "colors"; readonly names: readonly [string, string]; readonly images: number }
  | {
      readonly kind: "track";
      readonly cause: TrackCause;
      readonly values: readonly number[];
      readonly sigmas: readonly number[];
      readonly images: number;
    }
  /** The gripper's frame is so far from what its mask shows, m. */
  | { readonly kind: "offset"; readonly offsetM: number; readonly images: number }
  /** What the gripper's mask shows does not move as its frame does. */
  | { readonly kind: "unrelated"; readonly images: number }
  /** Of the camera's pose, by the support, rad. */
  | { readonly kind: "tilt"; readonly tilt: number; readonly images: number };

/** Later by so much, or, negative, earlier, s. */
export interface Delay {
  readonly seconds: number;
  /** Half of the range that fits hardly worse. */
  readonly toleranceS: number;
  /** It is at the border of what is tried: it may be more. */
  readonly isLeast: boolean;
}

/** Whether two are about the same thing, whatever their numbers. */
export function isSame(a: Contradiction, b: Contradiction): boolean {
  if (a.kind === "masks") return b.kind === "masks" && a.placement.kind === b.placement.kind;
  if (a.kind === "track") return b.kind === "track" && a.cause === b.cause;
  if (a.kind === "swapped") return b.kind === "swapped" && a.id === b.id;
  return a.kind === b.kind;
}

/** Fewer images prove nothing. */
const LEAST_IMAGES = 6;

/** What is certainly wrong, the first cause first found; undefined where nothing is. */
export function judge(
  looks: readonly Look[],
  path: readonly PathPoint[] = [],
): Contradiction | undefined {
  if (looks.length < LEAST_IMAGES) return undefined;
  return (
    judgeMasks(looks) ??
    judgeLate(looks, path) ??
    judgeDelay(looks, path) ??
    judgeTrack(looks) ??
    judgeFollowing(looks, path) ??
    judgeColors(looks) ??
    judgeTilt(looks)
  );
}

/** By how much another placement has to be better, and how good. */
const LEAST_GAIN = 0.1;
const LEAST_SHARE = 0.6;
/** Of the images, so many must show it. */
const MOST_OF = 0.7;

function judgeMasks(looks: readonly Look[]): Contradiction | undefined {
  const [first] = looks;
  const misfits = looks.filter(({ far }) => far !== undefined);
  if (!first || misfits.length < Math.max(LEAST_IMAGES, MOST_OF * looks.length)) return undefined;
  const { near, far } = placementsOf(first.width, first.height);
  const fars = misfits.flatMap((look) => look.far ?? []);
  const nears = misfits.map((look) => look.near);
  const [best, share] = bestOf(fars, far.length);
  const now = shareOn(nears, near.length);
  if (share < LEAST_SHARE || share < now + LEAST_GAIN) return undefined;
  const agreeing = misfits.filter(
    ({ near: its, far: others }) =>
      others && shareOn([others], best + 1, best) > shareOn([its], near.length),
  );
  const placement = far[best];
  if (!placement || agreeing.length < MOST_OF * misfits.length) return undefined;
  return { kind: "masks", placement, images: misfits.length };
}

function bestOf(counts: readonly EdgeCounts[], placements: number): [index: number, share: number] {
  let [best, most] = [0, 0];
  for (let p = 0; p < placements; p++) {
    const share = shareOn(counts, p + 1, p);
    if (share > most) [best, most] = [p, share];
  }
  return [best, most];
}

/** A delay of less shows nothing, s. */
const LEAST_DELAY_S = 0.1;
const DELAY_GAIN = 0.15;
const DELAY_SHARE = 0.4;

/** Delays of depth that are tried, s. */
const DEPTH_DELAYS_S: readonly number[] = Array.from({ length: 161 }, (_, i) => (i - 80) / 20);
/** Shares that are hardly less than the best. */
const AS_MUCH = 0.05;

function judgeDelay(looks: readonly Look[], path: readonly PathPoint[]): Contradiction | undefined {
  return delayed(looks, path) ?? fitsOnlyStill(looks);
}

/** Where the gripper's mask fits the depth of another time. */
function delayed(looks: readonly Look[], path: readonly PathPoint[]): Contradiction | undefined {
  const moving = looks.flatMap((look) => look.moving ?? []);
  if (moving.length < LEAST_IMAGES) return undefined;
  const tried = DEPTH_DELAYS_S.flatMap((delayS) => {
    const counts = moving.flatMap((gripper) => edgesAt(gripper, path, delayS) ?? []);
    const isKnown = counts.length >= Math.max(LEAST_IMAGES, MOST_OF * moving.length);
    return isKnown ? [{ delayS, share: shareOn(counts, 1) }] : [];
  });
  const shares = (isMeant: (delayS: number) => boolean) =>
    tried.flatMap(({ delayS, share }) => (isMeant(delayS) ? [share] : []));
  const now = Math.max(0, ...shares((delayS) => Math.abs(delayS) <= LEAST_DELAY_S));
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

function judgeLate(looks: readonly Look[], path: readonly PathPoint[]): Contradiction | undefined {
  const bearings = bearingsOf(looks);
  const now = fitBearings(bearings, path, 0);
  if (bearings.length < LEAST_TRACK || !now || now.cost < FOLLOWS) return undefined;
  const fits = fitDelays(bearings, path);
  const least = (some: readonly BearingFit[]) => Math.min(...some.map(({ cost }) => cost));
  const nowCost = least([now, ...fits.filter(({ delayS }) => Math.abs(delayS) < LEAST_DELAY_S)]);
  const best = fits.find(({ cost }) => cost === least(fits));
  if (!best || Math.abs(best.delayS) <= LEAST_DELAY_S || best.motionM < LATE_MOTION_M) {
    return undefined;
  }
  if (best.cost > LATE_COST || best.cost > LATE_SHARE * nowCost) return undefined;
  const as = fits.flatMap(({ delayS, cost }) => (cost < best.cost + AS_MUCH ? [delayS] : []));
  const delay = delayOf(as, best.delayS, [{ delayS: -MOST_DELAY_S }, { delayS: MOST_DELAY_S }]);
  const moving = edgesWhere(looks, (speedPx) => speedPx > MOVING_PX);
  const what = moving.images >= LEAST_OF_EACH && moving.share > FITS_STILL ? "images" : "masks";
  return { kind: "late", what, delay, images: best.samples };
}

/** The gripper's mask is elsewhere than its frame, and nothing that is known explains it. */
function judgeFollowing(
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
  const whole = all.filter(({ pixels }) => pixels > LEAST_AREA * usual);
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
  if (still.share < FITS_STILL || moving.share > FITS_MOVING) return undefined;
  return { kind: "delay", images: still.images + moving.images };
}

/** How well the gripper's mask fits the depth at some speeds, pixels a second. */
function edgesWhere(looks: readonly Look[], isMeant: (speedPx: number) => boolean) {
  const counts = looks.flatMap(({ gripper, speedPx = Number.NaN }) =>
    gripper && isMeant(speedPx) ? [gripper] : [],
  );
  const placements = (counts[0]?.on.length ?? 0) / 4;
  return { images: counts.length, share: shareOn(counts, placements) };
}

/** A mask that shows less of a thing than this share of what it mostly shows is hidden or cut off. */
const LEAST_AREA = 0.55;
const USUAL_AREA = 0.8;
const LEAST_TRACK = 8;
/** Of the images with the mask, so many must show it whole. */
const LEAST_SHOWN = 0.5;
/** A gripper that moves less tells only where it is, m; and one, whether its mask moves with it. */
const LEAST_MOTION_M = 0.06;
const CLEAR_MOTION_M = 0.1;
/** What is on a gripper is so near to the origin of its frame. */
const MOST_OFFSET_M = 0.2;
/** So far off, it is elsewhere, however it moves. */
const ELSEWHERE_M = 1;
/** Costs of a fit: of one that explains what is seen, and of one that does not. */
const EXPLAINED = 0.4;
const STRAY = 0.5;
/** What is hidden of a thing moves its middle by centimetres; what is another thing is further off. */
const SLACK = 3;
const ASTRAY = 0.4;
/** What another object's mask must fit better than, to be the gripper's. */
const SWAPPED = 0.25;
/** A cause leaves at most this share of what does not fit without it. */
const LEFT_SHARE = 0.65;
/** One with several values could fit much by chance. */
const LEFT_OF_SEVERAL = 0.45;
const SURE_SIGMAS = 4;
/** Of causes that explain as much, the simpler one. */
const AS_GOOD = 1.15;
/** Logarithms of scales beyond which nothing is seen to move. */
const MOST_SCALE = 1.6;
const MILLIMETRES = Math.log(1000);

function judgeTrack(looks: readonly Look[]): Contradiction | undefined {
  const gripperId = looks.find((look) => look.gripperId !== undefined)?.gripperId;
  if (gripperId === undefined) return undefined;
  const samples = trackOf(looks, gripperId);
  const images = samples.length;
  if (images < LEAST_TRACK) return undefined;
  const fits = fitTrack(samples);
  const none = fits.find(({ cause }) => cause === "none");
  if (!none) return undefined;
  const shown = looks.filter(({ told, seen }) => told && seen.has(gripperId)).length;
  const motionM = images > LEAST_SHOWN * shown ? motionOf(samples) : 0;
  const [loose = none] = fitTrack(samples, ["none"], SLACK);
  const isAstray = loose.cost > ASTRAY && motionM > CLEAR_MOTION_M;
  const isFar = Math.hypot(...none.offsetM) > MOST_OFFSET_M;
  if (isAstray || isFar) {
    const id = swappedWith(looks, gripperId);
    if (id !== undefined) return { kind: "swapped", id, images };
  }
  const isCoarse = looks.some((look) => look.isCoarse);
  if (motionM > LEAST_MOTION_M) {
    const causes = fits.filter(
      (fit) => fit !== none && isCertain(fit, none) && (!isCoarse || isClear(fit)),
    );
    const least = Math.min(...causes.map(({ cost }) => cost));
    const best = causes.find(({ cost }) => cost <= AS_GOOD * least);
    if (best && best.cause !== "none") {
      const { cause, sigmas } = best;
      const own = best.values.length - 3;
      return { kind: "track", cause, values: best.values.slice(0, own), sigmas, images };
    }
    if (isAstray && !isCoarse) return { kind: "unrelated", images };
  }
  const offsetM = Math.hypot(...none.offsetM);
  if (offsetM < MOST_OFFSET_M || (none.cost > STRAY && offsetM < ELSEWHERE_M)) return undefined;
  return { kind: "offset", offsetM, images };
}

export function trackOf(looks: readonly Look[], id: number): TrackSample[] {
  const all = looks.flatMap(({ told, velocity, seen }) => {
    const object = seen.get(id);
    return told && object ? [{ told, object, ...(velocity && { velocity }) }] : [];
  });
  const areas = all.map(({ object }) => object.area).sort((a, b) => a - b);
  const usual = areas[Math.floor(USUAL_AREA * areas.length)] ?? 0;
  return all
    .filter(({ object }) => object.area > LEAST_AREA * usual)
    .map(({ object, ...sample }) => ({ ...sample, seen: object.middle }));
}

function motionOf(samples: readonly TrackSample[]): number {
  const ranges = [0, 1, 2].map((axis) => {
    const values = samples.map(({ told }) => told.position[axis as 0 | 1 | 2]);
    return Math.max(...values) - Math.min(...values);
  });
  return Math.hypot(...ranges);
}

function isCertain({ cause, cost, values, sigmas }: TrackFit, none: TrackFit): boolean {
  const own = values.slice(0, -3);
  const left = own.length > 1 ? LEFT_OF_SEVERAL : LEFT_SHARE;
  if (cause === "none" || cost > EXPLAINED || cost > left * none.cost) return false;
  const size = Math.hypot(...own);
  if (cause === "mirror") return none.cost > STRAY;
  if (size < LEAST_VALUES[cause]) return false;
  if (isScale(cause) && size > MOST_SCALE && Math.abs(size - MILLIMETRES) > 0.5) return false;
  return own.some((value, i) => Math.abs(value) > SURE_SIGMAS * (sigmas[i] ?? Infinity));
}

/** Whether a fit is beyond doubt even where boxes stand for masks: they hold much that is not the thing. */
function isClear({ cause, cost, values }: TrackFit): boolean {
  return isScale(cause) && Math.abs(values[0] ?? 0) > CLEAR_SCALE && cost < CLEAR_COST;
}

const CLEAR_SCALE = 0.2;
const CLEAR_COST = 0.3;

function isScale(cause: TrackFit["cause"]): boolean {
  return cause === "fx" || cause === "fy" || cause === "fx and fy" || cause === "scale";
}

/** What is certainly more than a camera's calibration and a thing's look are off. */
const LEAST_VALUES: Readonly<Record<Exclude<TrackCause, "mirror">, number>> = {
  ...{ fx: 0.1, fy: 0.1, "fx and fy": 0.1, scale: 0.13 },
  ...{ "principal point": 0.1, rotation: 0.09, lag: 0.12 },
};

/** The object whose mask is where the gripper is told to be. */
function swappedWith(looks: readonly Look[], gripperId: number): number | undefined {
  const ids = new Set(looks.flatMap(({ seen }) => [...seen.keys()]));
  ids.delete(gripperId);
  for (const id of ids) {
    const samples = trackOf(looks, id);
    if (samples.length < Math.max(LEAST_TRACK, looks.length / 2)) continue;
    const none = fitTrack(samples, ["none"])[0];
    if (none && none.cost < SWAPPED && Math.hypot(...none.offsetM) < MOST_OFFSET_M) return id;
  }
  return undefined;
}

const LEAST_COLORED = 4;

function judgeColors(looks: readonly Look[]): Contradiction | undefined {
  const colored = looks.flatMap(({ wears }) => wears ?? []);
  const counts = new Map<string, number>();
  for (const wears of colored) {
    const pairs = new Set([...wears].map((pair) => pair.toSorted().join(" ")));
    for (const pair of pairs) counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  for (const [pair, images] of counts) {
    if (images < Math.max(LEAST_COLORED, MOST_OF * colored.length)) continue;
    const [a = "", b = ""] = pair.split(" ");
    return { kind: "colors", names: [a, b], images };
  }
  return undefined;
}

/** A camera's pose is off by so much, rad, and by the same in all images. */
const LEAST_TILT = (6 * Math.PI) / 180;
const MOST_TILT = (35 * Math.PI) / 180;
const SAME_TILT = (2 * Math.PI) / 180;

function judgeTilt(looks: readonly Look[]): Contradiction | undefined {
  const tilts = looks.flatMap(({ tilt }) => tilt ?? []).sort((a, b) => a - b);
  const tilt = tilts[tilts.length >> 1] ?? 0;
  const same = tilts.filter((each) => Math.abs(each - tilt) < SAME_TILT);
  if (tilt < LEAST_TILT || tilt > MOST_TILT) return undefined;
  if (same.length < Math.max(LEAST_TRACK, MOST_OF * tilts.length)) return undefined;
  return { kind: "tilt", tilt, images: tilts.length };
}
