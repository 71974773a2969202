import { itemAt, UserError } from "../../base/index.js";
import {
  CameraChoiceError,
  type CameraFrame,
  type CameraTopics,
  FrameRate,
  type KinematicSample,
  type KinematicSelection,
} from "../../camera/index.js";
import type { ScriptedEpisode, SimOptions } from "../../sim/index.js";
import type { FrameSelection, FrameSource, SourceInfo, SourceKind } from "../FrameSource.js";

/** A spec of the simulator that makes no sense. */
class SimSpecError extends UserError {
  override readonly code = "sim.spec";
}

const SPEC = /^sim(\?.*)?$/;
/** The settings of a spec, as `SimOptions` calls them. */
const NUMBERS: ReadonlyMap<string, string> = new Map([
  ["seed", "seed"],
  ["cameras", "cameras"],
  ["width", "width"],
  ["height", "height"],
  ["rate", "rateHz"],
  ["depth_noise_mm", "depthNoiseMm"],
]);

/** A scripted episode of the table-top simulator, drawn while it is read. */
export const simKind: SourceKind = {
  usage: "sim[?seed=N&outcome=success|failure|idle|regress|distract]",
  summary: "an episode of the table-top simulator, without a recording",
  claims: async (spec) => SPEC.test(spec),
  nameOf: (spec) => {
    const { seed = 0, outcome = "success" } = optionsOf(spec);
    return `${outcome}_${seed}`;
  },
  async open(spec) {
    const { ScriptedEpisode } = await import("../../sim/index.js");
    const episode = await ScriptedEpisode.create(optionsOf(spec));
    return new SimSource(spec, simKind.nameOf(spec), episode);
  },
};

class SimSource implements FrameSource {
  readonly info: SourceInfo;
  readonly #episode: ScriptedEpisode;

  constructor(path: string, name: string, episode: ScriptedEpisode) {
    this.#episode = episode;
    const { startNs, endNs } = episode;
    this.info = { path, name, identity: path, startNs, endNs, damage: [] };
  }

  cameras(wanted: readonly CameraTopics[]): CameraTopics[] {
    const topicsOf = (camera: string, name = camera): CameraTopics => ({
      name,
      color: `/${camera}/color/image_raw`,
      depth: `/${camera}/depth/image_rect_raw`,
      labels: `/${camera}/labels`,
      info: `/${camera}/color/camera_info`,
    });
    const { cameras } = this.#episode;
    if (wanted.length === 0 && cameras.length === 1) return cameras.map((name) => topicsOf(name));
    const found = wanted.map(({ name, color }) => {
      const camera = cameras.find((each) => color === each || color.startsWith(`/${each}/`));
      return camera === undefined ? undefined : topicsOf(camera, name);
    });
    const known = found.filter((topics) => topics !== undefined);
    if (known.length === wanted.length && known.length > 0) return known;
    const topics = cameras.map((camera) => topicsOf(camera).color).join(", ");
    throw new CameraChoiceError(
      `${this.info.path} has the cameras ${topics}; name one of them in the task (cameras: … color: …)`,
    );
  }

  expectedFrames({ cameras }: FrameSelection): number {
    return cameras.length * this.#episode.images;
  }

  async *frames(selection: FrameSelection, signal?: AbortSignal): AsyncGenerator<CameraFrame> {
    const { cameras, tfFrames = [], kinematics, rateHz, startNs, endNs } = selection;
    const wanted = this.#episode.cameras.flatMap((camera, index) => {
      const found = cameras.find(({ color }) => color.startsWith(`/${camera}/`));
      return found ? [{ name: found.name, index, rate: new FrameRate(rateHz) }] : [];
    });
    /** By camera: since its previous frame, those that were left out between. */
    const samples = new Map<string, KinematicSample[]>();
    for await (const moment of this.#episode.moments()) {
      signal?.throwIfAborted();
      const { stampNs } = moment;
      let drawn: readonly CameraFrame[] | undefined;
      for (const { name, index, rate } of wanted) {
        const since = [...(samples.get(name) ?? []), ...moment.kinematics];
        samples.set(name, since);
        const isEarly = startNs !== undefined && stampNs < startNs;
        if (isEarly || !rate.keeps(stampNs)) continue;
        if (endNs !== undefined && stampNs > endNs) return;
        drawn ??= moment.draw();
        const image = itemAt(drawn, index);
        const poses = new Map(
          [...(image.poses ?? [])].filter(([frame]) => tfFrames.includes(frame)),
        );
        samples.delete(name);
        const told = kinematics && { kinematics: selected(since, kinematics, image.frameId) };
        yield { ...image, camera: name, episode: this.info.name, poses, ...told };
      }
    }
  }

  /** It holds nothing beyond an iteration. */
  async close(): Promise<void> {}

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** What of the simulator's kinematics a frame shall carry. */
function selected(
  samples: readonly KinematicSample[],
  { frames }: KinematicSelection,
  opticalFrame: string,
): KinematicSample[] {
  const wanted = new Set([...frames, opticalFrame]);
  return samples.map((sample) => ({
    ...sample,
    poses: new Map([...sample.poses].filter(([name]) => wanted.has(name))),
  }));
}

/** @throws SimSpecError for settings that are unknown or no numbers */
function optionsOf(spec: string): SimOptions {
  const settings = new URLSearchParams(SPEC.exec(spec)?.[1] ?? "");
  const options: Record<string, unknown> = {};
  for (const [name, value] of settings) {
    const option = NUMBERS.get(name);
    if (name === "outcome") options.outcome = value;
    else if (option !== undefined && value !== "" && Number.isFinite(Number(value))) {
      options[option] = Number(value);
    } else {
      const known = ["outcome", ...NUMBERS.keys()].join(", ");
      throw new SimSpecError(
        option === undefined
          ? `${spec}: the simulator has no setting ${name}; it has ${known}`
          : `${spec}: ${name} must be a number`,
      );
    }
  }
  return options;
}
