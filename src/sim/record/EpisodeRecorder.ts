import { rosTimeOf, valueAt } from "../../base/index.js";
import { type CameraInfo, encodeJpeg, type Pose, type RawImage } from "../../camera/index.js";
import { labelNamesOf, opticalFrameOf, type SimulatedFrame } from "../frames.js";
import type { TabletopLayout } from "../scene/TabletopLayout.js";
import type { EpisodeMoment } from "../TabletopEpisode.js";
import type { SimJoints, SimTruth } from "../TabletopWorld.js";

/** Where simulated messages go: a bag, or the topics of a live node. */
export interface MessageWriter {
  addTopic(topic: {
    readonly name: string;
    /** `pkg/msg/Type` */
    readonly type: string;
    readonly qos?: "sensor" | "reliable" | "latched";
  }): Promise<void>;
  write(topic: string, logNs: bigint, message: unknown): Promise<void>;
}

/** What a recording needs of a bag; `BagWriter` of bag/ is one. */
export interface EpisodeWriter extends MessageWriter {
  addMetadata(name: string, entries: ReadonlyMap<string, string>): Promise<void>;
}

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
      transformOf(stampNs, "table", valueAt(poses, "table")),
      ...cameras.map(({ name, pose }) => transformOf(stampNs, opticalFrameOf(name), pose)),
    ];
    await writer.write("/tf_static", stampNs, { transforms });
  }

  async writeState({ truth, joints }: Pick<EpisodeMoment, "truth" | "joints">): Promise<void> {
    const { stampNs } = truth;
    const transforms = [...truth.poses]
      .filter(([name]) => name !== "table")
      .map(([name, pose]) => transformOf(stampNs, name, pose));
    await this.#writer.write("/clock", stampNs, { clock: rosTimeOf(stampNs) });
    await this.#writer.write("/tf", stampNs, { transforms });
    await this.#writer.write("/joint_states", stampNs, jointStateOf(stampNs, joints));
  }

  async writeFrame(frame: SimulatedFrame): Promise<void> {
    const writer = this.#writer;
    const { camera, stampNs, frameId, info, image, depth, labels } = frame;
    const infoTopic = `/${camera}/color/camera_info`;
    await writer.write(infoTopic, stampNs, cameraInfoOf(stampNs, frameId, info));
    const colorTopic = this.#colorTopic(camera);
    if (this.#color === "raw") {
      await writer.write(colorTopic, stampNs, imageOf(stampNs, frameId, image));
    } else {
      const data = await encodeJpeg(image, { quality: JPEG_QUALITY });
      const header = headerOf(stampNs, frameId);
      await writer.write(colorTopic, stampNs, {
        header,
        format: "rgb8; jpeg compressed bgr8",
        data,
      });
    }
    const depthMm = imageOf(stampNs, frameId, depthInMm(depth));
    await writer.write(`/${camera}/depth/image_rect_raw`, stampNs, depthMm);
    await writer.write(`/${camera}/labels`, stampNs, imageOf(stampNs, frameId, labels));
  }

  #colorTopic(camera: string): string {
    const topic = `/${camera}/color/image_raw`;
    return this.#color === "jpeg" ? `${topic}/compressed` : topic;
  }
}

// Plain objects with the fields of ROS 2 messages; fields left out have their defaults.

function headerOf(stampNs: bigint, frameId: string) {
  return { stamp: rosTimeOf(stampNs), frame_id: frameId };
}

/** geometry_msgs/msg/TransformStamped of a frame in `world`. */
function transformOf(stampNs: bigint, childFrame: string, pose: Pose) {
  const [x, y, z] = pose.position;
  const [qx, qy, qz, qw] = pose.rotation;
  return {
    header: headerOf(stampNs, "world"),
    child_frame_id: childFrame,
    transform: { translation: { x, y, z }, rotation: { x: qx, y: qy, z: qz, w: qw } },
  };
}

/** sensor_msgs/msg/Image */
function imageOf(stampNs: bigint, frameId: string, image: RawImage) {
  const { width, height, encoding, step, data } = image;
  const header = headerOf(stampNs, frameId);
  return { header, width, height, encoding, step, is_bigendian: image.isBigEndian ? 1 : 0, data };
}

/** sensor_msgs/msg/CameraInfo */
function cameraInfoOf(stampNs: bigint, frameId: string, info: CameraInfo) {
  const { fx, fy, cx, cy } = info;
  return {
    header: headerOf(stampNs, frameId),
    width: info.width,
    height: info.height,
    distortion_model: info.distortion.model,
    d: [...info.distortion.coefficients],
    k: [fx, 0, cx, 0, fy, cy, 0, 0, 1],
    r: [1, 0, 0, 0, 1, 0, 0, 0, 1],
    p: [fx, 0, cx, 0, 0, fy, cy, 0, 0, 0, 1, 0],
  };
}

/** sensor_msgs/msg/JointState */
function jointStateOf(stampNs: bigint, joints: SimJoints) {
  return {
    header: headerOf(stampNs, ""),
    name: [...joints.names],
    position: [...joints.positions],
    velocity: [...joints.velocities],
  };
}

/** vision_msgs/msg/LabelInfo */
function labelInfoOf(stampNs: bigint, frameId: string, names: ReadonlyMap<number, string>) {
  const classMap = [...names].map(([id, name]) => ({ class_id: id, class_name: name }));
  return { header: headerOf(stampNs, frameId), class_map: classMap, threshold: 0 };
}

/** Depth in metres (32FC1, little-endian) as 16UC1 millimetres; 0 if there is none. */
function depthInMm(depth: RawImage): RawImage {
  const { width, height, data } = depth;
  const metres = new Float32Array(data.buffer, data.byteOffset, width * height);
  const millimetres = new Uint16Array(width * height);
  metres.forEach((value, i) => {
    const mm = Math.round(value * 1000);
    if (mm > 0 && mm <= 65535) millimetres[i] = mm;
  });
  return {
    ...depth,
    encoding: "16UC1",
    step: 2 * width,
    data: new Uint8Array(millimetres.buffer),
  };
}
