import type { MeasuredValue } from "../estimate/index.js";
import type { RewardSample } from "../reward/index.js";

/** The reward of one image and what it rests on. */
export interface TrackedStep {
  readonly sample: RewardSample;
  /** In the order of the task's measurements. */
  readonly measurements: readonly MeasuredValue[];
}

/**
 * A step whose answers came out later than the task lets a value stand: what it says is true of
 * its image, at its stamp, but nothing in it is current any more.
 */
export function markLate(step: TrackedStep, ageS: number, stalenessS: number): TrackedStep {
  const late =
    `late: the answers came ${ageS.toFixed(2)} s after the image, but ` +
    `the task keeps values for only ${stalenessS} s`;
  const { sample, measurements } = step;
  return {
    sample: doubted(sample, late),
    measurements: measurements.map((it) => doubted(it, late)),
  };
}

function doubted<T extends RewardSample | MeasuredValue>(value: T, late: string): T {
  const validity = value.validity === "ok" ? "stale" : value.validity;
  return { ...value, validity, reason: value.reason === "" ? late : `${late}; ${value.reason}` };
}
