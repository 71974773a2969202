import { Random } from "../base/index.js";
import { kindInfo } from "../language/index.js";
import type { Measurement, Task } from "../task/index.js";

/** Scenes that are tried; the first ones are extremes. */
const TRIALS = 512;
/** The longest length that is tried, m, and the longest time where the task has no time-out, s. */
const FAR_M = 2;
const LONG_S = 60;

type Judged = Pick<Task, "measurements" | "reward" | "stages" | "timeoutS">;

/**
 * Whether the sum of the task's own terms can be below 0, without shaping and without what the end
 * of an episode adds. For such a task 0 is a good reward, and no stand-in for one that is unknown.
 * Found by trying scenes: lengths up to 2 m, all answers, stages and times.
 */
export function termsMayBeNegative({ measurements, reward, stages, timeoutS }: Judged): boolean {
  const terms = [...reward.terms.values()];
  if (terms.length === 0) return false;
  const random = new Random(0, "scenes");
  for (let trial = 0; trial < TRIALS; trial++) {
    // 0 and 1 in the first trials: near, and far; small lengths as often as large ones.
    const share = () => (trial < 2 ? trial : random.next() ** (trial % 2 === 0 ? 1 : 4));
    const values: Record<string, number> = {
      time: share() * (timeoutS ?? LONG_S),
      stage: Math.round(share() * Math.max(stages.length - 1, 0)),
      progress: share(),
    };
    for (const measurement of measurements) {
      values[measurement.name] = triedValue(measurement, share());
    }
    const sum = terms.reduce((total, term) => total + term.evaluate(values), 0);
    if (sum < 0) return true;
  }
  return false;
}

/** A value of the measurement, from the least at 0 to the greatest at 1. */
function triedValue({ kind }: Measurement, share: number): number {
  const { shape, signed } = kindInfo(kind);
  if (shape !== "quantity") return Math.round(share);
  return signed ? (2 * share - 1) * FAR_M : share * FAR_M;
}
