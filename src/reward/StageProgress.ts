import { clamp } from "../base/index.js";
import type { Stage, Task } from "../task/index.js";

/** Values by variable name. */
export type Values = Readonly<Record<string, number>>;

/**
 * Where the task is in its stages. The stages are done in order, and a stage that is done stays
 * done (the gripper may leave the mug that it has placed), unless its `lost` condition comes to
 * hold: then the task is back in that stage, and progress with it.
 */
export class StageProgress {
  readonly #stages: readonly Stage[];
  #index = 0;
  #within = 0;

  constructor(task: Pick<Task, "stages">) {
    this.#stages = task.stages;
  }

  /** One that goes on from here by itself. */
  fork(): StageProgress {
    const fork = new StageProgress({ stages: this.#stages });
    fork.#index = this.#index;
    fork.#within = this.#within;
    return fork;
  }

  /** The number of stages that are done: the index of the current one, or their count. */
  get index(): number {
    return this.#index;
  }

  get allDone(): boolean {
    return this.#stages.length > 0 && this.#index === this.#stages.length;
  }

  /** Of the current stage; the last one's when all are done; empty without stages. */
  get name(): string {
    return this.#stages[Math.min(this.#index, this.#stages.length - 1)]?.name ?? "";
  }

  /** 0..1 over all stages; 0 without stages. */
  get progress(): number {
    const count = this.#stages.length;
    return count === 0 ? 0 : Math.min(1, (this.#index + this.#within) / count);
  }

  /** The variables that progress now depends on. */
  get needs(): readonly string[] {
    return this.#stages[this.#index]?.progress.names ?? [];
  }

  /**
   * Judges the conditions by `fresh`, which lacks what this image does not show: a condition that
   * cannot be evaluated does not hold. Then computes progress from `usable`, which may have held
   * values; progress without these stays unchanged.
   *
   * @returns what is wrong with the progress expression's value, if anything
   */
  update(fresh: Values, usable: Values): string | undefined {
    const before = this.#index;
    const lost = this.#stages.findIndex(
      (stage, i) => i < this.#index && stage.lost?.evaluate(fresh) === 1,
    );
    if (lost >= 0) this.#index = lost;
    while (this.#stages[this.#index]?.until.evaluate(fresh) === 1) this.#index += 1;
    if (this.#index !== before) this.#within = 0;

    const current = this.#stages[this.#index];
    if (!current) {
      this.#within = 0;
      return undefined;
    }
    if (current.progress.names.some((name) => usable[name] === undefined)) return undefined;
    const within = current.progress.evaluate(usable);
    if (!Number.isFinite(within)) return `stage ${current.name}: progress is ${within}`;
    this.#within = clamp(within, 0, 1);
    return undefined;
  }
}
