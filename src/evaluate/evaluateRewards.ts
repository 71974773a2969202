import { itemAt, shuffled, UserError } from "../base/index.js";
import type { EvaluatedEpisode, MeasurementSeries } from "./EpisodeColumns.js";
import { measurementMetrics } from "./measurementMetrics.js";
import type { EpisodeRow, EpisodeSetMetrics, RewardMetrics } from "./RewardMetrics.js";
import { auroc, type Figure, meanOf, spearman } from "./statistics.js";

/** Any number does; a fixed one makes the shuffled control repeatable. */
const CONTROL_SEED = 1;

/** Recordings were annotated with tasks whose measurements have one name and ask for different things. */
class MixedMeasurementsError extends UserError {
  override readonly code = "evaluation.mixed";

  constructor(name: string, [one, other]: readonly [AskedIn, AskedIn]) {
    super(
      `${name} is the ${one.asked} in ${one.source}, but the ${other.asked} in ${other.source}: ` +
        "figures of both together mean nothing; evaluate them apart",
    );
  }
}

interface AskedIn {
  readonly asked: string;
  readonly source: string;
}

/**
 * Judges the rewards of some episodes against what is known of them: each measurement against its
 * truth, and reward, progress and return against time and outcome. Every figure has its coverage,
 * and beside the real figures stand controls under which a good reward must collapse.
 *
 * Measurements are taken together by name, so episodes should be of one task and model.
 *
 * @throws MixedMeasurementsError
 */
export function evaluateRewards(episodes: readonly EvaluatedEpisode[]): RewardMetrics {
  checkAlike(episodes);
  const byName = new Map<string, MeasurementSeries[]>();
  for (const series of episodes.flatMap((episode) => episode.measurements)) {
    const parts = byName.get(series.name);
    if (parts) parts.push(series);
    else byName.set(series.name, [series]);
  }
  return {
    measurements: [...byName.values()].map((parts) => measurementMetrics(parts, CONTROL_SEED)),
    episodes: episodeMetrics(episodes, CONTROL_SEED),
    rows: episodes.map(episodeRow),
  };
}

/** @throws MixedMeasurementsError */
function checkAlike(episodes: readonly EvaluatedEpisode[]): void {
  const known = new Map<string, AskedIn>();
  for (const { source, measurements } of episodes) {
    for (const { name, kind, about } of measurements) {
      const asked = `${kind.replaceAll("_", " ")} of ${about}`;
      const first = known.get(name) ?? { asked, source };
      known.set(name, first);
      if (first.asked !== asked) throw new MixedMeasurementsError(name, [first, { asked, source }]);
    }
  }
}

/** Falls smaller than this are rounding, not a step back. */
const ROUNDING = 1e-9;

/**
 * The figures of a set of episodes.
 *
 * VOC (value-order correlation) is Spearman's rho of a signal with time over one episode up to
 * its end, averaged over the successful ones. A constant signal has no order: its VOC is
 * undefined, the episode is left out of the mean and missing from the coverage n/N, so a dead
 * reward shows as coverage 0, never as a good or bad number.
 *
 * A reward that is shaped by potentials pays the change of progress, so its order shows in
 * `voc_progress`; `voc_reward` speaks of rewards that are themselves a value (minus a distance).
 *
 * Which episodes count as successful is what the recording states. Where it is silent, VOC and
 * monotonicity take the reward's own verdict; AUROC and margins leave the episode out, since
 * there a reward may not be its own judge.
 */
function episodeMetrics(episodes: readonly EvaluatedEpisode[], seed: number): EpisodeSetMetrics {
  const good = episodes.filter((episode) => succeeded(episode) === true);
  const bad = episodes.filter((episode) => succeeded(episode) === false);
  const signal = episodes.some((episode) => episode.hasStages) ? "progress" : "reward";
  const steps = good.flatMap((episode) => falls(untilEnd(episode, signal)));
  const compared = steps.filter((fall) => !Number.isNaN(fall));

  const judged = episodes.filter((episode) => episode.outcome.success !== undefined);
  const scored = judged.filter((episode) => returnOf(episode) !== undefined);
  const scores = (success: boolean, score: (episode: EvaluatedEpisode) => number | undefined) =>
    scored.flatMap((episode) =>
      episode.outcome.success === success ? (score(episode) ?? []) : [],
    );
  const [won, lost] = [scores(true, returnOf), scores(false, returnOf)];
  const [meanWon, meanLost] = [meanOf(won), meanOf(lost)];
  const both = meanWon !== undefined && meanLost !== undefined;
  const overEpisodes = (value: number | undefined): Figure => ({
    value,
    n: scored.length,
    of: episodes.length,
  });

  const vocs = (of: readonly EvaluatedEpisode[], change: (values: number[]) => number[]) => ({
    voc_progress: voc(of, "progress", change),
    voc_reward: voc(of, "reward", change),
  });
  const real = vocs(good, (values) => values);
  const images = episodes.reduce((sum, episode) => sum + episode.reward.length, 0);
  const rewarded = episodes.reduce((sum, episode) => sum + countValid(episode), 0);
  return {
    vocProgress: real.voc_progress,
    vocReward: real.voc_reward,
    signal,
    monotonicityViolations: {
      value: meanOf(compared.map((fall) => (fall > ROUNDING ? 1 : 0))),
      n: compared.length,
      of: steps.length,
    },
    largestBackwardJump: {
      value:
        compared.length === 0
          ? undefined
          : compared.reduce((largest, fall) => Math.max(largest, fall), 0),
      n: compared.length,
      of: steps.length,
    },
    auroc: overEpisodes(auroc(won, lost)),
    returnMargin: overEpisodes(both ? meanWon - meanLost : undefined),
    worstCaseMargin: overEpisodes(both ? Math.min(...won) - Math.max(...lost) : undefined),
    rewarded: { value: images === 0 ? undefined : rewarded / images, n: rewarded, of: images },
    controls: {
      reversed: vocs(good, (values) => values.reverse()),
      shuffled: vocs(good, (values) => shuffled(values, seed)),
      unsuccessful: vocs(bad, (values) => values),
      clock: { auroc: overEpisodes(auroc(scores(true, lengthOf), scores(false, lengthOf))) },
    },
  };
}

function episodeRow(episode: EvaluatedEpisode): EpisodeRow {
  const frames = episode.reward.length;
  const valid = countValid(episode);
  return {
    name: episode.name,
    source: episode.source,
    camera: episode.camera,
    outcome: episode.outcome.word || (episode.ended?.how ?? ""),
    outcomeFrom: episode.outcome.from === "unknown" ? "reward" : episode.outcome.from,
    frames,
    ok: valid - episode.staleCount,
    stale: episode.staleCount,
    invalid: frames - valid,
    return: returnOf(episode) ?? null,
    finalProgress: untilEnd(episode, "progress").findLast((each) => !Number.isNaN(each)) ?? 0,
    ended: episode.ended?.how ?? "",
    durationS: durationOf(episode),
  };
}

function voc(
  episodes: readonly EvaluatedEpisode[],
  signal: "progress" | "reward",
  change: (values: number[]) => number[],
): Figure {
  const each = episodes.flatMap((episode) => {
    const values = change([...untilEnd(episode, signal)]);
    const known = values.flatMap((value, i) => (Number.isNaN(value) ? [] : [i]));
    const rho = spearman(
      known.map((i) => itemAt(episode.timesS, i)),
      known.map((i) => itemAt(values, i)),
    );
    return rho === undefined ? [] : [rho];
  });
  return { value: meanOf(each), n: each.length, of: episodes.length };
}

function succeeded(episode: EvaluatedEpisode): boolean | undefined {
  return episode.outcome.success ?? (episode.ended ? episode.ended.how === "success" : undefined);
}

/** What comes after the end of an episode is no longer part of the attempt. */
function untilEnd(episode: EvaluatedEpisode, signal: "progress" | "reward"): Float64Array {
  return episode[signal].subarray(0, (episode.ended?.index ?? Number.POSITIVE_INFINITY) + 1);
}

/** How far each step goes back (positive: back); NaN if a neighbour is missing. */
function falls(values: Float64Array): number[] {
  return Array.from(values.subarray(1), (value, i) => itemAt(values, i) - value);
}

function returnOf(episode: EvaluatedEpisode): number | undefined {
  const valid = untilEnd(episode, "reward").filter((reward) => !Number.isNaN(reward));
  return valid.length === 0 ? undefined : valid.reduce((sum, reward) => sum + reward, 0);
}

function durationOf(episode: EvaluatedEpisode): number {
  const last = episode.ended?.index ?? episode.timesS.length - 1;
  return episode.timesS[last] ?? 0;
}

/** Of the recording, not up to the end that the reward sees: the clock must know nothing of it. */
function lengthOf({ timesS }: EvaluatedEpisode): number {
  return timesS.at(-1) ?? 0;
}

function countValid(episode: EvaluatedEpisode): number {
  return episode.reward.reduce((n, reward) => n + (Number.isNaN(reward) ? 0 : 1), 0);
}
