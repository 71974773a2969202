import type { Vec3 } from "../base/index.js";
import type { CameraInfo } from "./CameraFrame.js";
import { projectPoint } from "./lensModels.js";
import type { DepthMap } from "./SourceImage.js";

/** How far the gripper is by the robot's transforms, and how far the depth image shows it, metres. */
export interface GripperDepth {
  /** Depth of its TF frame's origin. */
  readonly toldM: number;
  /** Nearest surface around that point. */
  readonly seenM: number;
}

/** By what depth is longer than the transforms say. */
export interface DepthScale {
  readonly factor: number;
  /** Standard deviation of the factor. */
  readonly sigma: number;
}

/** Radius around the origin in which the gripper is looked for, metres. */
const RADIUS_M = 0.03;
/** Of the depths around the origin, sorted, the one that counts: some pixels fly in front. */
const NEAR_SHARE = 0.1;
const LEAST_PIXELS = 4;
/** Cameras see nothing nearer. */
const LEAST_TOLD_M = 0.1;

/** Undefined where the gripper is out of the image, or nothing around it has depth. */
export function gripperDepth(
  { width, height, depthM }: DepthMap,
  info: CameraInfo,
  gripper: Vec3,
): GripperDepth | undefined {
  const toldM = gripper[2];
  if (toldM < LEAST_TOLD_M) return undefined;
  const scale = width / info.width;
  const [u, v] = projectPoint(info, gripper).map((pixel) => pixel * scale) as [number, number];
  if (!(u >= 0 && v >= 0 && u < width && v < height)) return undefined;
  const radius = Math.max(1, (info.fx * RADIUS_M * scale) / toldM);
  const [left, right] = [Math.max(0, Math.ceil(u - radius)), Math.min(width - 1, u + radius)];
  const [top, bottom] = [Math.max(0, Math.ceil(v - radius)), Math.min(height - 1, v + radius)];
  const near: number[] = [];
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      const depth = depthM[row * width + column] ?? 0;
      if (depth > 0) near.push(depth);
    }
  }
  if (near.length < LEAST_PIXELS) return undefined;
  near.sort((a, b) => a - b);
  return { toldM, seenM: near[Math.floor(near.length * NEAR_SHARE)] ?? 0 };
}

/** Its surface is so far in front of a gripper's origin at most, metres; or so far behind it. */
const MOST_FRONT_M = 0.2;
const MOST_BEHIND_M = 0.05;
/** How far samples may be from the line, metres and share of the distance. */
const SCATTER_M = 0.015;
const SCATTER_SHARE = 0.01;
/** Factors that are looked for. */
const MOST_FACTOR = 12;
/** A gripper that comes and goes less than this in depth tells nothing. */
const LEAST_RANGE_M = 0.1;
/** Places so far apart count as different ones, and so many must be among them. */
const PLACE_M = 0.02;
const LEAST_PLACES = 4;
const LEAST_SAMPLES = 6;
/** Of the samples, so many must be on the line. */
const LEAST_SHARE = 0.6;
/** Depth is not doubted where it explains more than this share of those as it is. */
const RIGHT_SHARE = 0.6;
/** A wrong place of the camera in TF turns the line a little; no unit is this near to another. */
const LEAST_WRONG = 1.25;
const SURE_SIGMAS = 5;

/**
 * By what depth images are longer than the robot's transforms say, where that cannot be: from where
 * the gripper was. What is seen of it moves with it. With a right unit `seen = told - front`, where `front` is from
 * its origin to its surface, some centimetres; with a wrong one `seen = factor (told - front)`. What
 * is behind the gripper does not move with it, so that it is never taken for it.
 *
 * Undefined where depth is right, and where that is not certain: the gripper hardly moved to or from
 * the camera, it was hidden, or its origin lies off its body.
 */
export function wrongDepthScale(samples: readonly GripperDepth[]): DepthScale | undefined {
  if (samples.length < LEAST_SAMPLES) return undefined;
  let best: readonly GripperDepth[] = [];
  for (const [i, a] of samples.entries()) {
    for (const b of samples.slice(i + 1)) {
      const apartM = b.toldM - a.toldM;
      if (Math.abs(apartM) < LEAST_RANGE_M / 2) continue;
      const factor = (b.seenM - a.seenM) / apartM;
      const on = onLine(samples, factor, a.toldM - a.seenM / factor);
      if (on.length > best.length) best = on;
    }
  }
  const told = best.map(({ toldM }) => toldM);
  const rangeM = Math.max(...told) - Math.min(...told);
  if (best.length < Math.max(LEAST_SAMPLES, LEAST_SHARE * samples.length)) return undefined;
  const places = new Set(told.map((distanceM) => Math.floor(distanceM / PLACE_M)));
  if (rangeM < LEAST_RANGE_M || places.size < LEAST_PLACES) return undefined;
  const scale = fitted(best);
  const off = Math.abs(Math.log(scale.factor));
  const isSure = off > Math.log(LEAST_WRONG) && off > (SURE_SIGMAS * scale.sigma) / scale.factor;
  return isSure && asRight(samples) < RIGHT_SHARE * best.length ? scale : undefined;
}

/** How many samples fit depth that is in its unit. */
function asRight(samples: readonly GripperDepth[]): number {
  const counts = samples.map(({ toldM, seenM }) => onLine(samples, 1, toldM - seenM).length);
  return Math.max(0, ...counts);
}

function onLine(
  samples: readonly GripperDepth[],
  factor: number,
  frontM: number,
): readonly GripperDepth[] {
  const isPossible =
    factor > 1 / MOST_FACTOR &&
    factor < MOST_FACTOR &&
    frontM > -MOST_BEHIND_M &&
    frontM < MOST_FRONT_M;
  if (!isPossible) return [];
  return samples.filter(
    ({ toldM, seenM }) =>
      Math.abs(seenM / factor - (toldM - frontM)) < SCATTER_M + SCATTER_SHARE * toldM,
  );
}

/** Least squares of the factor. */
function fitted(samples: readonly GripperDepth[]): DepthScale {
  const count = samples.length;
  const mean = (of: (sample: GripperDepth) => number) =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / count;
  const told = mean(({ toldM }) => toldM);
  const seen = mean(({ seenM }) => seenM);
  const spread = mean(({ toldM }) => (toldM - told) ** 2);
  const factor = mean(({ toldM, seenM }) => (toldM - told) * (seenM - seen)) / spread;
  const rest = mean(({ toldM, seenM }) => (seenM - seen - factor * (toldM - told)) ** 2);
  return { factor, sigma: Math.sqrt(rest / spread / Math.max(1, count - 2)) };
}
