import type { Outcome } from "../Outcome.js";
import type { SimJoints, SimTruth } from "../SimTruth.js";
import type { TabletopLayout } from "../scene/TabletopLayout.js";
import { TabletopEpisode } from "../TabletopEpisode.js";

/** One moment of a simulated episode. */
export interface EpisodeMoment {
  readonly truth: SimTruth;
  readonly joints: SimJoints;
  /** MuJoCo's qpos at moments at which images are taken. */
  readonly configuration?: Float64Array;
}

/** A whole scripted episode without its images; a second of it takes some 20 KB. */
export interface SimulatedEpisode {
  /** `success_7` */
  readonly name: string;
  readonly layout: TabletopLayout;
  readonly moments: readonly EpisodeMoment[];
  /** How it went, judged by the truth. */
  readonly verdict: Outcome;
}

const MIN_STATE_HZ = 30;

/** Moments from one image to the next: transforms and joint states come at 30 Hz or more. */
export function statesPerImage(rateHz: number): number {
  return Math.ceil(MIN_STATE_HZ / rateHz);
}

/** Runs a script to its end: physics only, a fraction of the time that the images take. */
export async function simulateEpisode(
  seed: number,
  outcome: Outcome,
  rateHz: number,
): Promise<SimulatedEpisode> {
  const episode = await TabletopEpisode.create(seed, outcome);
  try {
    const perImage = statesPerImage(rateHz);
    const moments: EpisodeMoment[] = [];
    for (let state = 0; ; state++) {
      episode.advanceTo(state / (perImage * rateHz));
      const isImage = state % perImage === 0;
      const image = isImage ? { configuration: episode.configuration } : {};
      moments.push({ truth: episode.truth, joints: episode.joints, ...image });
      if (isImage && episode.isDone) break;
    }
    const { name, layout } = episode;
    return { name, layout, moments, verdict: episode.verdict() };
  } finally {
    episode.close();
  }
}
