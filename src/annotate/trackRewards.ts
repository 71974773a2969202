import { concatMap, type OperatorFunction } from "rxjs";
import { type Attempt, type CameraFrame, EpisodeSplitter, FrameRate } from "../camera/index.js";
import {
  type CreateEstimator,
  createEstimator,
  type Estimator,
  type EstimatorOptions,
} from "../estimate/index.js";
import { factOf } from "../language/index.js";
import { RewardTracker } from "../reward/index.js";
import type { Task } from "../task/index.js";
import type { Annotation } from "./Annotation.js";
import type { AskedFrame } from "./askModel.js";
import { markLate } from "./markLate.js";

export interface TrackRewardsOptions extends EstimatorOptions {
  /** Makes the estimator of each episode. Default: the one that the task chooses. */
  readonly createEstimator?: CreateEstimator;
  /**
   * Rewards between the images too, so many a second at most, Hz, where the frames carry the
   * robot's kinematics and the estimator can predict its values from them. None where absent.
   */
  readonly atRateHz?: number;
}

/** One camera in one attempt. */
interface Tracking {
  readonly attempt: Attempt;
  readonly estimator: Estimator;
  readonly tracker: RewardTracker;
  readonly rate: FrameRate;
  /** The last frame that was asked about, and its model. */
  last?: { readonly frame: CameraFrame; readonly model: string };
}

/**
 * Turns answers into facts, measured values and rewards, with one Estimator for each episode and
 * one RewardTracker for each of its cameras. EpisodeSplitter says where an episode begins:
 * estimates and stages then start afresh. The estimator sees late answers as well, at the stamps
 * of their images; what comes of them is marked (`isLate`).
 *
 * Emits, synchronously, one Annotation for each AskedFrame; with `atRateHz`, before it those that
 * are predicted for the time since the camera's last frame, in the order of their stamps. They
 * rest on the answers up to that last frame alone. Completes and errors with the source.
 */
export function trackRewards(
  task: Task,
  { createEstimator: create = createEstimator, atRateHz, calibration }: TrackRewardsOptions = {},
): OperatorFunction<AskedFrame, Annotation> {
  return (source) => {
    const splitter = new EpisodeSplitter();
    const estimators = new WeakMap<Attempt, Estimator>();
    const byCamera = new Map<string, Tracking>();

    const trackingOf = (frame: CameraFrame): Tracking => {
      const attempt = splitter.attemptOf(frame);
      const before = byCamera.get(frame.camera);
      if (before?.attempt === attempt) return before;
      const estimator = estimators.get(attempt) ?? create(task, calibration ? { calibration } : {});
      estimators.set(attempt, estimator);
      const tracker = new RewardTracker(task, frame);
      const tracking = { attempt, estimator, tracker, rate: new FrameRate(atRateHz) };
      byCamera.set(frame.camera, tracking);
      return tracking;
    };

    return source.pipe(
      concatMap((asked) => {
        const tracking = trackingOf(asked.frame);
        const between = atRateHz === undefined ? [] : predictUntil(tracking, asked.frame);
        tracking.last = asked;
        return [...between, annotationOf(task, tracking, asked)];
      }),
    );
  };
}

function annotationOf(
  task: Task,
  { attempt, estimator, tracker }: Tracking,
  { frame, model, answers, fault, ageS = 0 }: AskedFrame,
): Annotation {
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
    ...(estimator.positions && { positions: estimator.positions() }),
    reward: sample,
    latencyMs: Math.max(0, ...(answers ?? []).map((answer) => answer.latencyMs)),
    isLate,
    model,
  };
}

/** The annotations at the stamps of the kinematics that a frame brings, before the frame itself. */
function predictUntil(
  { attempt, estimator, tracker, rate, last }: Tracking,
  { kinematics = [], stampNs }: CameraFrame,
): Annotation[] {
  if (last === undefined) {
    rate.keeps(stampNs);
    return [];
  }
  const { frame, model } = last;
  const between = kinematics.filter(
    (sample) => sample.stampNs > frame.stampNs && sample.stampNs < stampNs,
  );
  const predicted = between.flatMap((sample): Annotation[] => {
    if (!rate.keeps(sample.stampNs)) return [];
    const measurements = estimator.predictAt?.(sample);
    if (measurements === undefined) return [];
    // Poses of objects at the image's stamp are not those at this stamp.
    const { poses: _, ...image } = frame;
    return [
      {
        frame: { ...image, stampNs: sample.stampNs, kinematics: [sample] },
        ...{ attempt: attempt.number, outcome: "predicted", facts: [], measurements, model },
        reward: tracker.step(sample.stampNs, measurements),
        ...{ latencyMs: 0, isLate: false },
      },
    ];
  });
  rate.keeps(stampNs);
  return predicted;
}
