import { type Annotation, StepRewards } from "../annotate/index.js";
import type { Calibration } from "../estimate/index.js";
import type { SpatialVlm } from "../models/index.js";
import { annotationRow } from "../sinks/index.js";
import type { Task } from "../task/index.js";
import { SessionBusyError } from "./errors.js";
import type { Step } from "./Step.js";
import { StepFrames, type StepFramesOptions } from "./StepFrames.js";

export interface SessionOptions extends StepFramesOptions {
  readonly id: string;
  readonly task: Task;
  readonly vlm: SpatialVlm;
  readonly calibration?: Calibration | undefined;
}

/** The very object that is a row of annotate's JSON lines. */
export type DenseReward = ReturnType<typeof annotationRow>;

/**
 * The rewards of one environment. What a step gives depends on the steps of its episode alone, and on
 * whether the session's camera was found to contradict itself: on no other session, and on no clock.
 */
export class Session {
  readonly id: string;
  readonly task: Task;
  readonly #options: SessionOptions;
  #episode = 1;
  #frames: StepFrames;
  readonly #rewards: StepRewards;
  readonly #ended = new AbortController();
  #isBusy = false;
  #isStreamed = false;

  constructor(options: SessionOptions) {
    this.id = options.id;
    this.task = options.task;
    this.#options = options;
    this.#frames = new StepFrames(options.task, options);
    const { task, calibration } = options;
    this.#rewards = new StepRewards(task, calibration ? { calibration } : {});
  }

  /** The camera's name in rewards. */
  get camera(): string {
    return this.#options.camera.name;
  }

  get opticalFrame(): string {
    return this.#options.opticalFrame;
  }

  /** Whether a request is at work on it. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  get isStreamed(): boolean {
    return this.#isStreamed;
  }

  /** Aborts when the session ends. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /**
   * A session has one stream at a time.
   *
   * @returns what gives it free again
   * @throws SessionBusyError
   */
  holdForStream(): () => void {
    if (this.#isStreamed) throw new SessionBusyError(this.id);
    this.#isStreamed = true;
    return () => {
      this.#isStreamed = false;
    };
  }

  /**
   * Works on the session alone.
   *
   * @throws SessionBusyError while somebody else does
   */
  async alone<T>(work: () => T | Promise<T>): Promise<T> {
    if (this.#isBusy) throw new SessionBusyError(this.id);
    this.#isBusy = true;
    try {
      return await work();
    } finally {
      this.#isBusy = false;
    }
  }

  /**
   * The reward of the next step of the episode.
   *
   * @throws FieldError for a step that does not fit to those before it; what the model throws
   */
  async step(step: Step, signal: AbortSignal): Promise<DenseReward> {
    return annotationRow(await this.annotate(step, signal), this.task);
  }

  /** The same with all that is known of it. */
  async annotate(step: Step, signal: AbortSignal): Promise<Annotation> {
    const episode = String(this.#episode);
    const frame = await this.#frames.next(step, episode);
    return this.#rewards.evaluate({ vlm: this.#options.vlm, frames: [frame], episode }, signal);
  }

  /** Begins the next episode: nothing of the last one counts any more but what it showed of the camera. */
  reset(): number {
    this.#episode += 1;
    this.#rewards.reset();
    this.#frames = new StepFrames(this.task, this.#options);
    return this.#episode;
  }

  close(): void {
    this.#ended.abort();
    this.#rewards.close();
  }
}
