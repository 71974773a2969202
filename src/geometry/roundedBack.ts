import type { Vec3 } from "../base/index.js";
import type { PointCloud } from "./PointCloud.js";
import { ramp } from "./ramp.js";

/** An object is looked at in so many strips along the view. */
const STRIPS = 8;
/** The farthest part of what is seen in a strip, as a share of its depth, and at least, metres. */
const FAR_SHARE = 0.06;
const LEAST_FAR_M = 0.0015;
/** What falls away at the back by so much of what an ellipsoid does begins to be, and is, rounded. */
const ROUNDED_FROM = 0.35;
const ROUNDED_RAMP = 0.4;

/** By so many of its standard deviations noise lifts the top, of many points, over the edge, of few. */
const NOISE_LIFT = 1.2;
/** And by so many more or less. */
const LIFT_SIGMA = 0.7;
/** What falls away too little for an ellipsoid may be rounded in another way, by this much of it. */
const OTHERWISE_ROUNDED = 0.3;

/** How an object goes on behind what the camera sees of it. */
export interface RoundedBack {
  /** 0: it ends in edges as high as its top, as a box does; 1: it is rounded like an ellipsoid. */
  readonly roundness: number;
  /** How far that may be off: noise, and what is rounded in part (standard deviation). */
  readonly roundnessSigma: number;
  /** Depth along the view that is not seen of such a body, metres. */
  readonly unseenM: number;
  /** How much lower it ends than it is seen to, metres. */
  readonly lowerM: number;
}

/**
 * The back of an object that falls away from its top, strip by strip along the view. Of an ellipse
 * with half axes a along the view and b up, an eye at elevation e sees the back as far as the angle θ
 * with tan θ = b / (a·tan e): a·(1 + cos θ) of its depth and b·(1 + sin θ) of its height.
 *
 * @param turned points in a canonical frame on the support
 * @param viewRad direction from the eye to the object along the support
 * @param bottomM 0 where it is known to stand on the support, else where it is seen to end
 * @param noiseM of the points' heights (standard deviation)
 */
export function roundedBack(
  turned: PointCloud,
  eye: Vec3,
  viewRad: number,
  bottomM: number,
  noiseM: number,
): RoundedBack {
  const stands = bottomM === 0;
  const falls: { readonly seenM: number; readonly wholeM: number }[] = [];
  let unseenM = 0;
  let lowerM = 0;
  for (const { depthM, topM, edgeM, rangeM } of stripsOf(turned, eye, viewRad)) {
    const heightM = topM - bottomM;
    if (!(depthM > 0 && heightM > 0)) continue;
    const slope = Math.max(0.05, (eye[2] - (bottomM + topM) / 2) / rangeM);
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
    unseenM += a * (1 - Math.cos(theta));
    lowerM += stands ? 0 : b * (1 - Math.sin(theta));
  }
  const shareAt = (liftM: number): number => {
    const shares = falls.map(({ seenM, wholeM }) => (wholeM > 0 ? (seenM - liftM) / wholeM : 0));
    // The median: a handle behind one side does not make a mug round.
    return shares.sort((a, b) => a - b)[shares.length >> 1] ?? 0;
  };
  const roundnessAt = (liftM: number) => ramp((shareAt(liftM) - ROUNDED_FROM) / ROUNDED_RAMP);
  const roundness = roundnessAt(NOISE_LIFT * noiseM);
  const [most, least] = [-LIFT_SIGMA, LIFT_SIGMA].map((by) =>
    roundnessAt((NOISE_LIFT + by) * noiseM),
  ) as [number, number];
  return {
    roundness,
    roundnessSigma: Math.hypot(
      (most - least) / 2,
      Math.sqrt(roundness * (1 - roundness)),
      OTHERWISE_ROUNDED * ramp(shareAt(NOISE_LIFT * noiseM) / ROUNDED_FROM) * (1 - roundness),
    ),
    unseenM: unseenM / Math.max(1, falls.length),
    lowerM: lowerM / Math.max(1, falls.length),
  };
}

interface Strip {
  readonly depthM: number;
  readonly topM: number;
  /** Highest point at its far end. */
  readonly edgeM: number;
  /** From the eye along the support. */
  readonly rangeM: number;
}

function stripsOf({ count, xyz }: PointCloud, eye: Vec3, viewRad: number): Strip[] {
  const [cos, sin] = [Math.cos(viewRad), Math.sin(viewRad)];
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
  const strips = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const strip = Math.min(STRIPS - 1, Math.floor((STRIPS * (across[i]! - left)) / (right - left)));
    strips[i] = strip;
    near[strip] = Math.min(near[strip]!, along[i]!);
    far[strip] = Math.max(far[strip]!, along[i]!);
    top[strip] = Math.max(top[strip]!, xyz[3 * i + 2]!);
  }
  for (let i = 0; i < count; i++) {
    const strip = strips[i]!;
    const partM = Math.max(LEAST_FAR_M, FAR_SHARE * (far[strip]! - near[strip]!));
    if (along[i]! >= far[strip]! - partM) edge[strip] = Math.max(edge[strip]!, xyz[3 * i + 2]!);
  }
  // The outermost strips show little but the sides.
  return Array.from({ length: STRIPS - 2 }, (_, i) => ({
    depthM: far[i + 1]! - near[i + 1]!,
    topM: top[i + 1]!,
    edgeM: edge[i + 1]!,
    rangeM: (near[i + 1]! + far[i + 1]!) / 2,
  }));
}
