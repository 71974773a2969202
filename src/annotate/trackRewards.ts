import {
  concatMap,
  connect,
  last,
  merge,
  type Observable,
  type OperatorFunction,
  takeUntil,
} from "rxjs";
import {
  type Attempt,
  type CameraFrame,
  EpisodeSplitter,
  FrameRate,
  type KinematicSample,
} from "../camera/index.js";
import {
  type CreateEstimator,
  createEstimator,
  type Estimator,
  type EstimatorOptions,
  type MeasuredValue,
  restsOnFrames,
} from "../estimate/index.js";
import { factOf, type SpatialAnswer } from "../language/index.js";
import { type RewardSample, RewardTracker } from "../reward/index.js";
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
  /**
   * Live, in place of `atRateHz`: the robot as it goes on. At each sample a reward is predicted
   * from the last image that was answered; those of images are the same with and without it.
   */
  readonly samples$?: Observable<KinematicSample>;
  /**
   * With `samples$`: after the reward of an image, those that were predicted for stamps after it
   * are given once more, by what its answers have told (`isCorrection`).
   */
  readonly corrects?: boolean;
}

/** One camera in one attempt. */
interface Tracking {
  readonly attempt: Attempt;
  readonly estimator: Estimator;
  readonly tracker: RewardTracker;
  readonly rate: FrameRate;
  /** The last frame that was asked about, its model, and what follows from it. */
  last?: {
    readonly frame: CameraFrame;
    readonly model: string;
    readonly forecast: RewardTracker;
  };
  /** Where rewards were predicted since the last image, if they are to be corrected. */
  predicted: KinematicSample[];
  /** By the index of the measurement, whether the answer that its value is from rests on TF frames. */
  readonly byFrames: boolean[];
}

/** Of so many predictions since one image, the newest are corrected. */
const MOST_CORRECTED = 2000;

/**
 * Turns answers into facts, measured values and rewards, with one Estimator for each episode and
 * one RewardTracker for each of its cameras. EpisodeSplitter says where an episode begins:
 * estimates and stages then start afresh. The estimator sees late answers as well, at the stamps
 * of their images; what comes of them is marked (`isLate`).
 *
 * Emits, synchronously, one Annotation for each AskedFrame; with `atRateHz`, before it those that
 * are predicted for the time since the camera's last frame, in the order of their stamps. They
 * rest on the answers up to that last frame alone. With `samples$`, synchronously one for each
 * sample and camera whose last frame is older; with `corrects`, after an
 * AskedFrame those once more that were predicted for stamps after it. Completes and errors with the source.
 */
export function trackRewards(
  task: Task,
  {
    createEstimator: create = createEstimator,
    atRateHz,
    samples$,
    corrects = false,
    calibration,
  }: TrackRewardsOptions = {},
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
      const tracking = {
        attempt,
        estimator,
        tracker,
        rate: new FrameRate(atRateHz),
        predicted: [],
        byFrames: [],
      };
      byCamera.set(frame.camera, tracking);
      return tracking;
    };

    const track = concatMap((asked: AskedFrame) => {
      const tracking = trackingOf(asked.frame);
      const between = atRateHz === undefined ? [] : predictUntil(tracking, asked.frame);
      const annotation = annotationOf(task, tracking, asked);
      const { frame, model } = asked;
      tracking.last = { frame, model, forecast: tracking.tracker.forecast() };
      return [...between, annotation, ...correctSince(tracking, frame)];
    });
    if (samples$ === undefined) return source.pipe(track);
    const forecast = concatMap((sample: KinematicSample) =>
      [...byCamera.values()].flatMap((tracking) => {
        const predicted = forecastAt(tracking, sample);
        if (corrects && predicted.length > 0) {
          tracking.predicted = [...tracking.predicted.slice(1 - MOST_CORRECTED), sample];
        }
        return predicted;
      }),
    );
    return source.pipe(
      connect((asked$) =>
        merge(
          asked$.pipe(track),
          samples$.pipe(forecast, takeUntil(asked$.pipe(last(null, null)))),
        ),
      ),
    );
  };
}

function annotationOf(
  task: Task,
  { attempt, estimator, tracker, byFrames }: Tracking,
  { frame, model, answers, fault, ageS = 0 }: AskedFrame,
): Annotation {
  const estimated = answers ? estimator.observe(frame, answers) : estimator.miss(frame, fault);
  const measured = estimated.map((value, i): MeasuredValue => {
    const answer = answers?.[i];
    // A value that is held is still that of an earlier answer.
    if (answer?.value && value.validity === "ok") byFrames[i] = restsOnFrames(answer);
    const isByFrames = value.value !== null && value.basis === undefined && byFrames[i];
    return isByFrames ? { ...value, basis: "frames" } : value;
  });
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
    measurements: task.wording ? asAsked(measurements, answers ?? []) : measurements,
    ...(estimator.positions && { positions: estimator.positions() }),
    reward: sample,
    latencyMs: Math.max(0, ...(answers ?? []).map((answer) => answer.latencyMs)),
    isLate,
    model,
  };
}

/** With the questions in the words of the frame's episode. */
function asAsked(
  measurements: readonly MeasuredValue[],
  answers: readonly SpatialAnswer[],
): MeasuredValue[] {
  return measurements.map((measured, i) => {
    const question = answers[i]?.question;
    return question === undefined ? measured : { ...measured, question };
  });
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
    const reward = tracker.step(sample.stampNs, measurements);
    return [predictedOf(attempt, { frame, model }, sample, measurements, reward)];
  });
  rate.keeps(stampNs);
  return predicted;
}

/** The annotation that goes on from the camera's last image, if the sample is after that. */
function forecastAt({ attempt, estimator, last }: Tracking, sample: KinematicSample): Annotation[] {
  if (last === undefined || sample.stampNs <= last.frame.stampNs) return [];
  const measurements = estimator.predictAt?.(sample);
  if (measurements === undefined) return [];
  const reward = last.forecast.step(sample.stampNs, measurements);
  return [predictedOf(attempt, last, sample, measurements, reward)];
}

/** What was predicted for stamps after an image, by what is known now that it was answered. */
function correctSince(tracking: Tracking, { stampNs }: CameraFrame): Annotation[] {
  const { attempt, estimator, last, predicted } = tracking;
  tracking.predicted = predicted.filter((sample) => sample.stampNs > stampNs);
  if (last === undefined) return [];
  return tracking.predicted.flatMap((sample): Annotation[] => {
    const measurements = estimator.revisedAt?.(sample);
    if (measurements === undefined) return [];
    const reward = last.forecast.step(sample.stampNs, measurements);
    return [{ ...predictedOf(attempt, last, sample, measurements, reward), isCorrection: true }];
  });
}

function predictedOf(
  { number: attempt }: Attempt,
  { frame, model }: { readonly frame: CameraFrame; readonly model: string },
  sample: KinematicSample,
  measurements: readonly MeasuredValue[],
  reward: RewardSample,
): Annotation {
  // Poses of objects at the image's stamp are not those at this stamp.
  const { poses: _, ...image } = frame;
  const { stampNs } = sample;
  const logNs = frame.logNs === undefined ? stampNs : frame.logNs + stampNs - frame.stampNs;
  return {
    frame: { ...image, stampNs, logNs, kinematics: [sample] },
    ...{ attempt, outcome: "predicted", facts: [], measurements, model, reward },
    ...{ latencyMs: 0, isLate: false },
  };
}
