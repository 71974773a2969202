import type { EvaluatedEpisode, MeasurementSeries } from "./EvaluatedEpisode.js";
import { episodeMetrics, episodeRow } from "./episodeMetrics.js";
import { measurementMetrics } from "./measurementMetrics.js";
import type { RewardMetrics } from "./RewardMetrics.js";

/** Any number does; a fixed one makes the shuffled control repeatable. */
const CONTROL_SEED = 1;

/**
 * Judges the rewards of some episodes against what is known of them: each measurement against its
 * truth, and reward, progress and return against time and outcome. Every figure has its coverage,
 * and beside the real figures stand controls under which a good reward must collapse.
 *
 * Measurements are taken together by name, so episodes should be of one task and model.
 */
export function evaluateRewards(episodes: readonly EvaluatedEpisode[]): RewardMetrics {
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
