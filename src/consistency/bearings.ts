import { interpolatePoses, type Pose, rotate } from "../camera/index.js";
import { fitFromAfar, type Model, toleranceM } from "./leastSquares.js";
import { AXES } from "./trackFit.js";

/** Where a frame was told to be, in the optical frame. */
export interface PathPoint {
  readonly timeS: number;
  readonly pose: Pose;
}

/** In which direction a mask lies. */
export interface Bearing {
  readonly timeS: number;
  /** x / z and y / z of its middle in the optical frame. */
  readonly at: readonly [number, number];
  /** Pixels of the mask. */
  readonly pixels: number;
  /** It reaches the image's border: the rest of it may be beyond. */
  readonly isCutOff: boolean;
}

export interface BearingFit {
  /** By which the masks are later than the path, s. */
  readonly delayS: number;
  /** Mean of the robust cost of a sample: 0 where all follow, 1 where none does. */
  readonly cost: number;
  readonly samples: number;
  /** How far the path goes at these times, m. */
  readonly motionM: number;
}

/** Places of a path that are further apart tell nothing of the time between, s. */
const MOST_GAP_S = 0.8;

/** Where the path was at a time; undefined outside of it and in its gaps. */
export function poseAt(path: readonly PathPoint[], timeS: number): Pose | undefined {
  let [low, high] = [0, path.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((path[middle]?.timeS ?? 0) <= timeS) low = middle + 1;
    else high = middle;
  }
  const [a, b] = [path[low - 1], path[low]];
  if (!a) return undefined;
  if (a.timeS === timeS) return a.pose;
  if (!b || b.timeS - a.timeS > MOST_GAP_S) return undefined;
  return interpolatePoses(a.pose, b.pose, (timeS - a.timeS) / (b.timeS - a.timeS));
}

/** Along the line of sight the offset is hardly seen: about so large, m. */
const DEEP_M = 0.2;

/**
 * How well masks follow a path that is so much earlier, if their middle is at the same place of the
 * frame throughout. Depth has no part in it.
 *
 * @param slack by how much the tolerance is wider than usual
 */
export function fitBearings(
  bearings: readonly Bearing[],
  path: readonly PathPoint[],
  delayS: number,
  slack = 1,
): BearingFit | undefined {
  const samples = bearings.flatMap(({ timeS, at }) => {
    const pose = poseAt(path, timeS - delayS);
    return pose && pose.position[2] > 0 ? [{ at, pose }] : [];
  });
  const count = samples.length;
  // By an offset along each axis of the frame, and with none: how far it is aside of its mask, and behind, m.
  const [own, ...turned] = [undefined, ...AXES].map((axis) => {
    const out = new Float64Array(3 * count);
    samples.forEach(({ at: [u, v], pose: { position, rotation } }, i) => {
      const [x, y, z] = axis === undefined ? position : rotate(rotation, axis);
      out[3 * i] = x - u * z;
      out[3 * i + 1] = y - v * z;
      out[3 * i + 2] = axis === undefined ? 0 : z;
    });
    return out;
  });
  if (!own) return undefined;
  const modelOf = (width: number): Model => {
    const inTolerances = (values: Float64Array) =>
      values.map((value, i) => {
        const toleratedM = width * toleranceM(samples[Math.floor(i / 3)]?.pose.position[2] ?? 0);
        return value / (i % 3 === 2 ? DEEP_M : toleratedM);
      });
    const [start, ...slopes] = [own, ...turned].map(inTolerances);
    const [a, b, c] = slopes;
    const residuals = ([x = 0, y = 0, z = 0]: readonly number[], out: Float64Array): void => {
      for (let i = 0; i < out.length; i++) {
        out[i] = (start?.[i] ?? 0) + x * (a?.[i] ?? 0) + y * (b?.[i] ?? 0) + z * (c?.[i] ?? 0);
      }
    };
    return { residuals, slopes };
  };
  const fitted = fitFromAfar([0, 0, 0], count, modelOf, slack);
  if (!fitted) return undefined;
  const ranges = [0, 1].map((axis) => {
    const values = samples.map(({ pose }) => pose.position[axis as 0 | 1]);
    return Math.max(...values) - Math.min(...values);
  });
  return {
    delayS,
    cost: fitted.cost,
    samples: count,
    motionM: Math.hypot(...ranges),
  };
}

/** Delays that are tried, s: these apart, and around the best of them. */
export const MOST_DELAY_S = 5;
const COARSE_S = 0.1;
const FINE_S = 0.02;

/** The fits for delays of up to some seconds, by delay. */
export function fitDelays(bearings: readonly Bearing[], path: readonly PathPoint[]): BearingFit[] {
  const tried = (from: number, to: number, step: number) =>
    Array.from({ length: Math.round((to - from) / step) + 1 }, (_, i) => from + i * step).flatMap(
      (delayS) => fitBearings(bearings, path, delayS) ?? [],
    );
  const coarse = tried(-MOST_DELAY_S, MOST_DELAY_S, COARSE_S);
  const enough = coarse.filter(({ samples }) => samples >= LEAST_SHARE * bearings.length);
  const best = enough.reduce<BearingFit | undefined>(
    (a, b) => (a && a.cost <= b.cost ? a : b),
    undefined,
  );
  if (!best) return [];
  const near = 2 * COARSE_S;
  return [...enough, ...tried(best.delayS - near, best.delayS + near, FINE_S)]
    .filter(({ samples }) => samples >= LEAST_SHARE * bearings.length)
    .sort((a, b) => a.delayS - b.delayS);
}

/** Of the images, so many must have a place in the path. */
const LEAST_SHARE = 0.6;
