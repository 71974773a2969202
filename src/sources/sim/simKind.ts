import { UserError } from "../../base/index.js";
import {
  CameraChoiceError,
  type CameraFrame,
  type CameraTopics,
  FrameRate,
  type KinematicSample,
  type KinematicSelection,
} from "../../camera/index.js";
import type { SimOptions, TabletopSim } from "../../sim/index.js";
import type { FrameSelection, FrameSource, SourceInfo, SourceKind } from "../FrameSource.js";

/** A spec of the simulator that makes no sense. */
export class SimSpecError extends UserError {
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
    const { TabletopSim } = await import("../../sim/index.js");
    return new SimSource(spec, simKind.nameOf(spec), await TabletopSim.create(optionsOf(spec)));
  },
};

class SimSource implements FrameSource {
  readonly info: SourceInfo;
  readonly #sim: TabletopSim;
  readonly #cameras: readonly string[];
  readonly #options: SimOptions;

  constructor(path: string, name: string, sim: TabletopSim) {
    this.#sim = sim;
    this.#options = optionsOf(path);
    const { frames, truth } = sim.current();
    this.#cameras = frames.map(({ camera }) => camera);
    const startNs = truth.stampNs;
    const endNs = startNs + BigInt(Math.round(sim.durationS * 1e9));
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
    if (wanted.length === 0 && this.#cameras.length === 1) {
      return this.#cameras.map((camera) => topicsOf(camera));
    }
    const found = wanted.map(({ name, color }) => {
      const camera = this.#cameras.find((each) => color === each || color.startsWith(`/${each}/`));
      return camera === undefined ? undefined : topicsOf(camera, name);
    });
    const known = found.filter((topics) => topics !== undefined);
    if (known.length === wanted.length && known.length > 0) return known;
    const topics = this.#cameras.map((camera) => topicsOf(camera).color).join(", ");
    throw new CameraChoiceError(
      `${this.info.path} has the cameras ${topics}; name one of them in the task (cameras: … color: …)`,
    );
  }

  expectedFrames({ cameras }: FrameSelection): number {
    const { rateHz = 10 } = this.#options;
    return cameras.length * (Math.floor(this.#sim.durationS * rateHz) + 1);
  }

  async *frames(selection: FrameSelection, signal?: AbortSignal): AsyncGenerator<CameraFrame> {
    const { cameras, tfFrames = [], kinematics, rateHz, startNs, endNs } = selection;
    const names = new Map(cameras.map(({ name, color }) => [color.split("/")[1], name]));
    const rates = new Map(cameras.map(({ name }) => [name, new FrameRate(rateHz)]));
    /** By camera: since its previous frame, those that were left out between. */
    const samples = new Map<string, KinematicSample[]>();
    for (let step = await this.#sim.reset(); ; step = this.#sim.step()) {
      signal?.throwIfAborted();
      for (const frame of step.frames) {
        const camera = names.get(frame.camera);
        const isEarly = startNs !== undefined && frame.stampNs < startNs;
        const since = [...(samples.get(frame.camera) ?? []), ...(frame.kinematics ?? [])];
        samples.set(frame.camera, since);
        if (camera === undefined || isEarly || !rates.get(camera)?.keeps(frame.stampNs)) continue;
        if (endNs !== undefined && frame.stampNs > endNs) return;
        const poses = new Map([...(frame.poses ?? [])].filter(([name]) => tfFrames.includes(name)));
        samples.delete(frame.camera);
        const { kinematics: _, ...image } = frame;
        const told = kinematics && { kinematics: selected(since, kinematics, frame.frameId) };
        yield { ...image, camera, episode: this.info.name, poses, ...told };
      }
      if (step.done) return;
    }
  }

  async close(): Promise<void> {
    this.#sim.close();
  }

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
