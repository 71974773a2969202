import { distanceBetween, type Vec3 } from "../base/index.js";
import { CLEAR_MOTION_M, LEAST_AREA, LEAST_SHOWN, LEAST_TRACK, SLACK } from "./bars.js";
import type { Contradiction } from "./Contradiction.js";
import type { Look } from "./Evidence.js";
import type { SeenObject } from "./seenObjects.js";
import { fitTrack, type TrackCause, type TrackFit, type TrackSample } from "./trackFit.js";

/** Of its sizes, such a quantile is that of a thing which nothing hides. */
const USUAL_SIZE = 0.8;
/** What is hidden or beyond the image takes more than that from corner to corner. */
const LEAST_DIAGONAL = 0.6;
/** A gripper that moves less tells only where it is, m. */
export const LEAST_MOTION_M = 0.06;
/** What hides a part of a gripper does so for seconds: what is seen in a shorter time is no evidence, s. */
const LEAST_SPAN_S = 5;
/** What is on a gripper is so near to the origin of its frame. */
export const MOST_OFFSET_M = 0.2;
/** So far off, it is elsewhere, however it moves. */
const ELSEWHERE_M = 1;
/** Costs of a fit: of one that explains what is seen, and of one that does not. */
export const EXPLAINED = 0.4;
const STRAY = 0.5;
/** With slack: what is hidden of a thing moves its middle by centimetres; what is another thing is further off. */
const ASTRAY = 0.4;
/** Of a gripper that clearly moves, what costs less fits as it is: no lens, unit or delay is to blame. */
const UNEXPLAINED = 0.2;
/** What another object's mask must fit better than, to be the gripper's. */
const SWAPPED = 0.25;
/** A cause leaves at most this share of what does not fit without it. */
const LEFT_SHARE = 0.65;
/** One with several values could fit much by chance. */
const LEFT_OF_SEVERAL = 0.45;
const SURE_SIGMAS = 4;
/** Of causes that explain as much, the simpler one. */
const AS_GOOD = 1.15;
/** So few images of a gripper that is hidden in part fit some lens or pose well: they leave lengths in doubt. */
const LEAST_SURE = 12;
const LEAST_SPAN_OF_SEVERAL_S = 8;
/** Logarithms of scales beyond which nothing is seen to move. */
const MOST_SCALE = 1.6;
const MILLIMETRES = Math.log(1000);

/** Where masks and depth show the gripper, against its frame. */
export interface GripperTrack {
  readonly gripperId: number;
  readonly samples: readonly TrackSample[];
  readonly fits: readonly TrackFit[];
  /** If nothing is wrong. */
  readonly none: TrackFit;
  /** How far the frame goes; 0 where the mask is mostly hidden or beyond the image, or the time is short, m. */
  readonly motionM: number;
  /** For how long its frame is told, but for when it waits, s. */
  readonly spanS: number;
}

/** Undefined where too few images show it. */
export function gripperTrack(looks: readonly Look[]): GripperTrack | undefined {
  const gripperId = looks.find((look) => look.gripperId !== undefined)?.gripperId;
  if (gripperId === undefined) return undefined;
  const all = trackOf(looks, (look) => look.gripperId);
  if (all.length < LEAST_TRACK) return undefined;
  // What reaches the image's border is cut where the border is: its middle moves less than it does.
  const whole = all.filter(({ isCutOff }) => !isCutOff);
  const samples = whole.length < LEAST_TRACK ? all : whole;
  const fits = fitTrack(samples);
  const none = fits.find(({ cause }) => cause === "none");
  if (!none) return undefined;
  const shown = looks.filter((look) => look.told && look.seen.has(look.gripperId ?? 0)).length;
  const spanS = underwayS(looks);
  const isEnough = whole.length > LEAST_SHOWN * shown && spanS > LEAST_SPAN_S;
  const motionM = isEnough ? motionOf(samples) : 0;
  return { gripperId, samples, fits, none, motionM, spanS };
}

/** Images of a gripper that waits show the same error again and again: so many at a place count. */
const MOST_AT_PLACE = 3;
const PLACE_M = 0.01;
/** A longer time between two places is one in which it waited, s. */
const MOST_STEP_S = 1;

/** For how long the gripper is seen, the time in which it waits left out, s. */
function underwayS(looks: readonly Look[]): number {
  const places: { readonly timeS: number; readonly position: Vec3 }[] = [];
  for (const { told, timeS } of looks) {
    if (!told) continue;
    const { position } = told;
    const here = places.filter((it) => distanceBetween(it.position, position) < PLACE_M);
    if (here.length < MOST_AT_PLACE) places.push({ timeS, position });
  }
  const steps = places.slice(1).map(({ timeS }, i) => timeS - (places[i]?.timeS ?? timeS));
  return steps.reduce((sum, stepS) => sum + Math.min(stepS, MOST_STEP_S), 0);
}

/** What is wrong with it. */
export function judgeTrack(
  looks: readonly Look[],
  { gripperId, samples, fits, none, motionM, spanS }: GripperTrack,
): Contradiction | undefined {
  const images = samples.length;
  const [loose = none] = fitTrack(samples, ["none"], SLACK);
  const isAstray = loose.cost > ASTRAY && motionM > CLEAR_MOTION_M;
  const isFar = Math.hypot(...none.offsetM) > MOST_OFFSET_M;
  if (isAstray || isFar) {
    const id = swappedWith(looks, gripperId);
    if (id !== undefined) return { kind: "swapped", id, images };
  }
  const isCoarse = looks.some((look) => look.isCoarse);
  if (motionM > LEAST_MOTION_M) {
    const fitsAsItIs = motionM > CLEAR_MOTION_M && none.cost < UNEXPLAINED;
    const causes = fits.filter(
      (fit) =>
        fit !== none &&
        isCertain(fit, none, images, spanS) &&
        (!isCoarse || isClear(fit)) &&
        !(fitsAsItIs && fit.values.length === none.values.length + 1),
    );
    const best = simplest(causes);
    const isSimpler = (fit: TrackFit) => isScale(fit.cause) && !causes.includes(fit);
    const hasSimpler = fits.some(
      (fit) => isSimpler(fit) && fit.cost <= AS_GOOD * (best?.cost ?? 0),
    );
    // A scale that is off by too little to be blamed is no other cause's fault.
    if (best && best.cause !== "none" && !hasSimpler) {
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

interface SeenSample extends TrackSample {
  readonly isCutOff: boolean;
}

function trackOf(looks: readonly Look[], idOf: (look: Look) => number | undefined): SeenSample[] {
  const all = looks.flatMap((look) => {
    const { told, velocity, seen } = look;
    const object = seen.get(idOf(look) ?? 0);
    return told && object ? [{ told, object, ...(velocity && { velocity }) }] : [];
  });
  return wholeOnes(all);
}

/** Of things that are seen, where they are mostly not hidden. */
export function wholeOnes<T extends { readonly object: SeenObject }>(
  all: readonly T[],
): (T & Pick<SeenSample, "seen" | "isCutOff">)[] {
  const [area, spanM] = (["area", "spanM"] as const).map((size) => {
    const sizes = all.map(({ object }) => object[size]).sort((a, b) => a - b);
    return sizes[Math.floor(USUAL_SIZE * sizes.length)] ?? 0;
  });
  return (
    all
      .filter(({ object }) => object.area > LEAST_AREA * (area ?? 0))
      // One finger of a gripper may look as large as the whole does from elsewhere.
      .filter(({ object }) => object.spanM > LEAST_DIAGONAL * (spanM ?? 0))
      .map((it) => ({ ...it, seen: it.object.middle, isCutOff: it.object.isCutOff }))
  );
}

function motionOf(samples: readonly TrackSample[]): number {
  const ranges = [0, 1, 2].map((axis) => {
    const values = samples.map(({ told }) => told.position[axis as 0 | 1 | 2]);
    return Math.max(...values) - Math.min(...values);
  });
  return Math.hypot(...ranges);
}

/** Of causes that explain as much, the first. */
export function simplest(causes: readonly TrackFit[]): TrackFit | undefined {
  const least = Math.min(...causes.map(({ cost }) => cost));
  return causes.find(({ cost }) => cost <= AS_GOOD * least);
}

/** Whether a cause, and nothing else, explains what is seen. */
export function isCertain(
  { cause, cost, values, sigmas }: TrackFit,
  none: TrackFit,
  images: number,
  spanS: number,
): boolean {
  const own = values.slice(0, -3);
  if (images < LEAST_SURE || (own.length > 1 && spanS < LEAST_SPAN_OF_SEVERAL_S)) return false;
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
    const samples = trackOf(looks, () => id);
    if (samples.length < Math.max(LEAST_TRACK, looks.length / 2)) continue;
    const none = fitTrack(samples, ["none"])[0];
    if (none && none.cost < SWAPPED && Math.hypot(...none.offsetM) < MOST_OFFSET_M) return id;
  }
  return undefined;
}
