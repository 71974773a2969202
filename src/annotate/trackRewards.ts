import { map, type OperatorFunction } from "rxjs";
import { type Attempt, EpisodeSplitter } from "../camera/index.js";
import { type CreateEstimator, createEstimator, type Estimator } from "../estimate/index.js";
import { factOf } from "../language/index.js";
import { RewardTracker } from "../reward/index.js";
import type { Task } from "../task/index.js";
import type { Annotation } from "./Annotation.js";
import type { AskedFrame } from "./askModel.js";
import { markLate } from "./markLate.js";

export interface TrackRewardsOptions {
  /** Makes the estimator of each episode. Default: the one that the task chooses. */
  readonly createEstimator?: CreateEstimator;
}

interface Tracking {
  readonly attempt: Attempt;
  readonly estimator: Estimator;
  readonly tracker: RewardTracker;
}

/**
 * Turns answers into facts, measured values and rewards, with one Estimator for each episode and
 * one RewardTracker for each of its cameras. EpisodeSplitter says where an episode begins:
 * estimates and stages then start afresh. The estimator sees late answers as well, at the stamps
 * of their images; what comes of them is marked (`isLate`).
 *
 * Emits one Annotation for each AskedFrame, synchronously; completes and errors with the source.
 */
export function trackRewards(
  task: Task,
  { createEstimator: create = createEstimator }: TrackRewardsOptions = {},
): OperatorFunction<AskedFrame, Annotation> {
  return (source) => {
    const splitter = new EpisodeSplitter();
    const estimators = new WeakMap<Attempt, Estimator>();
    const byCamera = new Map<string, Tracking>();

    const trackingOf = (frame: AskedFrame["frame"]): Tracking => {
      const attempt = splitter.attemptOf(frame);
      const before = byCamera.get(frame.camera);
      if (before?.attempt === attempt) return before;
      const estimator = estimators.get(attempt) ?? create(task);
      estimators.set(attempt, estimator);
      const tracking = { attempt, estimator, tracker: new RewardTracker(task, frame) };
      byCamera.set(frame.camera, tracking);
      return tracking;
    };

    return source.pipe(
      map(({ frame, model, answers, fault, ageS = 0 }): Annotation => {
        const { attempt, estimator, tracker } = trackingOf(frame);
        const measured = answers ? estimator.observe(frame, answers) : estimator.miss(frame, fault);
        const reward = answers
          ? tracker.step(frame.stampNs, measured)
          : tracker.fail(frame.stampNs, measured, fault);
        const step = { sample: reward, measurements: measured };
        const isLate = answers !== undefined && ageS > task.stalenessS;
        const { sample, measurements } = isLate ? markLate(step, ageS, task.stalenessS) : step;
        return {
          frame,
          attempt: attempt.number,
          outcome: answers ? "annotated" : "failed",
          facts: task.measurements.flatMap(({ name }, i) => {
            const answer = answers?.[i];
            return answer ? factOf(frame, name, answer) : [];
          }),
          measurements,
          reward: sample,
          latencyMs: Math.max(0, ...(answers ?? []).map((answer) => answer.latencyMs)),
          isLate,
          model,
        };
      }),
    );
  };
}
