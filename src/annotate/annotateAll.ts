import { concatMap, Observable } from "rxjs";
import type { CameraFrame } from "../camera/index.js";
import type { SpatialVlm } from "../models/index.js";
import type { Task } from "../task/index.js";
import type { Annotation } from "./Annotation.js";
import { type AnnotateOptions, annotate } from "./annotate.js";
import { Credit } from "./Credit.js";
import { pullFrames } from "./pullFrames.js";

/** How `annotateAll` annotates. */
export interface AnnotateAllOptions extends Omit<AnnotateOptions, "mode"> {
  /** Takes each annotation, in order, before more frames are read: writes it to files, say. */
  readonly deliver?: (annotation: Annotation) => Promise<void>;
}

/**
 * Annotates every frame of a recording: `annotate` in offline mode on a source that is pulled at
 * the model's pace, so that memory stays flat on a recording of any length.
 *
 * - Emission: one Annotation for each frame, in order, after it was delivered; with `atRateHz`
 *   those that are predicted between frames as well.
 * - Completion: after the last frame's annotation.
 * - Error: what reading the frames or `deliver` throws, or `annotate` errors with.
 * - Teardown: aborts what is in flight and ends the iteration of `frames`.
 */
export function annotateAll(
  frames: AsyncIterable<CameraFrame>,
  task: Task,
  vlm: SpatialVlm,
  { deliver = async () => {}, ...options }: AnnotateAllOptions = {},
): Observable<Annotation> {
  return new Observable((subscriber) => {
    // One frame being asked about and one read ahead for each slot of the model.
    const credit = new Credit(2 * (options.concurrency ?? vlm.concurrency));
    return pullFrames(frames, credit)
      .pipe(
        annotate(task, vlm, { ...options, mode: "offline" }),
        concatMap(async (annotation) => {
          await deliver(annotation);
          if (annotation.outcome !== "predicted") credit.give();
          return annotation;
        }),
      )
      .subscribe(subscriber);
  });
}
