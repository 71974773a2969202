import { type CalibrationProvenance, calibrated } from "../estimate/index.js";
import { assemble } from "./assemble.js";
import { fitLengths, type LengthKey, type Lengths } from "./fitLengths.js";
import { foldsOf } from "./folds.js";
import type { Pair } from "./Pair.js";
import { supportOf } from "./support.js";

/** An answer of an episode that was left out, before and after. */
export interface LeftOut {
  readonly pair: Pair;
  readonly valueM: number;
  readonly sigmaM: number;
}

/** Fits of all, and what is said in each episode by those of the others alone. */
export interface Fitted {
  readonly fitted: Lengths;
  readonly leftOut: readonly LeftOut[];
}

/** Fits all, and what is said in each episode with the others alone. */
export function leaveOut(
  pairs: readonly Pair[],
  model: string,
  about: Omit<CalibrationProvenance, "episodes" | "answers">,
  asSaid: Pick<ReadonlyMap<LengthKey, unknown>, "has"> = new Map(),
): Fitted {
  const { isWeak } = supportOf(pairs);
  const fitted = fitLengths(pairs, { asSaid });
  const provenance = { ...about, episodes: 0, answers: 0 };
  const leftOut = foldsOf(pairs).flatMap(({ fit, test }) => {
    const partial = assemble(
      fitLengths(fit, { asSaid, near: fitted }),
      isWeak,
      new Map(),
      model,
      provenance,
    );
    return test.flatMap((pair): LeftOut[] => {
      const found = calibrated(partial, pair.kind, pair.saidM);
      return found ? [{ pair, valueM: found.valueM, sigmaM: found.sigmaM }] : [];
    });
  });
  return { fitted, leftOut };
}
