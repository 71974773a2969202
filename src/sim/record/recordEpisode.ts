import { availableParallelism } from "node:os";
import { type CameraFrame, encodeJpeg, type RawImage } from "../../camera/index.js";
import { addDepthNoise } from "../addDepthNoise.js";
import { frameOf, labelNamesOf, opticalFrameOf } from "../frames.js";
import type { Outcome } from "../Outcome.js";
import { renderInOrder } from "../render/renderInOrder.js";
import { type SimOptions, settingsOf } from "../SimOptions.js";
import type { EpisodeWriter } from "./EpisodeWriter.js";
import {
  cameraInfoOf,
  depthInMm,
  headerOf,
  imageOf,
  jointStateOf,
  labelInfoOf,
  timeOf,
  transformOf,
} from "./rosMessages.js";
import { type EpisodeMoment, type SimulatedEpisode, simulateEpisode } from "./simulateEpisode.js";

export interface RecordOptions extends SimOptions {
  /** `jpeg`: `…/image_raw/compressed`, a tenth of the size; `raw`: `…/image_raw`. Default `jpeg`. */
  readonly color?: "jpeg" | "raw";
  /** Threads that draw; 0 draws on this one. The result is the same. Default: one a core. */
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

const JPEG_QUALITY = 90;
/** More threads than this wait for the writer. */
const MAX_WORKERS = 8;

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
  const { seed, outcome, cameras, width, height, rateHz, depthNoiseMm } = settings;
  const episode = await simulateEpisode(seed, outcome, rateHz);
  signal?.throwIfAborted();
  const recorder = new EpisodeRecorder(writer, episode, cameras, color);
  await recorder.begin();

  const configurations = episode.moments.flatMap((moment) => moment.configuration ?? []);
  const setup = { layout: episode.layout, cameras, width, height };
  const threads = Math.min(workers ?? availableParallelism(), MAX_WORKERS, configurations.length);
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
      for (const [i, view] of value.entries()) {
        const camera = episode.layout.cameras[i]!;
        addDepthNoise(view.depthM, depthNoiseMm, seed, `depth ${camera.name} ${images}`);
        await recorder.writeFrame(
          frameOf(view, settings, camera, moment.truth, {
            episode: episode.name,
            labelNames: labelNamesOf(episode.layout),
          }),
        );
      }
      images++;
      onProgress?.(images, configurations.length);
    }
  } finally {
    await views.return(undefined);
  }
  const durationNs = episode.moments.at(-1)!.truth.stampNs - episode.moments[0]!.truth.stampNs;
  const result: RecordedEpisode = {
    name: episode.name,
    seed,
    asked: outcome,
    verdict: episode.verdict,
    images,
    durationS: Number(durationNs) / 1e9,
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

/** Declares the topics and turns moments and frames into messages. */
class EpisodeRecorder {
  readonly #writer: EpisodeWriter;
  readonly #episode: SimulatedEpisode;
  readonly #cameras: number;
  readonly #color: "jpeg" | "raw";

  constructor(
    writer: EpisodeWriter,
    episode: SimulatedEpisode,
    cameras: number,
    color: "jpeg" | "raw",
  ) {
    this.#writer = writer;
    this.#episode = episode;
    this.#cameras = cameras;
    this.#color = color;
  }

  /** Topics, and what is published once. */
  async begin(): Promise<void> {
    const writer = this.#writer;
    const { layout, moments } = this.#episode;
    const { stampNs, poses } = moments[0]!.truth;
    const cameras = layout.cameras.slice(0, this.#cameras);
    await writer.addTopic({ name: "/clock", type: "rosgraph_msgs/msg/Clock", qos: "sensor" });
    await writer.addTopic({ name: "/tf", type: "tf2_msgs/msg/TFMessage" });
    await writer.addTopic({ name: "/tf_static", type: "tf2_msgs/msg/TFMessage", qos: "latched" });
    await writer.addTopic({ name: "/joint_states", type: "sensor_msgs/msg/JointState" });
    for (const { name } of cameras) {
      const image = "sensor_msgs/msg/Image";
      const colorType = this.#color === "jpeg" ? "sensor_msgs/msg/CompressedImage" : image;
      await writer.addTopic({ name: this.#colorTopic(name), type: colorType, qos: "sensor" });
      const info = `/${name}/color/camera_info`;
      await writer.addTopic({ name: info, type: "sensor_msgs/msg/CameraInfo", qos: "sensor" });
      const depth = `/${name}/depth/image_rect_raw`;
      await writer.addTopic({ name: depth, type: image, qos: "sensor" });
      await writer.addTopic({ name: `/${name}/labels`, type: image, qos: "sensor" });
      const labelInfo = `/${name}/labels/label_info`;
      const labelType = "vision_msgs/msg/LabelInfo";
      await writer.addTopic({ name: labelInfo, type: labelType, qos: "latched" });
      const names = labelInfoOf(stampNs, opticalFrameOf(name), labelNamesOf(layout));
      await writer.write(labelInfo, stampNs, names);
    }
    const transforms = [
      transformOf(stampNs, "table", poses.get("table")!),
      ...cameras.map(({ name, pose }) => transformOf(stampNs, opticalFrameOf(name), pose)),
    ];
    await writer.write("/tf_static", stampNs, { transforms });
  }

  async writeState({ truth, joints }: EpisodeMoment): Promise<void> {
    const { stampNs } = truth;
    const transforms = [...truth.poses]
      .filter(([name]) => name !== "table")
      .map(([name, pose]) => transformOf(stampNs, name, pose));
    await this.#writer.write("/clock", stampNs, { clock: timeOf(stampNs) });
    await this.#writer.write("/tf", stampNs, { transforms });
    await this.#writer.write("/joint_states", stampNs, jointStateOf(stampNs, joints));
  }

  async writeFrame(frame: CameraFrame): Promise<void> {
    const writer = this.#writer;
    const { camera, stampNs, frameId, info } = frame;
    const [image, depth, labels] = [frame.image, frame.depth, frame.labels] as RawImage[];
    const infoTopic = `/${camera}/color/camera_info`;
    await writer.write(infoTopic, stampNs, cameraInfoOf(stampNs, frameId, info!));
    const colorTopic = this.#colorTopic(camera);
    if (this.#color === "raw") {
      await writer.write(colorTopic, stampNs, imageOf(stampNs, frameId, image!));
    } else {
      const data = await encodeJpeg(image!, { quality: JPEG_QUALITY });
      const header = headerOf(stampNs, frameId);
      await writer.write(colorTopic, stampNs, {
        header,
        format: "rgb8; jpeg compressed bgr8",
        data,
      });
    }
    const depthMm = imageOf(stampNs, frameId, depthInMm(depth!));
    await writer.write(`/${camera}/depth/image_rect_raw`, stampNs, depthMm);
    await writer.write(`/${camera}/labels`, stampNs, imageOf(stampNs, frameId, labels!));
  }

  #colorTopic(camera: string): string {
    const topic = `/${camera}/color/image_raw`;
    return this.#color === "jpeg" ? `${topic}/compressed` : topic;
  }
}
