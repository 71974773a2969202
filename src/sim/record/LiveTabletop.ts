import { framesOf, labelNamesOf } from "../frames.js";
import { SceneRenderer } from "../render/SceneRenderer.js";
import {
  limitAction,
  type Outcome,
  type SimAction,
  type SimOptions,
  type SimSettings,
  settingsOf,
} from "../SimOptions.js";
import { statesPerImage, TabletopEpisode } from "../TabletopEpisode.js";
import type { SimTruth } from "../TabletopWorld.js";
import { EpisodeRecorder, type MessageWriter } from "./EpisodeRecorder.js";

export interface LiveOptions extends SimOptions {
  /** `jpeg`: `…/image_raw/compressed`; `raw`: `…/image_raw`. Default `jpeg`. */
  readonly color?: "jpeg" | "raw";
}

/** One episode with what draws and writes it. */
interface Running {
  readonly episode: TabletopEpisode;
  readonly renderer: SceneRenderer;
  readonly recorder: EpisodeRecorder;
  /** Added to the episode's stamps. */
  readonly shiftNs: bigint;
}

/**
 * The table top as a simulator that runs until it is closed: the messages of a recording, one
 * moment after the other, at the caller's pace. Its time restarts, at the same stamp, with each
 * reset, as that of Gazebo does.
 */
export class LiveTabletop {
  readonly #writer: MessageWriter;
  readonly #settings: SimSettings;
  readonly #color: "jpeg" | "raw";
  /** Stamp at which every episode begins. */
  readonly #startNs: bigint;
  #running: Running;
  #isClosed = false;
  #states = 0;
  #action: SimAction | undefined;

  private constructor(
    writer: MessageWriter,
    settings: SimSettings,
    color: "jpeg" | "raw",
    running: Running,
  ) {
    this.#writer = writer;
    this.#settings = settings;
    this.#color = color;
    this.#running = running;
    this.#startNs = running.episode.truth.stampNs;
  }

  /** Throws SimError for options out of range. */
  static async create(
    writer: MessageWriter,
    { color = "jpeg", ...options }: LiveOptions = {},
  ): Promise<LiveTabletop> {
    const settings = settingsOf(options);
    const running = await start(writer, settings, color);
    return new LiveTabletop(writer, settings, color, running);
  }

  /** `success_7` */
  get name(): string {
    return this.#running.episode.name;
  }

  /** Simulated seconds since the episode began, of the moment that `advance()` writes next. */
  get nextS(): number {
    const { rateHz } = this.#settings;
    return this.#states / (statesPerImage(rateHz) * rateHz);
  }

  /**
   * A policy takes over from the script until the next reset: this is commanded from now on.
   *
   * @throws SimError for numbers that are not finite
   */
  drive(action: SimAction): void {
    this.#action = limitAction(action);
  }

  /**
   * Simulates up to the next moment and writes it: clock, transforms and joints, and the images
   * where they are due. Resolves with how the episode went once it is done.
   *
   * The topics are declared with the first moment of each episode.
   */
  async advance(): Promise<Outcome | undefined> {
    const { episode, recorder, shiftNs } = this.#running;
    const isImage = this.#states % statesPerImage(this.#settings.rateHz) === 0;
    episode.advanceTo(this.nextS, this.#action);
    const truth = { ...episode.truth, stampNs: episode.truth.stampNs + shiftNs };
    if (this.#states === 0) await recorder.begin(truth);
    this.#states++;
    await recorder.writeState({ truth, joints: episode.joints });
    if (!isImage) return undefined;
    await this.#writeImages(truth);
    return episode.isDone ? episode.verdict() : undefined;
  }

  async #writeImages(truth: SimTruth): Promise<void> {
    const { episode, renderer, recorder } = this.#running;
    const { layout, name } = episode;
    const image = Math.floor((this.#states - 1) / statesPerImage(this.#settings.rateHz));
    const scene = { episode: name, labelNames: labelNamesOf(layout), image };
    const views = renderer.render(episode.configuration);
    for (const frame of framesOf(views, this.#settings, layout, truth, scene)) {
      await recorder.writeFrame(frame);
    }
  }

  /** A new episode; its first moment is written by the next `advance()`. */
  async reset(seed: number, outcome: Outcome): Promise<void> {
    const settings = settingsOf({ ...this.#settings, seed, outcome });
    const next = await start(this.#writer, settings, this.#color, this.#startNs);
    this.#free();
    this.#running = next;
    this.#states = 0;
    this.#action = undefined;
  }

  /** Frees MuJoCo's memory; the simulator is of no use after it. Again it does nothing. */
  close(): void {
    if (!this.#isClosed) this.#free();
    this.#isClosed = true;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #free(): void {
    this.#running.episode.close();
    this.#running.renderer.close();
  }
}

async function start(
  writer: MessageWriter,
  { seed, outcome, cameras, width, height }: SimSettings,
  color: "jpeg" | "raw",
  startNs?: bigint,
): Promise<Running> {
  const episode = await TabletopEpisode.create(seed, outcome);
  const { layout } = episode;
  const renderer = await SceneRenderer.create({ layout, cameras, width, height });
  const recorder = new EpisodeRecorder(writer, layout, cameras, color);
  const { stampNs } = episode.truth;
  return { episode, renderer, recorder, shiftNs: (startNs ?? stampNs) - stampNs };
}
