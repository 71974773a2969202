import { Gaussian } from "./Gaussian.js";
import type { Hypothesis } from "./Hypothesis.js";
import { type SaidModel, UNCALIBRATED } from "./SaidModel.js";
import type { StateLayout } from "./StateLayout.js";

/** What is believed before any answer: how the model says lengths, and how its errors go on. */

/** Means of the slope that are tried, in standard deviations of its prior, and what is left. */
const SLOPES: readonly (readonly [shift: number, weight: number])[] = [
  [-1, 0.27],
  [0, 0.4],
  [1, 0.25],
  [2.2, 0.08],
];
const SLOPE_SHARE = 0.6;
/** Where neighbouring answers err alike: how much of the noise they have in common. */
const ALIKE_SHARE = 0.9;

/** The hypotheses of an episode's beginning. */
export function firstHypotheses({ words, channels, slots, size }: StateLayout): Hypothesis[] {
  const { noise: spread, alike, plainShare = 0 } = words[0]?.prior ?? UNCALIBRATED;
  const manners = [
    ...SLOPES.map(([shift, weight]) => ({ shift, likely: (1 - plainShare) * weight })),
    ...(plainShare > 0 ? [{ shift: undefined, likely: plainShare }] : []),
  ];
  return manners.flatMap(({ shift, likely }) =>
    [false, true].map((isCorrelated): Hypothesis => {
      const belief = new Gaussian(size);
      for (const model of words) {
        if (shift === undefined) model.beginPlain(belief);
        else model.begin(belief, shift, SLOPE_SHARE);
      }
      const [noise, weight] = spread;
      for (const { errorIndex, words: model, sizeIndex, sizePrior } of channels) {
        belief.set(errorIndex, 0, commonError(model, isCorrelated));
        if (sizeIndex !== undefined && sizePrior) belief.set(sizeIndex, ...sizePrior);
      }
      const white = isCorrelated ? (1 - ALIKE_SHARE) * noise + 0.04 : noise;
      return {
        belief,
        logWeight: Math.log(likely * (isCorrelated ? alike : 1 - alike)),
        past: [],
        modes: new Map([...slots.keys()].map((name) => [name, { kind: "unknown" }])),
        isCorrelated,
        noiseWeight: weight,
        noiseSquares: weight * white ** 2,
      };
    }),
  );
}

/** Errors in common die away with time, s. */
export function forgetErrors(
  { belief, isCorrelated }: Hypothesis,
  { channels }: StateLayout,
  seconds: number,
): void {
  for (const { errorIndex, words } of channels) {
    const sigma = commonError(words, isCorrelated);
    const kept = Math.exp(-seconds / words.prior.correlationS);
    belief.decay(errorIndex, kept, sigma ** 2 * (1 - kept ** 2));
  }
}

/** Standard deviation of what neighbouring answers have in common, on the stable scale. */
function commonError({ prior }: SaidModel, isCorrelated: boolean): number {
  return isCorrelated ? ALIKE_SHARE * prior.noise[0] : prior.distinctError;
}
