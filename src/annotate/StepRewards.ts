import { Subject, type Subscription } from "rxjs";
import type { CameraFrame } from "../camera/index.js";
import { ConsistencyWatch, refuseStray } from "../consistency/index.js";
import type { SpatialVlm } from "../models/index.js";
import { type Task, taskQuestions } from "../task/index.js";
import type { Annotation } from "./Annotation.js";
import { type AskedFrame, askAbout } from "./askModel.js";
import { boxesIn, judged, usesDepth } from "./consistentVlm.js";
import { type TrackRewardsOptions, trackRewards } from "./trackRewards.js";

/** The images of one step, and who is asked about them. */
export interface RewardStep {
  readonly vlm: SpatialVlm;
  /** At least one; one for each camera that saw the step. */
  readonly frames: readonly CameraFrame[];
  /** Another name than the last step's begins an episode; empty: the last step's. */
  readonly episode: string;
}

/** From a beginning on: what goes in, and what came out last. */
interface Track {
  readonly asked: Subject<AskedFrame>;
  readonly subscription: Subscription;
  last: Annotation | undefined;
}

/**
 * The rewards of steps that are asked for one by one, as a simulator does: every image is
 * evaluated, one call after the other in the order of the calls. Filters, stages and episodes
 * are its own.
 *
 * @example
 * const steps = new StepRewards(task);
 * const { reward } = await steps.evaluate({ vlm, frames: [frame], episode: "7" }, signal);
 */
export class StepRewards {
  readonly #task: Task;
  readonly #options: Pick<TrackRewardsOptions, "calibration" | "createEstimator">;
  readonly #watch: ConsistencyWatch;
  #track: Track;
  #episode = "1";
  #turn: Promise<unknown> = Promise.resolve();

  /** `options`: with a calibration, the model's lengths are corrected; or an estimator of your own. */
  constructor(
    task: Task,
    options: Pick<TrackRewardsOptions, "calibration" | "createEstimator"> = {},
  ) {
    this.#task = task;
    this.#options = options;
    this.#watch = new ConsistencyWatch(task);
    this.#track = this.#begin();
  }

  /**
   * The annotation of the step's last frame. A frame that cannot be read is a failed one.
   *
   * @throws RangeError for a step without frames; what the model throws that is not about a frame
   */
  evaluate(step: RewardStep, signal: AbortSignal): Promise<Annotation> {
    const answer = this.#turn.then(() => this.#evaluate(step, signal));
    this.#turn = answer.catch(() => undefined);
    return answer;
  }

  /**
   * Begins anew: nothing counts any more but what is known of the camera (that its lens or transforms
   * are wrong). Steps that are evaluated still, reject.
   */
  reset(): void {
    this.close();
    this.#track = this.#begin();
  }

  /** Ends the tracking; steps that are evaluated still, reject. */
  close(): void {
    this.#track.last = undefined;
    this.#track.subscription.unsubscribe();
  }

  #begin(): Track {
    const asked = new Subject<AskedFrame>();
    const annotations$ = asked.pipe(trackRewards(this.#task, this.#options));
    const track: Track = {
      ...{ asked, last: undefined },
      subscription: annotations$.subscribe((annotation) => {
        track.last = annotation;
      }),
    };
    return track;
  }

  async #evaluate({ vlm, frames, episode }: RewardStep, signal: AbortSignal): Promise<Annotation> {
    if (frames.length === 0) throw new RangeError("a step needs at least one frame");
    if (episode !== "") this.#episode = episode;
    const track = this.#track;
    const questions = taskQuestions(this.#task);
    for (const frame of frames) {
      const own = await this.#checked(vlm, { ...frame, episode: this.#episode });
      const asked = await askAbout(vlm, questions, own, signal);
      await this.#watch.seeBoxes(own, boxesIn(asked.answers ?? []), vlm.id);
      track.asked.next(this.#held(vlm, asked));
    }
    if (track.last === undefined) throw new Error("closed while a step was evaluated");
    return track.last;
  }

  /** Without answers by a gripper that is measured far from its TF frame. */
  #held(vlm: SpatialVlm, asked: AskedFrame): AskedFrame {
    if (!asked.answers || !usesDepth(vlm)) return asked;
    return { ...asked, answers: refuseStray(asked.answers, asked.frame, this.#task) };
  }

  async #checked(vlm: SpatialVlm, frame: CameraFrame): Promise<CameraFrame> {
    if (!usesDepth(vlm)) return frame;
    await this.#watch.see(frame);
    return judged(frame, this.#watch);
  }
}
