import { interpolatePoses, type Pose, rotate } from "../camera/index.js";
import { fitFromAfar, fitRoughly, type Model, toleranceM } from "./leastSquares.js";
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
  const { poses, modelOf } = following(bearings, path, delayS);
  const fitted = fitFromAfar([0, 0, 0], poses.length, modelOf, slack);
  if (!fitted) return undefined;
  return { delayS, cost: fitted.cost, samples: poses.length, motionM: motionOf(poses) };
}

/** How far a frame goes across the line of sight, m. */
export function motionOf(poses: readonly Pose[]): number {
  const ranges = [0, 1].map((axis) => {
    const values = poses.map(({ position }) => position[axis as 0 | 1]);
    return Math.max(...values) - Math.min(...values);
  });
  return Math.hypot(...ranges);
}

/** What a fit of masks to the path at a time is: the offset from the frame to what is seen is looked for. */
function following(bearings: readonly Bearing[], path: readonly PathPoint[], delayS: number) {
  const samples = bearings.flatMap(({ timeS, at }) => {
    const pose = poseAt(path, timeS - delayS);
    return pose && pose.position[2] > 0 ? [{ at, pose }] : [];
  });
  // By no offset, and by one along each axis of the frame: how far it is aside of its mask, and behind, m.
  const columns = [undefined, ...AXES].map((axis) => {
    const out = new Float64Array(3 * samples.length);
    samples.forEach(({ at: [u, v], pose: { position, rotation } }, i) => {
      const [x, y, z] = axis === undefined ? position : rotate(rotation, axis);
      out[3 * i] = x - u * z;
      out[3 * i + 1] = y - v * z;
      out[3 * i + 2] = axis === undefined ? 0 : z;
    });
    return out;
  });
  const modelOf = (width: number): Model => {
    const units = new Float64Array(3 * samples.length).fill(1 / DEEP_M);
    samples.forEach(({ pose }, i) => {
      units.fill(1 / (width * toleranceM(pose.position[2])), 3 * i, 3 * i + 2);
    });
    const [start, ...slopes] = columns.map((column) =>
      column.map((value, i) => value * (units[i] ?? 0)),
    );
    const residuals = (offset: readonly number[], out: Float64Array): void => {
      if (start) out.set(start);
      slopes.forEach((slope, axis) => {
        const by = offset[axis] ?? 0;
        for (let i = 0; i < out.length; i++) out[i] = (out[i] ?? 0) + by * (slope[i] ?? 0);
      });
    };
    return { residuals, slopes };
  };
  return { poses: samples.map(({ pose }) => pose), modelOf };
}

/** Delays that are tried, s: these apart, and around the best of them. */
export const MOST_DELAY_S = 5;
const COARSE_S = 0.1;
const FINE_S = 0.02;

/** The fits for delays of up to some seconds, by delay. */
export function fitDelays(bearings: readonly Bearing[], path: readonly PathPoint[]): BearingFit[] {
  const tried = (from: number, to: number, step: number) =>
    delays(from, to, step).flatMap((delayS) => fitBearings(bearings, path, delayS) ?? []);
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

/** Of fits at several delays the best, and what the best at about none costs; undefined where they are one. */
export function bestDelay<T extends Pick<BearingFit, "delayS" | "cost">>(
  fits: readonly T[],
  leastS: number,
): { readonly best: T; readonly nowCost: number } | undefined {
  const near = fits.filter(({ delayS }) => Math.abs(delayS) < leastS);
  const nowCost = Math.min(...near.map(({ cost }) => cost));
  const cost = Math.min(...fits.map((fit) => fit.cost));
  const best = fits.find((fit) => fit.cost === cost);
  return best && best.cost < nowCost ? { best, nowCost } : undefined;
}

/** Of the images, so many must have a place in the path. */
const LEAST_SHARE = 0.6;
/** By a wide tolerance, delays that are so far apart are enough to see that one of them fits better, s. */
const ROUGH_S = 0.2;
const ROUGHLY_BETTER = 0.8;

/** Whether masks may follow the path better at another time than now: at little cost, and never no where they do. */
export function mayBeLate(bearings: readonly Bearing[], path: readonly PathPoint[]): boolean {
  const costAt = (delayS: number): number => {
    const { poses, modelOf } = following(bearings, path, delayS);
    if (poses.length < LEAST_SHARE * bearings.length) return Number.POSITIVE_INFINITY;
    return fitRoughly([0, 0, 0], poses.length, modelOf, 1)?.cost ?? Number.POSITIVE_INFINITY;
  };
  const most = ROUGHLY_BETTER * costAt(0);
  return delays(-MOST_DELAY_S, MOST_DELAY_S, ROUGH_S).some((delayS) => costAt(delayS) < most);
}

function delays(from: number, to: number, step: number): readonly number[] {
  return Array.from({ length: Math.round((to - from) / step) + 1 }, (_, i) => from + i * step);
}
