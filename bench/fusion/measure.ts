import type { MeasuredValue } from "../../src/estimate/index.js";
import { RewardTracker } from "../../src/reward/index.js";
import type { Task } from "../../src/task/index.js";
import type { BenchEpisode, Truths } from "./episodes.js";

/** How one way of estimating did on one measurement of one episode. */
export interface Errors {
  readonly episode: BenchEpisode;
  /** Mean absolute errors over the images that gave an answer, m: of the answers, of the values. */
  readonly rawM: number;
  readonly valueM: number;
  /** The same over the second half of the approach; absent where nothing was grasped. */
  readonly lateRawM?: number;
  readonly lateValueM?: number;
  readonly whole: Agreement;
  /** While nothing is held: afterwards the simulator's exact arm tells the distance. */
  readonly before: Agreement;
  readonly late: Agreement;
}

export interface Agreement {
  /** Images, and those whose truth lies within one and two sigmas. */
  readonly images: number;
  readonly within1: number;
  readonly within2: number;
  /** Rank correlation of values with the truth. */
  readonly spearman: number | undefined;
}

export interface EpisodeRewards {
  readonly episode: BenchEpisode;
  readonly return: number;
  readonly isSuccess: boolean;
}

export function errorsOf(
  episode: BenchEpisode,
  values: readonly (readonly MeasuredValue[])[],
  name: keyof Truths,
): Errors | undefined {
  const rows = values.flatMap((of, i) => {
    const value = of.find((one) => one.name === name);
    const truth = episode.truths[i]?.[name];
    if (!value || truth === undefined || value.raw === null || value.value === null) return [];
    const error = Math.abs(value.value - truth);
    return [
      {
        i,
        truth,
        value: value.value,
        error,
        raw: Math.abs(value.raw - truth),
        sigma: value.sigma ?? 0,
      },
    ];
  });
  if (rows.length === 0) return undefined;
  const isGrasped = episode.graspAt < episode.frames.length;
  const late = rows.filter(({ i }) => i >= episode.graspAt / 2 && i < episode.graspAt);
  return {
    episode,
    rawM: mean(rows.map(({ raw }) => raw)),
    valueM: mean(rows.map(({ error }) => error)),
    ...(isGrasped &&
      late.length > 0 && {
        lateRawM: mean(late.map(({ raw }) => raw)),
        lateValueM: mean(late.map(({ error }) => error)),
      }),
    whole: agreementOf(rows),
    before: agreementOf(rows.filter(({ i }) => i < episode.graspAt)),
    late: agreementOf(late),
  };
}

interface Row {
  readonly truth: number;
  readonly value: number;
  readonly error: number;
  readonly sigma: number;
}

function agreementOf(rows: readonly Row[]): Agreement {
  return {
    images: rows.length,
    within1: rows.filter(({ error, sigma }) => error <= sigma).length,
    within2: rows.filter(({ error, sigma }) => error <= 2 * sigma).length,
    spearman: rankCorrelation(
      rows.map(({ truth }) => truth),
      rows.map(({ value }) => value),
    ),
  };
}

export function rewardsOf(
  task: Task,
  episode: BenchEpisode,
  values: readonly (readonly MeasuredValue[])[],
): EpisodeRewards {
  const tracker = new RewardTracker(task, { camera: "camera", episode: episode.name });
  let [sum, isSuccess] = [0, false];
  for (const [i, frame] of episode.frames.entries()) {
    const sample = tracker.step(frame.stampNs, values[i] ?? []);
    sum += sample.reward ?? 0;
    isSuccess ||= sample.success;
  }
  return { episode, return: sum, isSuccess };
}

/** Share of pairs of a success and another episode in which the success has the higher return. */
export function rightOrder(rewards: readonly EpisodeRewards[]): number {
  const good = rewards.filter(({ episode }) => episode.isSuccess);
  const others = rewards.filter(({ episode }) => !episode.isSuccess);
  const pairs = good.flatMap((a) => others.map((b) => (a.return > b.return ? 1 : 0) as number));
  return mean(pairs);
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function rankCorrelation(a: readonly number[], b: readonly number[]): number | undefined {
  const [ranksA, ranksB] = [ranks(a), ranks(b)];
  const [meanA, meanB] = [mean(ranksA), mean(ranksB)];
  let [ab, aa, bb] = [0, 0, 0];
  for (const [i, rank] of ranksA.entries()) {
    const [da, db] = [rank - meanA, (ranksB[i] ?? 0) - meanB];
    ab += da * db;
    aa += da * da;
    bb += db * db;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : undefined;
}

function ranks(values: readonly number[]): number[] {
  const order = values.map((value, i) => ({ value, i })).sort((x, y) => x.value - y.value);
  const result = new Array<number>(values.length).fill(0);
  let begin = 0;
  for (let end = 1; end <= order.length; end++) {
    if (end < order.length && order[end]?.value === order[begin]?.value) continue;
    for (let k = begin; k < end; k++) result[order[k]?.i ?? 0] = (begin + end - 1) / 2;
    begin = end;
  }
  return result;
}
