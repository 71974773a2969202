import { median, quantile } from "d3-array";
import type { Vec3 } from "../base/index.js";
import type { PointCloud } from "./PointCloud.js";
import { ramp } from "./ramp.js";

/** An object is looked at in so many strips along an axis. */
const STRIPS = 8;
/** The farthest part of what is seen in a strip, as a share of its depth, and at least, metres. */
const FAR_SHARE = 0.06;
const LEAST_FAR_M = 0.0015;
/** What falls away at the back by so much of what an ellipsoid does begins to be, and is, rounded. */
const ROUNDED_FROM = 0.35;
const ROUNDED_RAMP = 0.4;

/** What falls away, or is left out, by more than so many times what an ellipsoid does is a slope, or has steps. */
const [SLOPE_FROM, SLOPE_RAMP] = [1.5, 0.5];

/**
 * What is rounded at its front leaves out the corner there: from this share of what an ellipsoid leaves out it counts as
 * rounded, and fully from so much more. Of a sharp corner, pixels and noise leave out so many times themselves.
 */
const [ROUND_FRONT_FROM, ROUND_FRONT_RAMP] = [0.25, 0.3];
const FRONT_QUANTILE = 0.2;
const [CORNER_PITCH, CORNER_NOISE] = [0.5, 1.5];
/** Of an ellipse with the half axes a and b, its corner is so many times their diagonal away. */
const ELLIPSE_CORNER = 1 - Math.SQRT1_2;
/** How well the front tells of the back, and how well the back's fall does (standard deviations). */
const [FRONT_SIGMA, BACK_SIGMA] = [0.2, 0.35];
/** A fall tells from so many times what noise makes of it, and all of it so many more. */
const [FALL_TELLS, FALL_RAMP] = [1, 2];
const LEAST_FALL_M = 0.0005;
/** How far it may be off where neither tells: what is hidden above is as likely a box or can. */
const UNTOLD = 0.3;
/** Where front and back say different things, one of them is wrong: by this share of that. */
const DISAGREEMENT = 0.3;

/** By so many of its standard deviations noise lifts the top, of many points, over the edge, of few. */
const NOISE_LIFT = 1.2;
/** And by so many more or less. */
const LIFT_SIGMA = 0.7;
/** What falls away too little for an ellipsoid may be rounded in another way, by this much of it. */
const OTHERWISE_ROUNDED = 0.3;

/** How an object is seen, canonical. */
export interface SeenFrom {
  readonly eye: Vec3;
  /** 0 where it is known to stand on the support, else where it is seen to end. */
  readonly bottomM: number;
  /** Of the points' heights (standard deviation). */
  readonly noiseM: number;
  /** Between the points of neighbouring pixels. */
  readonly pitchM: number;
  /** How much of its lower front, and of its top, is seen, 0..1. */
  readonly frontSeen: number;
  readonly topSeen: number;
}

/** How an object goes on behind what the camera sees of it. */
export interface RoundedBack {
  /** 0: it ends in edges as high as its top, as a box does; 1: it is rounded like an ellipsoid. */
  readonly roundness: number;
  /** How far that may be off: noise, and what is rounded in part (standard deviation). */
  readonly roundnessSigma: number;
  /** How much farther such a body reaches along the axis than it is seen to, metres. */
  readonly unseenM: number;
  /** How much lower it ends than it is seen to, metres. */
  readonly lowerM: number;
}

/**
 * The back of an object that falls away from its top, strip by strip along an axis. Of an ellipse
 * with half axes a along it and b up, an eye at elevation e sees the back as far as the angle θ
 * with tan θ = b / (a·tan e): a·(1 + cos θ) of its depth and b·(1 + sin θ) of its height.
 *
 * From low down the back falls away by less than its noise: there the front tells, where it is seen.
 *
 * @param turned points in a canonical frame on the support
 * @param axisRad direction along the support, away from the eye, in which it is looked at
 */
export function roundedBack(
  turned: PointCloud,
  { eye, bottomM, noiseM, pitchM, frontSeen, topSeen }: SeenFrom,
  axisRad: number,
): RoundedBack {
  const stands = bottomM === 0;
  const falls: { readonly seenM: number; readonly wholeM: number }[] = [];
  const fronts: number[] = [];
  let endM = -Infinity;
  let lowerM = 0;
  const { strips, farthestM } = stripsOf(turned, eye, axisRad);
  for (const { nearM, farM, topM, edgeM, cornerM } of strips) {
    const depthM = farM - nearM;
    const heightM = topM - bottomM;
    if (!(depthM > 0 && heightM > 0)) continue;
    const slope = Math.max(
      0.05,
      (eye[2] - (bottomM + topM) / 2) / Math.max(LEAST_FAR_M, (nearM + farM) / 2),
    );
    let a = depthM / 2;
    let b = heightM / 2;
    let theta = 0;
    for (let pass = 0; pass < 4; pass++) {
      theta = Math.atan2(b, a * slope);
      a = depthM / (1 + Math.cos(theta));
      b = heightM / (stands ? 2 : 1 + Math.sin(theta));
    }
    // The far part's highest point lies before its end.
    const far = Math.cos(theta) - Math.max(LEAST_FAR_M, FAR_SHARE * depthM) / a;
    const fallM = b * (1 - Math.sqrt(Math.max(0, 1 - far * far)));
    falls.push({ seenM: topM - edgeM, wholeM: fallM });
    const sharpM = CORNER_PITCH * pitchM + CORNER_NOISE * noiseM;
    fronts.push((cornerM - sharpM) / (ELLIPSE_CORNER * Math.hypot(a, b)));
    endM = Math.max(endM, farM + a * (1 - Math.cos(theta)));
    lowerM += stands ? 0 : b * (1 - Math.sin(theta));
  }
  // The median: a handle behind one side does not make a mug round.
  const shareAt = (liftM: number): number =>
    median(falls, ({ seenM, wholeM }) => (wholeM > 0 ? (seenM - liftM) / wholeM : 0)) ?? 0;
  const fallsAt = (liftM: number) => roundedBy(shareAt(liftM), ROUNDED_FROM, ROUNDED_RAMP);
  const liftM = NOISE_LIFT * noiseM;
  const [falling, most, least] = [0, -LIFT_SIGMA, LIFT_SIGMA].map((by) =>
    fallsAt(liftM + by * noiseM),
  ) as [number, number, number];
  const wholeM = median(falls, (fall) => fall.wholeM) ?? 0;
  const unknown =
    1 - topSeen * ramp((wholeM / Math.max(LEAST_FALL_M, liftM) - FALL_TELLS) / FALL_RAMP);
  const backVariance = BACK_SIGMA ** 2 + ((most - least) / 2) ** 2 + unknown / 4;
  // Nearly all of it is rounded, unlike a bottle's neck over its body.
  const leftOut = quantile(fronts, FRONT_QUANTILE) ?? 0;
  const front = roundedBy(leftOut, ROUND_FRONT_FROM, ROUND_FRONT_RAMP);
  const untold = 1 - frontSeen * topSeen;
  const frontVariance = FRONT_SIGMA ** 2 + untold;
  const byFront = backVariance / (backVariance + frontVariance);
  const roundness = byFront * front + (1 - byFront) * falling;
  return {
    roundness,
    roundnessSigma: Math.hypot(
      ((most - least) / 2) * (1 - byFront),
      UNTOLD * Math.sqrt(unknown * untold),
      DISAGREEMENT * (1 - untold) * (front - falling),
      Math.sqrt(roundness * (1 - roundness)),
      OTHERWISE_ROUNDED * ramp(shareAt(liftM) / ROUNDED_FROM) * (1 - roundness),
    ),
    unseenM: Math.max(0, endM - farthestM),
    lowerM: lowerM / Math.max(1, falls.length),
  };
}

/** How surely it is an ellipsoid that falls away, or leaves out its corner, by a share of what one does. */
function roundedBy(share: number, from: number, over: number): number {
  return ramp((share - from) / over) * (1 - ramp((share - SLOPE_FROM) / SLOPE_RAMP));
}

interface Strip {
  readonly nearM: number;
  readonly farM: number;
  readonly topM: number;
  /** Highest point at its far end. */
  readonly edgeM: number;
  /** How far the nearest of its points is from where its front and its top would meet in an edge. */
  readonly cornerM: number;
}

function stripsOf(
  { count, xyz }: PointCloud,
  eye: Vec3,
  axisRad: number,
): { readonly strips: readonly Strip[]; readonly farthestM: number } {
  const [cos, sin] = [Math.cos(axisRad), Math.sin(axisRad)];
  const along = new Float32Array(count);
  const across = new Float32Array(count);
  let left = Infinity;
  let right = -Infinity;
  const [eyeX, eyeY] = eye;
  for (let i = 0; i < count; i++) {
    const x = xyz[3 * i]! - eyeX;
    const y = xyz[3 * i + 1]! - eyeY;
    along[i] = cos * x + sin * y;
    across[i] = cos * y - sin * x;
    left = Math.min(left, across[i]!);
    right = Math.max(right, across[i]!);
  }
  const near = new Float32Array(STRIPS).fill(Infinity);
  const far = new Float32Array(STRIPS).fill(-Infinity);
  const top = new Float32Array(STRIPS).fill(-Infinity);
  const edge = new Float32Array(STRIPS).fill(-Infinity);
  const cornerSquare = new Float32Array(STRIPS).fill(Infinity);
  const strips = new Uint8Array(count);
  // A face that is looked at along itself has no breadth: all of it is in the first strip.
  const acrossM = Math.max(Number.EPSILON, right - left);
  for (let i = 0; i < count; i++) {
    const strip = Math.min(STRIPS - 1, Math.floor((STRIPS * (across[i]! - left)) / acrossM));
    strips[i] = strip;
    near[strip] = Math.min(near[strip]!, along[i]!);
    far[strip] = Math.max(far[strip]!, along[i]!);
    top[strip] = Math.max(top[strip]!, xyz[3 * i + 2]!);
  }
  for (let i = 0; i < count; i++) {
    const strip = strips[i]!;
    const partM = Math.max(LEAST_FAR_M, FAR_SHARE * (far[strip]! - near[strip]!));
    const backM = along[i]! - near[strip]!;
    const downM = top[strip]! - xyz[3 * i + 2]!;
    cornerSquare[strip] = Math.min(cornerSquare[strip]!, backM * backM + downM * downM);
    if (along[i]! >= far[strip]! - partM) edge[strip] = Math.max(edge[strip]!, xyz[3 * i + 2]!);
  }
  // The outermost strips show little but the sides.
  const inner = Array.from({ length: STRIPS - 2 }, (_, i) => ({
    nearM: near[i + 1]!,
    farM: far[i + 1]!,
    topM: top[i + 1]!,
    edgeM: edge[i + 1]!,
    cornerM: Math.sqrt(cornerSquare[i + 1]!),
  }));
  return { strips: inner, farthestM: far.reduce((a, b) => Math.max(a, b)) };
}
