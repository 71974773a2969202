import { itemAt, keepNewest, lastOf } from "../base/index.js";
import type { KinematicSample } from "../camera/index.js";
import { framesOf, kinematicsOf, labelNamesOf, type SimulatedFrame } from "./frames.js";
import { SceneRenderer } from "./render/SceneRenderer.js";
import { type SimOptions, type SimSettings, settingsOf } from "./SimOptions.js";
import type { TabletopLayout } from "./scene/TabletopLayout.js";
import { type SimulatedEpisode, simulateEpisode } from "./TabletopEpisode.js";

/** A moment of an episode at which all cameras take an image. */
export interface ScriptedMoment {
  readonly stampNs: bigint;
  /** What the robot knew of itself since the moment before, that one left out, up to this one. */
  readonly kinematics: readonly KinematicSample[];
  /** One frame for each camera. Only while the moments are iterated. */
  draw(): readonly SimulatedFrame[];
}

/**
 * A scripted episode of the table-top simulator, simulated at once, whose images are drawn when
 * they are asked for: one that nobody looks at costs nothing. The same as that of a `TabletopSim`
 * which is given no actions.
 */
export class ScriptedEpisode {
  readonly #settings: SimSettings;
  readonly #episode: SimulatedEpisode;

  private constructor(settings: SimSettings, episode: SimulatedEpisode) {
    this.#settings = settings;
    this.#episode = episode;
  }

  /** @throws SimError for options out of range */
  static async create(options: SimOptions = {}): Promise<ScriptedEpisode> {
    const settings = settingsOf(options);
    return new ScriptedEpisode(settings, await simulateOnce(settings));
  }

  get startNs(): bigint {
    return itemAt(this.#episode.moments, 0).truth.stampNs;
  }

  /** Of the last image. */
  get endNs(): bigint {
    return lastOf(this.#episode.moments).truth.stampNs;
  }

  /** Moments at which all cameras take an image. */
  get images(): number {
    return this.#episode.moments.filter(({ configuration }) => configuration).length;
  }

  /** Names of the cameras, in the order of a moment's frames. */
  get cameras(): readonly string[] {
    return this.#placements.map(({ name }) => name);
  }

  /** The moments of images in their order; each call begins anew. */
  async *moments(): AsyncGenerator<ScriptedMoment> {
    const { name, layout, moments } = this.#episode;
    const { width, height } = this.#settings;
    const cameras = this.#placements;
    const scene = { episode: name, labelNames: labelNamesOf(layout) };
    const renderer = await SceneRenderer.create({ layout, cameras: cameras.length, width, height });
    let kinematics: KinematicSample[] = [];
    let images = 0;
    try {
      for (const { truth, joints, configuration } of moments) {
        kinematics.push(kinematicsOf(truth, joints, cameras));
        if (configuration === undefined) continue;
        const image = images++;
        const draw = () => {
          const views = renderer.render(configuration);
          return framesOf(views, this.#settings, layout, truth, { ...scene, image });
        };
        yield { stampNs: truth.stampNs, kinematics, draw };
        kinematics = [];
      }
    } finally {
      renderer.close();
    }
  }

  get #placements(): TabletopLayout["cameras"] {
    return this.#episode.layout.cameras.slice(0, this.#settings.cameras);
  }
}

/** Episodes that are kept: who looks at one looks at it again, and it takes a second to simulate. */
const KEPT = 4;

/** The latest last. */
const kept = new Map<string, Promise<SimulatedEpisode>>();

function simulateOnce({
  seed,
  outcome,
  rateHz,
}: Pick<SimSettings, "seed" | "outcome" | "rateHz">): Promise<SimulatedEpisode> {
  const key = `${seed} ${outcome} ${rateHz}`;
  const known = kept.get(key) ?? simulateEpisode(seed, outcome, rateHz);
  const episode = keepNewest(kept, key, known, KEPT);
  // A load of MuJoCo that failed is tried again.
  episode.catch(() => kept.delete(key));
  return episode;
}
