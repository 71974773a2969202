import {
  type Doubt,
  type MeasuredValue,
  MeasurementTracker,
  secondsBetween,
  worstOf,
} from "../estimate/index.js";
import { compileCondition, compileExpression, type RewardExpression } from "../expression/index.js";
import type { SpatialAnswer } from "../language/index.js";
import { type Task, taskVariables } from "../task/index.js";
import type { EpisodeEnd, RewardSample } from "./RewardSample.js";
import { Scene } from "./Scene.js";
import { Shaping } from "./Shaping.js";
import { StageProgress } from "./StageProgress.js";

/** The reward of one image and what it rests on. */
export interface TrackedStep {
  readonly sample: RewardSample;
  /** In the order of the task's measurements. */
  readonly measurements: readonly MeasuredValue[];
}

/**
 * The reward of one camera in one episode, image by image: filters the measurements, follows the
 * stages, and sums the task's terms. A pure function of the task, the stamps and the answers so
 * far; it knows no clock.
 *
 * A reward is as good as the worst measurement that its terms and its potential need (`progress`
 * needs what the current stage's progress needs): `stale` where one is held, `invalid` where one
 * is missing or an expression gives no finite number. The reward is then null and `terms` has
 * what is known; shaping always is (see Shaping).
 *
 * Conditions (`until`, `lost`, success, failure) are judged by what the image itself tells; one
 * that cannot be told does not hold. An image that could not be read is never `ok`.
 *
 * @example
 * const tracker = new RewardTracker(task, { camera: "front", episode: "run1" });
 * const { sample } = tracker.step(frame.stampNs, await vlm.ask(frame, taskQuestions(task), signal));
 */
export class RewardTracker {
  readonly #task: Task;
  readonly #identity: { readonly camera: string; readonly episode: string };
  readonly #measurements: MeasurementTracker;
  readonly #stages: StageProgress;
  readonly #terms: readonly (readonly [string, RewardExpression])[];
  readonly #potential: RewardExpression | undefined;
  readonly #shaping: Shaping | undefined;
  readonly #success: RewardExpression | undefined;
  readonly #failure: RewardExpression | undefined;
  #startNs: bigint | undefined;
  #ended: EpisodeEnd | undefined;

  constructor(task: Task, identity: { readonly camera: string; readonly episode: string }) {
    const variables = taskVariables(task);
    const { terms, shaping } = task.reward;
    this.#task = task;
    this.#identity = { camera: identity.camera, episode: identity.episode };
    this.#measurements = new MeasurementTracker(task);
    this.#stages = new StageProgress(task);
    this.#terms = [...terms].map(([name, text]) => [name, compileExpression(text, variables)]);
    this.#potential = shaping && compileExpression(shaping.potential, variables);
    this.#shaping = shaping && new Shaping(shaping);
    this.#success = optionalCondition(task.success);
    this.#failure = optionalCondition(task.failure);

    function optionalCondition(text: string | undefined): RewardExpression | undefined {
      return text === undefined ? undefined : compileCondition(text, variables);
    }
  }

  /**
   * The reward of an image.
   * @param answers one for each measurement of the task, in their order
   */
  step(stampNs: bigint, answers: readonly SpatialAnswer[]): TrackedStep {
    return this.#track(stampNs, this.#measurements.step(stampNs, answers), []);
  }

  /** The reward of an image that could not be read: nothing is measured, time goes on. */
  fail(stampNs: bigint, reason: string): TrackedStep {
    const { sample, measurements } = this.#track(
      stampNs,
      this.#measurements.fail(stampNs, reason),
      [{ validity: "stale", reason }],
    );
    return { sample: { ...sample, reason }, measurements };
  }

  #track(stampNs: bigint, measurements: readonly MeasuredValue[], doubts: Doubt[]): TrackedStep {
    this.#startNs ??= stampNs;
    let terms: Record<string, number>;
    if (this.#ended === undefined) {
      const scene = new Scene(measurements, secondsBetween(this.#startNs, stampNs));
      scene.addStages(this.#stages);
      this.#ended = this.#judge(scene);
      terms = {
        ...this.#evaluateTerms(scene, doubts),
        ...(this.#shaping && { shaping: this.#shape(this.#shaping, scene, doubts) }),
        ...this.#bonuses(this.#ended),
      };
    } else {
      terms = this.#nothing();
    }
    return { sample: this.#sample(stampNs, terms, doubts), measurements };
  }

  #judge(scene: Scene): EpisodeEnd | undefined {
    const { timeoutS } = this.#task;
    if (this.#success ? scene.holds(this.#success) : this.#stages.allDone) return "success";
    if (this.#failure && scene.holds(this.#failure)) return "failure";
    return timeoutS !== undefined && scene.timeS > timeoutS ? "timeout" : undefined;
  }

  #evaluateTerms(scene: Scene, doubts: Doubt[]): Record<string, number> {
    const terms: Record<string, number> = {};
    for (const [name, expression] of this.#terms) {
      const value = scene.evaluate(expression, `term ${name}`, doubts);
      if (value !== undefined) terms[name] = value;
    }
    return terms;
  }

  /** The terminal state has Φ = 0 whatever the image tells. */
  #shape(shaping: Shaping, scene: Scene, doubts: Doubt[]): number {
    if (this.#ended !== undefined) return shaping.end();
    return shaping.step(scene.evaluate(this.#potential!, "potential", doubts));
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
    const own = this.#terms.map(([name]) => [name, 0] as const);
    return {
      ...Object.fromEntries(own),
      ...(this.#shaping && { shaping: 0 }),
      ...this.#bonuses(undefined),
    };
  }

  #sample(stampNs: bigint, terms: Record<string, number>, doubts: readonly Doubt[]): RewardSample {
    const { validity, reason } = worstOf(doubts);
    const success = this.#ended === "success";
    const sum = Object.values(terms).reduce((total, term) => total + term, 0);
    return {
      stampNs,
      ...this.#identity,
      reward: validity === "invalid" ? null : sum,
      terms,
      progress: success && this.#task.stages.length > 0 ? 1 : this.#stages.progress,
      stage: this.#stages.name,
      success,
      ...(this.#ended && { ended: this.#ended }),
      validity,
      reason,
    };
  }
}
