import { type CameraFrame, encodeJpeg, type RawImage } from "../../camera/index.js";
import { labelNamesOf, opticalFrameOf } from "../frames.js";
import type { SimTruth } from "../SimTruth.js";
import type { TabletopLayout } from "../scene/TabletopLayout.js";
import type { MessageWriter } from "./EpisodeWriter.js";
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
import type { EpisodeMoment } from "./simulateEpisode.js";

const JPEG_QUALITY = 90;

/** Declares the topics and turns moments and frames into messages, for a bag or for a live node. */
export class EpisodeRecorder {
  readonly #writer: MessageWriter;
  readonly #layout: TabletopLayout;
  readonly #cameras: number;
  readonly #color: "jpeg" | "raw";

  constructor(
    writer: MessageWriter,
    layout: TabletopLayout,
    cameras: number,
    color: "jpeg" | "raw",
  ) {
    this.#writer = writer;
    this.#layout = layout;
    this.#cameras = cameras;
    this.#color = color;
  }

  /** Topics, and what is published once, at the moment at which the episode begins. */
  async begin({ stampNs, poses }: SimTruth): Promise<void> {
    const writer = this.#writer;
    const layout = this.#layout;
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

  async writeState({ truth, joints }: Pick<EpisodeMoment, "truth" | "joints">): Promise<void> {
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
