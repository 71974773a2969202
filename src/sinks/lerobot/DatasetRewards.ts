import type { Annotation } from "../../annotate/index.js";
import type { DatasetRow } from "../../camera/index.js";
import type { Validity } from "../../estimate/index.js";
import { validTerms } from "../../reward/index.js";
import type { Task } from "../../task/index.js";

/** Rows of an episode, counted over the whole data set: `[fromRow, toRow)`. */
export interface EpisodeRows {
  readonly index: number;
  readonly fromRow: number;
  readonly toRow: number;
}

/** A feature of a data set's rows. */
export interface RowFeature {
  readonly name: string;
  readonly dtype: "float32" | "int64" | "bool";
  /** What each number of a row stands for; one number in a row has no name. */
  readonly names: readonly string[];
  /** Row after row; NaN where a number is not known. Of a `bool`, 0 and 1. */
  readonly values: Float32Array;
}

/** As spatial_reward_msgs/DenseReward counts them. */
const VALIDITY: Readonly<Record<Validity, number>> = { ok: 0, stale: 1, invalid: 2 };

/**
 * The rewards of a data set's rows as its features. LeRobot keeps with a row what its action led
 * to: `next.reward`, `next.success`, `next.done` and the terms of a row are those of the episode's
 * next picture. What a picture itself shows (progress, measured values) stays with its own row.
 */
export class DatasetRewards {
  readonly #episodes: ReadonlyMap<number, EpisodeRows>;
  readonly #rows: number;
  readonly #terms: readonly string[];
  readonly #measurements: readonly string[];
  readonly #hasStages: boolean;
  /** By column, row after row. */
  readonly #known: Readonly<Record<Column, Float32Array>>;

  constructor(episodes: readonly EpisodeRows[], task: Task) {
    this.#episodes = new Map(episodes.map((episode) => [episode.index, episode]));
    this.#rows = Math.max(0, ...episodes.map(({ toRow }) => toRow));
    this.#terms = termsOf(task);
    this.#measurements = task.measurements.map(({ name }) => name);
    this.#hasStages = task.stages.length > 0;
    const column = (width = 1) => new Float32Array(width * this.#rows).fill(Number.NaN);
    this.#known = {
      ...{ reward: column(), progress: column(), validity: column() },
      ...{ success: column(), ended: column(), terms: column(this.#terms.length) },
      values: column(this.#measurements.length),
      sigmas: column(this.#measurements.length),
    };
  }

  /** Where a row stands over the whole data set; undefined where its episode is not so long. */
  position({ episode, frame }: DatasetRow): number | undefined {
    const rows = this.#episodes.get(episode);
    const position = (rows?.fromRow ?? 0) + frame;
    return rows && position < rows.toRow ? position : undefined;
  }

  /** Of several cameras that saw a row, the last one counts: estimates rest on all of them. */
  add(
    position: number,
    { reward, measurements }: Pick<Annotation, "reward" | "measurements">,
  ): void {
    const terms = validTerms(reward);
    const set = (column: Column, ...values: readonly (number | null | undefined)[]): void => {
      const numbers = values.map((value) => value ?? Number.NaN);
      this.#known[column].set(numbers, position * numbers.length);
    };
    set("reward", reward.reward);
    set("terms", ...this.#terms.map((name) => terms[name]));
    set("progress", reward.progress);
    set("validity", VALIDITY[reward.validity]);
    set("success", Number(reward.success));
    set("ended", Number(reward.ended !== undefined));
    set("values", ...measurements.map(({ value }) => value));
    set("sigmas", ...measurements.map(({ sigma }) => sigma));
  }

  /** The features of all rows, those without an annotation as well. */
  features(): readonly RowFeature[] {
    const { progress, validity, values, sigmas } = this.#known;
    const [names, none] = [this.#measurements, []];
    const said = validity.map((value) => (Number.isNaN(value) ? VALIDITY.invalid : value));
    return [
      ...this.#nextFeatures(),
      ...(this.#hasStages
        ? [{ name: `${INFO}progress`, dtype: "float32", names: none, values: progress } as const]
        : []),
      { name: `${INFO}validity`, dtype: "int64", names: none, values: said },
      { name: `${INFO}measurements`, dtype: "float32", names, values },
      { name: `${INFO}sigmas`, dtype: "float32", names, values: sigmas },
    ];
  }

  /** What came of each row's action. */
  #nextFeatures(): RowFeature[] {
    const known = this.#known;
    const width = this.#terms.length;
    const next = {
      reward: known.reward.slice().fill(Number.NaN),
      terms: known.terms.slice().fill(Number.NaN),
      done: new Float32Array(this.#rows),
      success: new Float32Array(this.#rows),
    };
    for (const { fromRow, toRow } of this.#episodes.values()) {
      let [isSuccess, hasEnded] = [0, 0];
      for (let row = fromRow; row < toRow; row++) {
        const isLast = row + 1 === toRow;
        const from = isLast ? row : row + 1;
        isSuccess = orElse(known.success[from], isSuccess);
        hasEnded = orElse(known.ended[from], hasEnded);
        next.success[row] = isSuccess;
        next.done[row] = isLast ? 1 : hasEnded;
        if (!isLast) {
          next.reward[row] = known.reward[from] ?? Number.NaN;
          next.terms.set(known.terms.subarray(from * width, (from + 1) * width), row * width);
        } else if (hasEnded === 1) {
          // After the end of an attempt all rewards are 0, also that of a picture nobody took.
          next.reward[row] = 0;
          next.terms.fill(0, row * width, (row + 1) * width);
        }
      }
    }
    const terms = { name: `${INFO}terms`, names: this.#terms, values: next.terms } as const;
    return [
      { name: "next.reward", dtype: "float32", names: [], values: next.reward },
      { name: "next.done", dtype: "bool", names: [], values: next.done },
      { name: "next.success", dtype: "bool", names: [], values: next.success },
      ...(width > 0 ? [{ ...terms, dtype: "float32" } as const] : []),
    ];
  }
}

const INFO = "complementary_info.";

type Column =
  | "reward"
  | "terms"
  | "progress"
  | "validity"
  | "success"
  | "ended"
  | "values"
  | "sigmas";

function orElse(value: number | undefined, otherwise: number): number {
  return value === undefined || Number.isNaN(value) ? otherwise : value;
}

/** The names of all terms that a task's rewards have. */
function termsOf({ reward }: Task): string[] {
  return [
    ...reward.terms.keys(),
    ...(reward.shaping ? ["shaping"] : []),
    ...(reward.successBonus === 0 ? [] : ["success"]),
    ...(reward.failurePenalty === 0 ? [] : ["failure"]),
  ];
}
