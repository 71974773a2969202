import type { Calibration, CalibrationProvenance, LengthCalibration } from "../estimate/index.js";
import { UNMEASURED } from "../language/index.js";
import type { FittedLength } from "./fitLength.js";
import type { LengthKey, Lengths } from "./fitLengths.js";

/** Conformal factors of data that do not support them are at least these. */
export const CAUTIOUS = { factor68: 1.5, factor95: 3 } as const;

/** By how many sigmas 68 % and 95 % of errors are smaller. */
export type Factors = LengthCalibration["conformal"];

/** Curves, spreads and conformal factors as a calibration; wider where data are weak. */
export function assemble(
  { kinds, pooled }: Lengths,
  isWeak: boolean,
  factors: ReadonlyMap<LengthKey, Factors>,
  model: string,
  provenance: CalibrationProvenance,
): Calibration {
  const whole = (length: FittedLength, key: LengthKey): LengthCalibration => ({
    ...length,
    ...(isWeak && { spread: widened(length.spread) }),
    conformal:
      factors.get(key) ?? factors.get("all") ?? (isWeak ? CAUTIOUS : { factor68: 1, factor95: 2 }),
  });
  return {
    model,
    kinds: new Map([...kinds].map(([kind, length]) => [kind, whole(length, kind)])),
    pooled: pooled ? whole(pooled, "all") : UNFITTED,
    provenance,
  };
}

/** Where nothing can be fitted: what is said, as uncertain as any model that nobody has measured. */
const UNFITTED: LengthCalibration = {
  curve: { slope: 1, offsetM: 0 },
  spread: UNMEASURED,
  correlationS: 0,
  range: { fromM: 0, toM: 1 },
  curveSigma: { relativeSlope: 0.4, offsetM: 0.06 },
  conformal: CAUTIOUS,
};

/** Half as much again: what a few answers show is not all that there is. */
function widened({ relativeSigma, absoluteSigmaM, wildShare }: LengthCalibration["spread"]) {
  return {
    relativeSigma: 1.5 * relativeSigma,
    absoluteSigmaM: 1.5 * absoluteSigmaM,
    wildShare: Math.max(wildShare, 0.05),
  };
}
