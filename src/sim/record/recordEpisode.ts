import { availableParallelism } from "node:os";
import { itemAt, lastOf, secondsOf } from "../../base/index.js";
import { framesOf, labelNamesOf } from "../frames.js";
import { renderInOrder } from "../render/renderInOrder.js";
import { type Outcome, type SimOptions, settingsOf } from "../SimOptions.js";
import { simulateEpisode } from "../TabletopEpisode.js";
import { EpisodeRecorder, type EpisodeWriter } from "./EpisodeRecorder.js";

export interface RecordOptions extends SimOptions {
  /** `jpeg`: `…/image_raw/compressed`, a tenth of the size; `raw`: `…/image_raw`. Default `jpeg`. */
  readonly color?: "jpeg" | "raw";
  /**
   * Threads that draw; 0 draws on this one. The result is the same. Default: one a core, and none
   * where they would take longer to start than to draw.
   */
  readonly workers?: number;
  /** Ends the recording with its reason as the error; what was written so far is incomplete. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (images: number, total: number) => void;
}

export interface RecordedEpisode {
  /** `success_7` */
  readonly name: string;
  readonly seed: number;
  /** What the script was to do. */
  readonly asked: Outcome;
  /** How the episode went, judged by the truth. */
  readonly verdict: Outcome;
  /** Moments at which all cameras took an image. */
  readonly images: number;
  readonly durationS: number;
}

/** More threads than this wait for the writer. */
const MAX_WORKERS = 8;
/** What an image costs beside its pixels, in pixels. */
const IMAGE_PX = 80_000;
/** Drawn in a second, the time in which a thread loads MuJoCo and prepares the scene. */
const WORKER_PX = 3_300_000;

/**
 * Simulates a scripted episode and writes the topics that a robot would publish: colour, depth
 * (16UC1 mm), labels with their names, camera_info, /tf (truth; ≥ 30 Hz), /tf_static,
 * /joint_states, /clock. Log times are simulated times. The same options give the same messages.
 * The caller closes the writer.
 *
 * @example
 * const writer = await BagWriter.create("success_7.mcap");
 * const { verdict } = await recordEpisode(writer, { seed: 7, outcome: "success" });
 * await writer.close();
 *
 * @throws SimError for options out of range
 */
export async function recordEpisode(
  writer: EpisodeWriter,
  { color = "jpeg", workers, signal, onProgress, ...options }: RecordOptions = {},
): Promise<RecordedEpisode> {
  const settings = settingsOf(options);
  const { seed, outcome, cameras, width, height, rateHz } = settings;
  const episode = await simulateEpisode(seed, outcome, rateHz);
  signal?.throwIfAborted();
  const recorder = new EpisodeRecorder(writer, episode.layout, cameras, color);
  const first = itemAt(episode.moments, 0);
  await recorder.begin(first.truth);

  const configurations = episode.moments.flatMap((moment) => moment.configuration ?? []);
  const setup = { layout: episode.layout, cameras, width, height };
  const drawnPx = configurations.length * cameras * (width * height + IMAGE_PX);
  const threads = Math.min(
    workers ?? Math.min(availableParallelism(), Math.floor(drawnPx / WORKER_PX)),
    MAX_WORKERS,
    configurations.length,
  );
  const views = renderInOrder(setup, configurations, threads);
  let images = 0;
  onProgress?.(images, configurations.length);
  try {
    for (const moment of episode.moments) {
      signal?.throwIfAborted();
      await recorder.writeState(moment);
      if (moment.configuration === undefined) continue;
      const { value } = await views.next();
      if (value === undefined) throw new Error("the renderer gave too few images");
      const { layout, name } = episode;
      const scene = { episode: name, labelNames: labelNamesOf(layout), image: images };
      for (const frame of framesOf(value, settings, layout, moment.truth, scene)) {
        await recorder.writeFrame(frame);
      }
      images++;
      onProgress?.(images, configurations.length);
    }
  } finally {
    await views.return(undefined);
  }
  const durationNs = lastOf(episode.moments).truth.stampNs - first.truth.stampNs;
  const result: RecordedEpisode = {
    name: episode.name,
    seed,
    asked: outcome,
    verdict: episode.verdict,
    images,
    durationS: secondsOf(durationNs),
  };
  await writer.addMetadata("simulation", metadataOf(result));
  return result;
}

function metadataOf({ name, seed, asked, verdict }: RecordedEpisode): Map<string, string> {
  return new Map([
    ["scene", "tabletop"],
    ["name", name],
    ["seed", String(seed)],
    ["asked", asked],
    ["outcome", verdict],
    ["success", String(verdict === "success")],
  ]);
}
