import { UserError } from "../base/index.js";

/** A `--shard` that does not say which part of the work this is. */
export class ShardError extends UserError {
  override readonly code = "shard.invalid";
  override readonly exitCode = 2;
}

/** One of several equal parts of a run's recordings. */
export interface Shard {
  /** 1 … count */
  readonly index: number;
  readonly count: number;
}

export const SHARD_HELP =
  "annotate only this part of the recordings: `3/16` is the third of 16; `array/16` asks the array " +
  "job of Slurm, Kubernetes or AWS Batch that this process belongs to which one it is";

/**
 * Which part of the work is meant: `3/16`, counted from 1, or `array` and `array/16` by the number
 * that a scheduler gave this process.
 *
 * @throws ShardError where that could be understood in two ways: a part done twice is a part missed
 */
export function parseShard(text: string, environment: NodeJS.ProcessEnv = process.env): Shard {
  const [, which, size] = /^(array|\d+)(?:\/(\d+))?$/.exec(text.trim()) ?? [];
  if (which === undefined || (which !== "array" && size === undefined)) {
    throw new ShardError(`--shard ${text}: write 3/16 (the third of 16 parts), array or array/16`);
  }
  const count = size === undefined ? undefined : Number(size);
  if (which === "array") return shardOfArray(text, count, environment);
  return checked(text, Number(which), count ?? 0);
}

interface ArrayTask {
  readonly variable: string;
  /** Counted from 1. */
  readonly index: number;
  /** Undefined where the scheduler does not say. */
  readonly count: number | undefined;
}

function shardOfArray(
  text: string,
  count: number | undefined,
  environment: NodeJS.ProcessEnv,
): Shard {
  const tasks = [slurm, kubernetes, awsBatch].flatMap((read) => read(environment) ?? []);
  const [task, other] = tasks;
  if (task === undefined) {
    throw new ShardError(
      `--shard ${text}: this process is no task of an array job: neither SLURM_ARRAY_TASK_ID nor ` +
        "JOB_COMPLETION_INDEX nor AWS_BATCH_JOB_ARRAY_INDEX is set. Write --shard 3/16, say",
    );
  }
  if (other !== undefined) {
    throw new ShardError(
      `--shard ${text}: both ${task.variable} and ${other.variable} are set: write --shard 3/16, say`,
    );
  }
  if (task.count !== undefined && count !== undefined && task.count !== count) {
    throw new ShardError(
      `--shard ${text}: the array job has ${task.count} tasks, not ${count}. To repeat some tasks of ` +
        `an array, write the number of each: --shard "$${task.variable}/${count}" where they count from 1`,
    );
  }
  const of = count ?? task.count;
  if (of === undefined) {
    throw new ShardError(
      `--shard ${text}: ${task.variable} does not say of how many: write --shard array/16, with the ` +
        "number of completions",
    );
  }
  return checked(text, task.index, of);
}

/** https://slurm.schedmd.com/job_array.html */
function slurm(environment: NodeJS.ProcessEnv): ArrayTask | undefined {
  const variable = "SLURM_ARRAY_TASK_ID";
  const id = numberIn(environment, variable);
  if (id === undefined) return undefined;
  const first = numberIn(environment, "SLURM_ARRAY_TASK_MIN");
  const last = numberIn(environment, "SLURM_ARRAY_TASK_MAX");
  const count = numberIn(environment, "SLURM_ARRAY_TASK_COUNT");
  const isWhole =
    first !== undefined &&
    last !== undefined &&
    (first === 0 || first === 1) &&
    count === last - first + 1;
  if (isWhole) return { variable, index: id - first + 1, count };
  throw new ShardError(
    `the Slurm array is not a whole one (tasks ${first} to ${last}, ${count} of them), so that its ` +
      "task numbers do not say which part this is: use --array=1-16, or write --shard " +
      '"$SLURM_ARRAY_TASK_ID/16" with numbers from 1',
  );
}

/** https://kubernetes.io/docs/concepts/workloads/controllers/job/#completion-mode */
function kubernetes(environment: NodeJS.ProcessEnv): ArrayTask | undefined {
  const variable = "JOB_COMPLETION_INDEX";
  const index = numberIn(environment, variable);
  return index === undefined ? undefined : { variable, index: index + 1, count: undefined };
}

/** https://docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html */
function awsBatch(environment: NodeJS.ProcessEnv): ArrayTask | undefined {
  const variable = "AWS_BATCH_JOB_ARRAY_INDEX";
  const index = numberIn(environment, variable);
  if (index === undefined) return undefined;
  return { variable, index: index + 1, count: numberIn(environment, "AWS_BATCH_JOB_ARRAY_SIZE") };
}

function numberIn(environment: NodeJS.ProcessEnv, variable: string): number | undefined {
  const text = environment[variable];
  if (text === undefined || text === "") return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new ShardError(`${variable}=${text} is not a number of a task`);
}

function checked(text: string, index: number, count: number): Shard {
  if (index >= 1 && index <= count) return { index, count };
  throw new ShardError(
    `--shard ${text}: there is no part ${index} of ${count}; parts are counted from 1`,
  );
}

/** The items of a shard: every `count`-th one, so that long and short ones mix. */
export function recordingsOf<T>(items: readonly T[], { index, count }: Shard): T[] {
  return items.filter((_, i) => i % count === index - 1);
}
