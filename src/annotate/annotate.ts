import type { OperatorFunction } from "rxjs";
import type { CameraFrame } from "../camera/index.js";
import type { SpatialVlm } from "../models/index.js";
import { type Task, taskQuestions } from "../task/index.js";
import type { Annotation } from "./Annotation.js";
import { type AskModelOptions, askModel } from "./askModel.js";
import { watchedVlm } from "./consistentVlm.js";
import { type TrackRewardsOptions, trackRewards } from "./trackRewards.js";

export interface AnnotateOptions extends AskModelOptions, TrackRewardsOptions {}

/**
 * The bridge: camera frames in, annotations out. Asks `vlm` the questions of the task's
 * measurements about each frame and computes the task's reward from the answers. Frames whose masks,
 * depth, intrinsics and transforms contradict each other are not measured in.
 *
 * Emission, completion, errors, teardown and back-pressure are those of `askModel`.
 *
 * @example
 * camera$.pipe(annotate(task, rgbd())).subscribe(({ reward }) => …);
 */
export function annotate(
  task: Task,
  vlm: SpatialVlm,
  options: AnnotateOptions = {},
): OperatorFunction<CameraFrame, Annotation> {
  return (source) =>
    source.pipe(
      askModel(watchedVlm(vlm, task), taskQuestions(task), {
        patienceS: task.stalenessS,
        ...options,
      }),
      trackRewards(task, options),
    );
}
