import { cumulativeStdNormalProbability } from "simple-statistics";
import { clamp, normalDensity, type Vec3 } from "../../base/index.js";
import { invertPose, type Pose, projectPoint, rotate, transformPoint } from "../../camera/index.js";
import type { LinearForm } from "./Gaussian.js";
import type { Hypothesis } from "./Hypothesis.js";
import { type BelievedLength, formAlong, type Place } from "./lengths.js";
import { stable, stableSlope } from "./SaidModel.js";
import type { SaidLength, SaidSide, SeenAt } from "./said.js";

/** How an answer changes one hypothesis: its weight, and its belief. */

const NOISE_MEMORY = 60;
/** Density of wild answers on the stable scale. */
const WILD_DENSITY = 0.35;
const SURPRISE_MOST = 3;
/** Differences smaller than this are not side, m; and no answer on sides is surer than this. */
const SIDE_SIGMA_M = 0.03;
const LEAST_DOUBT = 0.2;
/** A model's pixels err by this share of the image's width, and so many are of another object. */
const PIXEL_SHARE = 0.03;
const WILD_PIXELS = 0.15;
const NEAREST_M = 0.05;

/**
 * Takes in a length. If it is the first to tell where an object is, the object has been put where the
 * answer has it: then it narrows the belief, and nothing about it is a surprise.
 *
 * @returns how far it was from what was expected, in standard deviations
 */
export function takeLength(
  hypothesis: Hypothesis,
  { channel, saidM, sigmaM, wildShare }: SaidLength,
  believed: BelievedLength,
  isFirst = false,
): number {
  const { belief } = hypothesis;
  const words = channel.words.expect(belief, believed.meanM);
  const form: LinearForm = {
    indices: [...words.form.indices, ...believed.form.indices, channel.errorIndex],
    values: [
      ...words.form.values,
      ...believed.form.values.map((value) => value * words.perLength),
      1,
    ],
  };
  const noise2 = hypothesis.noiseSquares / hypothesis.noiseWeight;
  const wording = sigmaM * stableSlope(saidM);
  const own = noise2 + wording ** 2 + words.perLength ** 2 * believed.bentM2;
  const variance = belief.variance(form) + own;
  const residual = isFirst
    ? 0
    : stable(saidM) - words.said - (belief.mean[channel.errorIndex] ?? 0);
  const density = normalDensity(residual, variance);
  const likelihood = (1 - wildShare) * density + wildShare * WILD_DENSITY;
  const sane = ((1 - wildShare) * density) / likelihood;
  if (!isFirst) hypothesis.logWeight += Math.log(likelihood);
  belief.update(form, residual, variance, sane);
  // Variational update of the noise: what is left of the residual, and its variance.
  const left = (residual * own) / variance;
  const leftVariance = (own * (variance - own)) / variance;
  const noiseShare = noise2 / own;
  hypothesis.noiseWeight += sane * noiseShare;
  hypothesis.noiseSquares += sane * noiseShare * (left ** 2 + leftVariance) * noiseShare;
  if (hypothesis.noiseWeight > NOISE_MEMORY) {
    hypothesis.noiseSquares *= NOISE_MEMORY / hypothesis.noiseWeight;
    hypothesis.noiseWeight = NOISE_MEMORY;
  }
  return clamp(residual / Math.sqrt(variance), -SURPRISE_MOST, SURPRISE_MOST);
}

/** Takes in a half-space that is believed in part: the normal distribution nearest to what is left. */
export function takeSide(
  hypothesis: Hypothesis,
  { first }: SaidSide,
  difference: BelievedLength,
): void {
  const { belief } = hypothesis;
  const sigma = Math.sqrt(belief.variance(difference.form) + SIDE_SIGMA_M ** 2);
  const z = difference.meanM / sigma;
  const share = clamp(first, LEAST_DOUBT, 1 - LEAST_DOUBT);
  const slope = (2 * share - 1) * normalDensity(z, 1);
  const likelihood = 1 - share + (2 * share - 1) * cumulativeStdNormalProbability(z);
  hypothesis.logWeight += Math.log(likelihood);
  const rate = slope / (sigma * likelihood);
  belief.tilt(difference.form, rate, -rate * (rate + z / sigma));
}

/** Takes in a direction from the camera, which sees an object at a place of the belief. */
export function takePixel(
  hypothesis: Hypothesis,
  { pixel, info }: SeenAt,
  place: Place,
  camera: Pose,
): void {
  const [x, y, z] = transformPoint(invertPose(camera), place.position);
  const expected = projectPoint(info, [x, y, z]);
  if (!expected.every(Number.isFinite) || z < NEAREST_M) return;
  const focal = [info.fx, info.fy] as const;
  for (const axis of [0, 1] as const) {
    // d(pixel)/d(place) of a pinhole: distortion bends it by less than a model's pixels err.
    const aside = (axis === 0 ? x : y) / z;
    const local: Vec3 = axis === 0 ? [1, 0, -aside] : [0, 1, -aside];
    const scale = focal[axis] / z;
    const form = formAlong(place, rotate(camera.rotation, local), scale);
    const sigma = PIXEL_SHARE * info.width;
    const variance = hypothesis.belief.variance(form) + sigma ** 2;
    const residual = pixel[axis] - expected[axis];
    const fits = normalDensity(residual, variance);
    const likelihood = (1 - WILD_PIXELS) * fits + WILD_PIXELS / info.width;
    hypothesis.logWeight += Math.log(likelihood);
    hypothesis.belief.update(form, residual, variance, ((1 - WILD_PIXELS) * fits) / likelihood);
  }
}
