import { type Doubt, type MeasuredValue, secondsBetween, worstOf } from "../estimate/index.js";
import type { Task } from "../task/index.js";
import type { EpisodeEnd, RewardSample } from "./RewardSample.js";
import { Scene } from "./Scene.js";
import { Shaping } from "./Shaping.js";
import { StageProgress } from "./StageProgress.js";

/**
 * The reward of one camera in one episode, image by image: follows the stages and sums the task's
 * terms over the measured values of an Estimator. A pure function of the task, the stamps and the
 * measured values so far; it knows no clock.
 *
 * A reward is as good as the worst measurement that its terms and its potential need (`progress`
 * needs what the current stage's progress needs): `stale` where one is held, `invalid` where one
 * is missing or an expression gives no finite number. The reward is then null and `terms` has
 * what is known; shaping always is (see Shaping).
 *
 * Conditions (`until`, `lost`, success, failure) use only what the image itself shows; one that
 * cannot be evaluated does not hold. An image that could not be read is never `ok`.
 *
 * @example
 * const estimator = new FilterEstimator(task);
 * const tracker = new RewardTracker(task, { camera: "front", episode: "run1" });
 * const answers = await vlm.ask(frame, taskQuestions(task), signal);
 * const sample = tracker.step(frame.stampNs, estimator.observe(frame, answers));
 */
export class RewardTracker {
  readonly #task: Task;
  readonly #identity: { readonly camera: string; readonly episode: string };
  #stages: StageProgress;
  #shaping: Shaping | undefined;
  #isForecast = false;
  #startNs: bigint | undefined;
  #ended: EpisodeEnd | undefined;

  constructor(task: Task, identity: { readonly camera: string; readonly episode: string }) {
    const { shaping } = task.reward;
    this.#task = task;
    this.#identity = { camera: identity.camera, episode: identity.episode };
    this.#stages = new StageProgress(task);
    this.#shaping = shaping && new Shaping(shaping);
  }

  /**
   * The reward of an image.
   * @param measurements one for each measurement of the task, in their order
   */
  step(stampNs: bigint, measurements: readonly MeasuredValue[]): RewardSample {
    return this.#track(stampNs, measurements, []);
  }

  /**
   * A tracker for stamps after the last image, which goes on from what that image showed and leaves
   * this one as it is. It does not end the episode: an image has to show the end.
   */
  forecast(): RewardTracker {
    const fork = new RewardTracker(this.#task, this.#identity);
    fork.#stages = this.#stages.fork();
    fork.#shaping = this.#shaping?.fork();
    fork.#startNs = this.#startNs;
    fork.#ended = this.#ended;
    fork.#isForecast = true;
    return fork;
  }

  /** The reward of an image that could not be read: nothing is measured, time continues. */
  fail(stampNs: bigint, measurements: readonly MeasuredValue[], reason: string): RewardSample {
    const doubt: Doubt = { validity: "stale", reason };
    return { ...this.#track(stampNs, measurements, [doubt]), reason };
  }

  #track(stampNs: bigint, measurements: readonly MeasuredValue[], doubts: Doubt[]): RewardSample {
    this.#startNs ??= stampNs;
    let terms: Record<string, number>;
    if (this.#ended === undefined) {
      const scene = new Scene(measurements, secondsBetween(this.#startNs, stampNs));
      scene.addStages(this.#stages);
      if (!this.#isForecast) this.#ended = this.#judge(scene);
      terms = {
        ...this.#evaluateTerms(scene, doubts),
        ...(this.#shaping && { shaping: this.#shape(this.#shaping, scene, doubts) }),
        ...this.#bonuses(this.#ended),
      };
    } else {
      terms = this.#nothing();
    }
    return this.#sample(stampNs, terms, doubts);
  }

  #judge(scene: Scene): EpisodeEnd | undefined {
    const { timeoutS, success, failure } = this.#task;
    const last = this.#task.stages.at(-1)?.until;
    const isDone = success
      ? scene.isSure(success)
      : last !== undefined && this.#stages.allDone && scene.isSure(last);
    if (isDone) return "success";
    if (failure && scene.isSure(failure)) return "failure";
    return timeoutS !== undefined && scene.timeS > timeoutS ? "timeout" : undefined;
  }

  #evaluateTerms(scene: Scene, doubts: Doubt[]): Record<string, number> {
    const terms: Record<string, number> = {};
    for (const [name, expression] of this.#task.reward.terms) {
      const value = scene.evaluate(expression, `term ${name}`, doubts);
      if (value !== undefined) terms[name] = value;
    }
    return terms;
  }

  /** The terminal state has Φ = 0 regardless of the image. */
  #shape(shaping: Shaping, scene: Scene, doubts: Doubt[]): number {
    const potential = this.#task.reward.shaping?.potential;
    if (this.#ended !== undefined) return shaping.end();
    return shaping.step(potential && scene.evaluate(potential, "potential", doubts));
  }

  #bonuses(ended: EpisodeEnd | undefined): Record<string, number> {
    const { successBonus, failurePenalty } = this.#task.reward;
    const failed = ended === "failure" || ended === "timeout";
    return {
      ...(successBonus !== 0 && { success: ended === "success" ? successBonus : 0 }),
      ...(failurePenalty !== 0 && { failure: failed ? failurePenalty : 0 }),
    };
  }

  #nothing(): Record<string, number> {
    const own = [...this.#task.reward.terms.keys()].map((name) => [name, 0] as const);
    return {
      ...Object.fromEntries(own),
      ...(this.#shaping && { shaping: 0 }),
      ...this.#bonuses(undefined),
    };
  }

  #sample(stampNs: bigint, terms: Record<string, number>, doubts: readonly Doubt[]): RewardSample {
    const sum = Object.values(terms).reduce((total, term) => total + term, 0);
    const overflow: Doubt = { validity: "invalid", reason: "the sum of the terms is too large" };
    const { validity, reason } = worstOf(Number.isFinite(sum) ? doubts : [...doubts, overflow]);
    const success = this.#ended === "success";
    const progress = success && this.#task.stages.length > 0 ? 1 : this.#stages.progress;
    const isValid = validity !== "invalid";
    return {
      stampNs,
      ...this.#identity,
      reward: isValid ? sum : null,
      terms,
      progress: isValid ? progress : null,
      stage: this.#stages.name,
      success,
      ...(this.#ended && { ended: this.#ended }),
      validity,
      reason,
    };
  }
}
