import { Subject, type Subscription } from "rxjs";
import { type Annotation, type AskedFrame, trackRewards } from "../../../annotate/index.js";
import { type CameraFrame, FrameError } from "../../../camera/index.js";
import type { SpatialVlm } from "../../../models/index.js";
import { type Task, taskQuestions } from "../../../task/index.js";

/**
 * The rewards of a simulator's steps: every image is evaluated, one call after the other, with
 * filters, stages and episodes apart from those of the camera topics.
 */
export class StepRewards {
  readonly #task: () => Task;
  #asked = new Subject<AskedFrame>();
  #tracking: Subscription | undefined;
  #last: Annotation | undefined;
  #episode = "1";
  #turn: Promise<unknown> = Promise.resolve();

  constructor(task: () => Task) {
    this.#task = task;
  }

  /** Another task: filters and stages begin anew. */
  restart(): void {
    this.#tracking?.unsubscribe();
    this.#tracking = undefined;
  }

  /**
   * @param frames at least one, of one step
   * @param episode another name than the last call's begins a new one; empty: the last call's
   * @returns the annotation of the last frame
   */
  evaluate(
    vlm: SpatialVlm,
    frames: readonly CameraFrame[],
    episode: string,
    signal: AbortSignal,
  ): Promise<Annotation> {
    const answer = this.#turn.then(async () => {
      if (episode !== "") this.#episode = episode;
      for (const frame of frames) {
        const asked = await this.#ask(vlm, { ...frame, episode: this.#episode }, signal);
        this.#tracked().next(asked);
      }
      return this.#last!;
    });
    this.#turn = answer.catch(() => undefined);
    return answer;
  }

  async #ask(vlm: SpatialVlm, frame: CameraFrame, signal: AbortSignal): Promise<AskedFrame> {
    try {
      const answers = await vlm.ask(frame, taskQuestions(this.#task()), signal);
      return { frame, model: vlm.id, answers };
    } catch (error) {
      if (!(error instanceof FrameError)) throw error;
      return { frame, model: vlm.id, fault: error.message };
    }
  }

  #tracked(): Subject<AskedFrame> {
    if (this.#tracking === undefined) {
      this.#asked = new Subject();
      this.#tracking = this.#asked.pipe(trackRewards(this.#task())).subscribe((annotation) => {
        this.#last = annotation;
      });
    }
    return this.#asked;
  }
}
