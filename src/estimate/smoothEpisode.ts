import type { CameraFrame } from "../camera/index.js";
import type { SpatialAnswer } from "../language/index.js";
import type { Task } from "../task/index.js";
import type { EstimatorOptions } from "./Estimator.js";
import { FilterEstimator } from "./FilterEstimator.js";
import { FusionEstimator } from "./FusionEstimator.js";
import type { MeasuredValue } from "./MeasuredValue.js";

/** A frame of an episode with its answers; without answers, the reason. */
export interface Observation {
  readonly frame: CameraFrame;
  readonly answers?: readonly SpatialAnswer[];
  readonly fault?: string;
}

/**
 * The measured values of each frame of a whole episode, each of which rests on all of its answers
 * and kinematics, earlier and later ones. Objects that were still when an image was taken are where
 * the end of the episode has them; what was grasped later stood where it was grasped. Values that
 * later images have changed are marked `smoothed`; those whose own sigma covers all of their error
 * stay as the filter gave them.
 *
 * Without kinematics, a length is the mean of the filter forward and backward in time.
 *
 * @param observations of ONE episode, in order
 */
export function smoothEpisode(
  task: Task,
  observations: readonly Observation[],
  options: EstimatorOptions = {},
): readonly (readonly MeasuredValue[])[] {
  const alone = bothWays(task, observations, options);
  const { robot } = task;
  if (!robot) return alone;
  const smoother = FusionEstimator.forSmoothing({ ...task, robot }, options);
  const causal = observations.map((observation) => take(smoother, observation));
  return observations.map(({ frame }, i) => {
    const known = causal[i] ?? [];
    const smoothed = smoother.smoothedAt(frame, known);
    return smoothed.map((value, k) =>
      value.basis === undefined ? (alone[i]?.[k] ?? value) : value,
    );
  });
}

function take(
  estimator: FusionEstimator | FilterEstimator,
  { frame, answers, fault = "" }: Observation,
): readonly MeasuredValue[] {
  return answers ? estimator.observe(frame, answers) : estimator.miss(frame, fault);
}

/** The filter over the episode forward and backward, the two put together. */
function bothWays(
  task: Task,
  observations: readonly Observation[],
  options: EstimatorOptions,
): readonly (readonly MeasuredValue[])[] {
  const forward = new FilterEstimator(task, options);
  const backward = new FilterEstimator(task, options);
  const onward = observations.map((observation) => take(forward, observation));
  const lastNs = observations.at(-1)?.frame.stampNs ?? 0n;
  const returned = observations
    .toReversed()
    .map((observation) => {
      const { frame } = observation;
      return take(backward, {
        ...observation,
        frame: { ...frame, stampNs: lastNs - frame.stampNs },
      });
    })
    .toReversed();
  return onward.map((values, i) =>
    values.map((value, k) => {
      const isRough = observations[i]?.answers?.[k]?.reliability !== undefined;
      const other = returned[i]?.[k];
      return isRough && other ? combined(value, other) : value;
    }),
  );
}

/** Both have seen the image itself, and both err as their model does: no less sigma for two. */
function combined(a: MeasuredValue, b: MeasuredValue): MeasuredValue {
  if (a.unit !== "m" || a.value === null || b.value === null || !a.sigma || !b.sigma) return a;
  const [first, second] = [1 / a.sigma ** 2, 1 / b.sigma ** 2];
  const value = (first * a.value + second * b.value) / (first + second);
  const sigma = Math.min(a.sigma, b.sigma);
  return { ...a, value, sigma, validity: "ok", reason: "", basis: "smoothed" };
}
