import { concatMap, defer, from, lastValueFrom, map, type Observable, switchMap, tap } from "rxjs";
import { type Attempt, type CameraFrame, EpisodeSplitter, NO_IMAGE } from "../camera/index.js";
import {
  type EstimatorOptions,
  type MeasuredValue,
  type Observation,
  smoothEpisode,
} from "../estimate/index.js";
import type { SpatialVlm } from "../models/index.js";
import { type Task, taskQuestions } from "../task/index.js";
import type { Annotation } from "./Annotation.js";
import type { AnnotateAllOptions } from "./annotateAll.js";
import { type AskedFrame, askModel } from "./askModel.js";
import { Credit } from "./Credit.js";
import { pullFrames } from "./pullFrames.js";
import { trackRewards } from "./trackRewards.js";

/** How `annotateSmoothed` annotates. */
export interface AnnotateSmoothedOptions
  extends Pick<AnnotateAllOptions, "concurrency" | "counters" | "deliver">,
    EstimatorOptions {
  /** Told after the model has answered about a frame, or it was lost. */
  readonly onAsked?: () => void;
}

/**
 * Annotates a whole recording with hindsight: the frames are read twice. First the model is asked
 * about each; then each reward is computed from values that rest on all answers and kinematics of
 * its episode (smoothEpisode), later ones included. Between the two, the answers are in memory
 * and the images are not.
 *
 * @param readFrames gives the same frames each time that it is called
 *
 * - Emission: one Annotation for each frame, in order, after it was delivered, and none before
 *   the model was asked about the last.
 * - Completion, error and teardown: as `annotateAll`.
 */
export function annotateSmoothed(
  readFrames: () => AsyncIterable<CameraFrame>,
  task: Task,
  vlm: SpatialVlm,
  options: AnnotateSmoothedOptions = {},
): Observable<Annotation> {
  const { deliver = async () => {}, calibration } = options;
  return from(defer(() => askAll(readFrames(), task, vlm, options))).pipe(
    switchMap((asked) => {
      const values = smoothedValues(task, asked, calibration ? { calibration } : {});
      const answered = asked.values();
      const credit = new Credit(2);
      return pullFrames(readFrames(), credit).pipe(
        map((frame): AskedFrame => withFrame(answered.next().value, frame)),
        trackRewards(task, { createEstimator: () => replay(values) }),
        concatMap(async (annotation) => {
          await deliver(annotation);
          credit.give();
          return annotation;
        }),
      );
    }),
  );
}

async function askAll(
  frames: AsyncIterable<CameraFrame>,
  task: Task,
  vlm: SpatialVlm,
  { concurrency = vlm.concurrency, counters, onAsked }: AnnotateSmoothedOptions,
): Promise<readonly AskedFrame[]> {
  const credit = new Credit(2 * concurrency);
  const kept: AskedFrame[] = [];
  const asked$ = pullFrames(frames, credit).pipe(
    askModel(vlm, taskQuestions(task), {
      ...{ mode: "offline", concurrency },
      ...(counters && { counters }),
    }),
    tap((asked) => {
      kept.push(withFrame(asked, withoutPixels(asked.frame)));
      onAsked?.();
      credit.give();
    }),
  );
  await lastValueFrom(asked$, { defaultValue: undefined });
  return kept;
}

function withoutPixels(frame: CameraFrame): CameraFrame {
  const { depth: _, labels: __, packedLabels: ___, views: ____, ...rest } = frame;
  return { ...rest, image: NO_IMAGE };
}

function withFrame(asked: AskedFrame | undefined, frame: CameraFrame): AskedFrame {
  const isSame = asked?.frame.stampNs === frame.stampNs && asked.frame.camera === frame.camera;
  if (!asked || !isSame) {
    throw new Error(`the source gave a different frame at ${frame.stampNs} when it was read again`);
  }
  return { ...asked, frame };
}

/** The values of each frame, by camera and stamp, of each attempt in the order of their beginning. */
function smoothedValues(
  task: Task,
  asked: readonly AskedFrame[],
  options: EstimatorOptions,
): ReadonlyMap<string, readonly MeasuredValue[]>[] {
  const splitter = new EpisodeSplitter();
  const attempts = new Map<Attempt, Observation[]>();
  for (const observation of asked) {
    const attempt = splitter.attemptOf(observation.frame);
    const observations = attempts.get(attempt) ?? [];
    observations.push(observation);
    attempts.set(attempt, observations);
  }
  return [...attempts.values()].map((observations) => {
    const values = smoothEpisode(task, observations, options);
    return new Map(observations.map(({ frame }, i) => [keyOf(frame), values[i] ?? []]));
  });
}

/** An estimator of the next attempt that says what is known already. */
function replay(attempts: ReadonlyMap<string, readonly MeasuredValue[]>[]) {
  const values = attempts.shift();
  const known = (frame: CameraFrame) => values?.get(keyOf(frame)) ?? [];
  return { observe: known, miss: known };
}

function keyOf({ camera, stampNs }: CameraFrame): string {
  return `${stampNs} ${camera}`;
}
