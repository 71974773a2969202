import type { LengthCalibration } from "../estimate/index.js";
import { curveSigmaOf, LEAST_CURVE_SIGMA } from "./curveSigmaOf.js";
import { correlationOf, weightOf } from "./errorCorrelation.js";
import type { Pair } from "./Pair.js";
import { type Curved, searchFit } from "./searchFit.js";

/** What of a length's calibration comes from the pairs themselves; conformal factors come from others. */
export type FittedLength = Omit<LengthCalibration, "conformal">;

export interface FitOptions extends Curved {
  /** Resampled sets for how uncertain the curve is; 0: as in `near`. Default 24. */
  readonly replicates?: number;
  /** A fit of most of the same pairs: this one begins there. */
  readonly near?: FittedLength;
}

/**
 * Fits curve, spread and correlation to pairs of said and true lengths: the likelihood of what was
 * said given the truth, normal about the curve with a share of wild answers without information,
 * times a prior. Answers with correlated errors count as fewer answers.
 */
export function fitLength(all: readonly Pair[], options: FitOptions): FittedLength {
  const { replicates = 24, near } = options;
  const isThorough = replicates !== 0;
  const pairs = thinned(all, isThorough ? MOST_PAIRS : MOST_PAIRS / 2);
  const first = searchFit(pairs, options, 1, { start: near, isThorough });
  const correlationS = correlationOf(pairs, first);
  const weight = weightOf(pairs, correlationS);
  const best = weight < 1 ? searchFit(pairs, options, weight, { start: first, isThorough }) : first;
  return {
    ...best,
    correlationS,
    range: rangeOf(all),
    curveSigma: isThorough
      ? curveSigmaOf(pairs, options, { best, weight, replicates })
      : (near?.curveSigma ?? LEAST_CURVE_SIGMA),
  };
}

/** More pairs than this add little but time. */
const MOST_PAIRS = 800;

/** Evenly of all, as many as can be used. */
function thinned(pairs: readonly Pair[], most: number): readonly Pair[] {
  const step = Math.ceil(pairs.length / most);
  return step === 1 ? pairs : pairs.filter((_, i) => i % step === 0);
}

/** 1 % of the lengths lie below and above. */
function rangeOf(pairs: readonly Pair[]): LengthCalibration["range"] {
  const sorted = pairs.map(({ trueM }) => trueM).sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  return { fromM: at(0.01), toM: at(0.99) };
}
