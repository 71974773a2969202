import type { Doubt, MeasuredValue } from "../estimate/index.js";
import type { RewardExpression } from "../expression/index.js";
import type { StageProgress } from "./StageProgress.js";

/** An episode ends by a condition that holds with at least this probability. */
const SURE = 0.8;

/** What one image lets a task's expressions compute with, and how good that is. */
export class Scene {
  /** Since the episode's first image. */
  readonly timeS: number;
  readonly #measured: ReadonlyMap<string, MeasuredValue>;
  /** What this image told. */
  readonly #fresh: Record<string, number>;
  /** The same, and what is held. */
  readonly #usable: Record<string, number>;
  /** What is uncertain in this image, by name. */
  readonly #draws = new Map<string, readonly number[]>();
  #progressNeeds: readonly string[] = [];
  #progressFault: string | undefined;

  constructor(measurements: readonly MeasuredValue[], timeS: number) {
    this.timeS = timeS;
    this.#measured = new Map(measurements.map((measured) => [measured.name, measured]));
    this.#fresh = { time: timeS };
    this.#usable = { time: timeS };
    for (const { name, value, draws, validity } of measurements) {
      if (value === null) continue;
      if (draws) this.#draws.set(name, draws);
      this.#usable[name] = value;
      if (validity === "ok") this.#fresh[name] = value;
    }
  }

  /** Takes the stages a step on and adds `stage` and `progress` to the variables. */
  addStages(stages: StageProgress): void {
    this.#progressFault = stages.update(this.#fresh, this.#usable);
    this.#progressNeeds = stages.needs;
    this.#usable.stage = stages.index;
    this.#fresh.stage = stages.index;
    const known = (values: Record<string, number>) =>
      this.#progressFault === undefined &&
      this.#progressNeeds.every((name) => values[name] !== undefined);
    if (known(this.#usable)) this.#usable.progress = stages.progress;
    if (known(this.#fresh)) this.#fresh.progress = stages.progress;
  }

  /** Whether this image itself shows that the condition holds. */
  #holds(condition: RewardExpression): boolean {
    return condition.evaluate(this.#fresh) === 1;
  }

  /**
   * Whether this image itself shows that the condition holds, and it does with enough probability:
   * a value that is the middle of several possibilities does not show which of them is true.
   */
  isSure(condition: RewardExpression): boolean {
    if (!this.#holds(condition)) return false;
    const drawn = condition.names.flatMap((name) => {
      const draws = this.#draws.get(name);
      return draws ? [[name, draws] as const] : [];
    });
    const count = Math.min(...drawn.map(([, draws]) => draws.length));
    if (drawn.length === 0 || count === 0) return true;
    const values = { ...this.#fresh };
    let held = 0;
    for (let k = 0; k < count; k++) {
      for (const [name, draws] of drawn) values[name] = draws[k] ?? Number.NaN;
      if (condition.evaluate(values) === 1) held += 1;
    }
    return held >= SURE * count;
  }

  /** The expression's value, or undefined; adds any doubts about it to `doubts`. */
  evaluate(expression: RewardExpression, title: string, doubts: Doubt[]): number | undefined {
    let known = true;
    for (const name of this.#roots(expression.names)) {
      const measured = this.#measured.get(name);
      if (!measured || measured.validity === "ok") continue;
      doubts.push({ validity: measured.validity, reason: `${name}: ${measured.reason}` });
      if (measured.validity === "invalid") known = false;
    }
    if (expression.names.includes("progress") && this.#progressFault !== undefined) {
      doubts.push({ validity: "invalid", reason: this.#progressFault });
      known = false;
    }
    if (!known) return undefined;
    const value = expression.evaluate(this.#usable);
    if (Number.isFinite(value)) return value;
    doubts.push({ validity: "invalid", reason: `${title} is ${value}: \`${expression.text}\`` });
    return undefined;
  }

  /** With `progress` replaced by the measurements that it now rests on. */
  #roots(names: readonly string[]): readonly string[] {
    return names.flatMap((name) => (name === "progress" ? this.#progressNeeds : [name]));
  }
}
