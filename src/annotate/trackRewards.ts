import { map, type OperatorFunction } from "rxjs";
import { factOf } from "../language/index.js";
import { RewardTracker } from "../reward/index.js";
import type { Task } from "../task/index.js";
import type { Annotation } from "./Annotation.js";
import type { AskedFrame } from "./askModel.js";
import { markLate } from "./markLate.js";

interface Attempt {
  readonly episode: string;
  readonly tracker: RewardTracker;
  lastNs: bigint;
}

/**
 * Turns answers into facts, filtered measurements and rewards, with one RewardTracker for each
 * camera. A new episode name, or a stamp that jumps back (a looped bag, a reset simulator),
 * begins an episode: filters and stages start afresh. Filters see late answers as well, at the
 * stamps of their images; what comes of them is marked (`isLate`).
 *
 * Emits one Annotation for each AskedFrame, synchronously; completes and errors with the source.
 */
export function trackRewards(task: Task): OperatorFunction<AskedFrame, Annotation> {
  return (source) => {
    const attempts = new Map<string, Attempt>();

    const attemptOf = ({ camera, episode, stampNs }: AskedFrame["frame"]): Attempt => {
      let attempt = attempts.get(camera);
      if (!attempt || attempt.episode !== episode || stampNs < attempt.lastNs) {
        attempt = {
          episode,
          tracker: new RewardTracker(task, { camera, episode }),
          lastNs: stampNs,
        };
        attempts.set(camera, attempt);
      }
      attempt.lastNs = stampNs;
      return attempt;
    };

    return source.pipe(
      map(({ frame, model, answers, fault, ageS = 0 }): Annotation => {
        const { tracker } = attemptOf(frame);
        const step = answers
          ? tracker.step(frame.stampNs, answers)
          : tracker.fail(frame.stampNs, fault);
        const isLate = answers !== undefined && ageS > task.stalenessS;
        const { sample, measurements } = isLate ? markLate(step, ageS, task.stalenessS) : step;
        return {
          frame,
          outcome: answers ? "annotated" : "failed",
          facts: (answers ?? []).map((answer, i) =>
            factOf(frame, task.measurements[i]!.name, answer),
          ),
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
