import { LEAST_IMAGES, MOST_OF } from "./bars.js";
import type { Look } from "./Evidence.js";
import type { GripperTrack } from "./judgeTrack.js";
import type { TrackFit } from "./trackFit.js";

/** By how much all lengths may be off, where that is not certain enough to be refused. */
export interface LengthDoubt {
  /** Lengths seem so many times as long as they are. */
  readonly factor: number;
  /** To be added to the relative standard error of lengths. */
  readonly share: number;
  readonly by: "gripper" | "support";
  readonly images: number;
}

/** What cannot be told from nothing: standard errors by how the look of a thing changes, and of a told support. */
const GRIPPER_SHARE = 0.01;
const SUPPORT_SHARE = 0.015;
/** A gripper that moves less tells nothing of lengths; from there on the standard error says how much, m. */
const LEAST_MOTION_M = 0.03;
/** Values of fewer standard errors are none; from one more on they count fully. */
const DOUBTED_SIGMAS = 1.5;
/** Two that are nearer to each other speak of the same. */
const AGREE_SIGMAS = 2.5;
/** Smaller ones are not worth a word. */
const LEAST_DOUBT = 0.01;
const LENGTH_CAUSES: ReadonlySet<string> = new Set(["fx", "fy", "fx and fy", "scale"]);

/**
 * By how much a wrong lens, unit or depth could stretch lengths: by the gripper's motion, and by the height
 * of the support, unless the gripper speaks against it. Both stay within their standard errors in sound
 * recordings.
 */
export function lengthDoubt(
  looks: readonly Look[],
  track: GripperTrack | undefined,
): LengthDoubt | undefined {
  const support = supportOffsetOf(looks);
  const bySupport =
    support && doubted(support.logFactor, SUPPORT_SHARE, { by: "support", images: support.images });
  if (!track || track.motionM < LEAST_MOTION_M) return bySupport;
  const fits = track.fits.filter(({ cause }) => LENGTH_CAUSES.has(cause));
  const best = fits.reduce<TrackFit | undefined>(
    (a, b) => (a && a.cost <= b.cost ? a : b),
    undefined,
  );
  const [value = 0, fitted = 0] = [best?.values[0], best?.sigmas[0]];
  const sigma = Math.hypot(GRIPPER_SHARE, fitted);
  const byGripper = doubted(value, sigma, { by: "gripper", images: track.samples.length });
  if (!bySupport || !support || Math.abs(value - support.logFactor) > AGREE_SIGMAS * sigma) {
    return byGripper;
  }
  return byGripper && byGripper.share >= bySupport.share ? byGripper : bySupport;
}

function doubted(
  value: number,
  sigma: number,
  rest: Pick<LengthDoubt, "by" | "images">,
): LengthDoubt | undefined {
  const size = Math.abs(value);
  const share = size * Math.min(1, Math.max(0, size / sigma - DOUBTED_SIGMAS));
  return share < LEAST_DOUBT ? undefined : { factor: Math.exp(value), share, ...rest };
}

/** How much farther the support is by depth than by its frame and height. */
export interface SupportOffset {
  readonly offM: number;
  readonly logFactor: number;
  readonly images: number;
}

const SAME_M = 0.015;

/** Undefined where the task does not tell it, or images differ. */
export function supportOffsetOf(looks: readonly Look[]): SupportOffset | undefined {
  const offs = looks.flatMap(({ support }) => support ?? []).sort((a, b) => a.offM - b.offM);
  const middle = offs[offs.length >> 1];
  if (!middle || offs.length < LEAST_IMAGES) return undefined;
  const same = offs.filter(({ offM }) => Math.abs(offM - middle.offM) < SAME_M);
  if (same.length < MOST_OF * offs.length) return undefined;
  const { offM, toldM } = middle;
  return { offM, logFactor: Math.log(1 + offM / toldM), images: offs.length };
}
