import type { CameraFrame, KinematicSample } from "../camera/index.js";
import { framesOf, kinematicsOf, labelNamesOf } from "./frames.js";
import { SceneRenderer } from "./render/SceneRenderer.js";
import {
  type Outcome,
  type SimAction,
  type SimOptions,
  type SimSettings,
  settingsOf,
} from "./SimOptions.js";
import { statesPerImage, TabletopEpisode } from "./TabletopEpisode.js";
import type { SimTruth } from "./TabletopWorld.js";

/** One moment of the simulation. */
export interface SimStep {
  /** One frame for each camera: rgb8 image, 32FC1 depth, mono8 labels, info, poses of all frames. */
  readonly frames: readonly CameraFrame[];
  readonly truth: SimTruth;
  /** The script has ended; under own actions: the mug stands on the tray. */
  readonly done: boolean;
  /** Set when done: how the episode went, judged by the truth and not by the script. */
  readonly outcome?: Outcome;
}

/**
 * A robot at a table with a red mug and a blue tray, in MuJoCo. The same options and actions give
 * the same bytes. A step costs one image for each camera; physics is cheap beside it.
 *
 * @example
 * using sim = await TabletopSim.create({ seed: 7, width: 320, height: 240 });
 * let step = sim.current();
 * for (let i = 0; i < 200 && !step.done; i++) {
 *   step = sim.step({ velocity: [0.1, 0, -0.05], openingM: 0.1 }); // or sim.step(): the script
 * }
 * step = await sim.reset(8);
 */
export class TabletopSim {
  readonly #settings: SimSettings;
  #episode: TabletopEpisode;
  #renderer: SceneRenderer;
  #isClosed = false;
  #images = 0;
  #resets = 0;
  /** Since the last image, that one's moment left out. */
  #kinematics: KinematicSample[] = [];

  private constructor(settings: SimSettings, episode: TabletopEpisode, renderer: SceneRenderer) {
    this.#settings = settings;
    this.#episode = episode;
    this.#renderer = renderer;
  }

  /** Throws SimError for options out of range. */
  static async create(options: SimOptions = {}): Promise<TabletopSim> {
    const settings = settingsOf(options);
    const { episode, renderer } = await startEpisode(settings, settings.seed, settings.outcome);
    return new TabletopSim(settings, episode, renderer);
  }

  /** Seconds that the scripted episode takes. */
  get durationS(): number {
    return this.#episode.durationS;
  }

  /** A new episode; its first images. Without a seed, the same one again. */
  async reset(seed?: number, outcome?: Outcome): Promise<SimStep> {
    const { seed: nextSeed, outcome: nextOutcome } = settingsOf({
      ...this.#settings,
      seed: seed ?? this.#episode.layout.seed,
      outcome: outcome ?? this.#episode.outcome,
    });
    const next = await startEpisode(this.#settings, nextSeed, nextOutcome);
    this.#free();
    this.#episode = next.episode;
    this.#renderer = next.renderer;
    this.#images = 0;
    this.#kinematics = [];
    this.#resets++;
    return this.current();
  }

  /**
   * Simulates up to the next image: with the action, or by the script if there is none. Once an
   * action was given, the script is over for this episode: without one the gripper stays.
   */
  step(action?: SimAction): SimStep {
    const { rateHz } = this.#settings;
    const perImage = statesPerImage(rateHz);
    this.#kinematics = [];
    for (let state = 1; state < perImage; state++) {
      this.#episode.advanceTo((this.#images * perImage + state) / (perImage * rateHz), action);
      this.#kinematics.push(this.#kinematicsNow());
    }
    this.#images++;
    this.#episode.advanceTo(this.#images / rateHz, action);
    return this.current();
  }

  /** The present moment, drawn afresh. */
  current(): SimStep {
    const { layout, truth, name, isDone } = this.#episode;
    // Two attempts are two episodes, even with the same seed.
    const episode = this.#resets === 0 ? name : `${name}-${this.#resets + 1}`;
    const scene = { episode, labelNames: labelNamesOf(layout), image: this.#images };
    const views = this.#renderer.render(this.#episode.configuration);
    const kinematics = [...this.#kinematics, this.#kinematicsNow()];
    const frames = framesOf(views, this.#settings, layout, truth, scene).map((frame) => ({
      ...frame,
      kinematics,
    }));
    const verdict = isDone ? { outcome: this.#episode.verdict() } : {};
    return { frames, truth, done: isDone, ...verdict };
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
    this.#episode.close();
    this.#renderer.close();
  }

  #kinematicsNow(): KinematicSample {
    const { truth, joints, layout } = this.#episode;
    return kinematicsOf(truth, joints, layout.cameras.slice(0, this.#settings.cameras));
  }
}

async function startEpisode(
  settings: SimSettings,
  seed: number,
  outcome: Outcome,
): Promise<{ episode: TabletopEpisode; renderer: SceneRenderer }> {
  const episode = await TabletopEpisode.create(seed, outcome);
  const { cameras, width, height } = settings;
  const setup = { layout: episode.layout, cameras, width, height };
  const renderer = await SceneRenderer.create(setup);
  return { episode, renderer };
}
