import type { Vec3 } from "../base/index.js";
import { interpolatePoses, type Pose, rotate } from "../camera/index.js";
import { fitFromAfar, toleranceM } from "./leastSquares.js";

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
  const residualsOf =
    (width: number) =>
    ([x = 0, y = 0, z = 0]: readonly number[], out: Float64Array): void => {
      const offset: Vec3 = [x, y, z];
      samples.forEach(({ at, pose }, i) => {
        const [dx, dy, dz] = rotate(pose.rotation, offset);
        const [px, py, pz] = pose.position;
        const distance = Math.max(0.01, pz + dz);
        const tolerance = width * toleranceM(pz);
        out[3 * i] = (px + dx - at[0] * distance) / tolerance;
        out[3 * i + 1] = (py + dy - at[1] * distance) / tolerance;
        out[3 * i + 2] = dz / DEEP_M;
      });
    };
  const fitted = fitFromAfar([0, 0, 0], samples.length, residualsOf, slack);
  if (!fitted) return undefined;
  const ranges = [0, 1].map((axis) => {
    const values = samples.map(({ pose }) => pose.position[axis as 0 | 1]);
    return Math.max(...values) - Math.min(...values);
  });
  return {
    delayS,
    cost: fitted.cost,
    samples: samples.length,
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
