import { groups } from "d3-array";
import { sampleCorrelation, sampleStandardDeviation } from "simple-statistics";
import { itemAt, Random } from "../base/index.js";
import type { LengthCalibration } from "../estimate/index.js";
import type { Pair } from "./Pair.js";
import {
  type Curved,
  type Fit,
  type Group,
  PRIOR,
  type Prior,
  type Priors,
  searchFit,
} from "./searchFit.js";
import { FEW_EPISODES } from "./support.js";

/** A curve from one or two episodes is known no better than this. */
export const LEAST_CURVE_SIGMA = { relativeSlope: 0.15, offsetM: 0.02 } as const;

/** The fit whose curve it is, how much evidence each answer adds, and how many sets are drawn. */
interface Resampling {
  readonly best: Fit;
  readonly weight: number;
  readonly replicates: number;
}

/**
 * How the curve varies between resampled episodes; of few episodes, between their parts. Each time the
 * prior's means are drawn from the prior (Bardsley and others, SIAM J. Sci. Comput. 36 (2014) A1895):
 * where the data say nothing of a slope, it is as uncertain as before, not as certain as its prior's mean.
 */
export function curveSigmaOf(
  pairs: readonly Pair[],
  curved: Curved,
  { best, weight, replicates }: Resampling,
): LengthCalibration["curveSigma"] {
  const episodes = new Set(pairs.map(({ episode }) => episode)).size;
  const isFew = episodes < FEW_EPISODES;
  const clusters = groups(pairs, ({ episode, timeS }) =>
    isFew ? `${episode} ${Math.floor(timeS / 2)}` : episode,
  ).map(([, some]) => some);
  const random = new Random(1, "curve");
  const drawn = Array.from({ length: replicates }, () => {
    const chosen = clusters.map(() => random.integer(0, clusters.length - 1));
    const sample = chosen.flatMap((index) => itemAt(clusters, index));
    // What was drawn twice counts twice, and is looked at once.
    const drawnOnce = clusters.flatMap((pairs, index): Group[] => {
      const count = chosen.filter((each) => each === index).length;
      return count === 0 ? [] : [{ pairs, count }];
    });
    const search = { start: best, evaluations: 120, prior: drawnPrior(random), groups: drawnOnce };
    return searchFit(sample, curved, weight, search).curve;
  });
  const least = isFew ? LEAST_CURVE_SIGMA : { relativeSlope: 0, offsetM: 0 };
  const unseen = isFew ? 1 : unseenSpread(episodes);
  const sigmaOf = (values: readonly number[], prior: Prior) => {
    const seen = sampleStandardDeviation([...values]);
    // No data are worse than none.
    return Math.max(seen, Math.min(unseen * seen, prior.sigma));
  };
  const [slopes, offsets] = [drawn.map(({ slope }) => slope), drawn.map(({ offsetM }) => offsetM)];
  const floors = drawn.flatMap(({ floorM }) => floorM ?? []);
  return {
    relativeSlope: Math.max(least.relativeSlope, sigmaOf(slopes, PRIOR.slope) / best.curve.slope),
    offsetM: Math.max(least.offsetM, sigmaOf(offsets, PRIOR.offset)),
    correlation: correlationBetween(slopes, offsets),
    ...(floors.length > 0 && { floorM: sigmaOf(floors, PRIOR.floor) }),
  };
}

/**
 * How much wider a mean is known than resampling n episodes shows: the bootstrap's variance is too
 * small by (n − 1) / n, and that of Student's t is larger by (n − 1) / (n − 3).
 */
function unseenSpread(episodes: number): number {
  return Math.sqrt(episodes / Math.max(episodes - 3, 1));
}

function drawnPrior(random: Random): Priors {
  const drawn = ({ mean, sigma }: Prior): Prior => ({
    mean: mean + sigma * random.normal(),
    sigma,
  });
  return {
    ...PRIOR,
    slope: drawn(PRIOR.slope),
    offset: drawn(PRIOR.offset),
    floor: drawn(PRIOR.floor),
  };
}

function correlationBetween(a: readonly number[], b: readonly number[]): number {
  const isSteady = [a, b].some((all) => sampleStandardDeviation([...all]) === 0);
  return isSteady ? 0 : sampleCorrelation([...a], [...b]);
}
