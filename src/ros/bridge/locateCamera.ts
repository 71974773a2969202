import {
  baseTopic,
  type CameraTopics,
  COMPRESSED_IMAGE,
  DETECTION_TYPES,
  DISPARITY_IMAGE,
  type FramePart,
  IMAGE,
  LABEL_NAME_TYPES,
  siblingTopics,
  type TopicInfo,
  VIDEO_TYPES,
} from "../../camera/index.js";
import type { RosNode } from "../RosNode.js";
import type { WantedCamera } from "./wantedCameras.js";

/** The part of a camera that a topic carries. */
export type CameraPart = "color" | Exclude<FramePart, "poses"> | LatchedPart;

/** Parts that hold for all images of a camera. */
export type LatchedPart = "labelInfo" | "depthInfo" | "labelsInfo" | "depthToColor";

export interface PartTopic {
  readonly part: CameraPart;
  readonly topic: string;
  /** `sensor_msgs/msg/Image` */
  readonly type: string;
}

/** A camera's topics on the current graph. */
export interface LocatedCamera {
  readonly topics: CameraTopics;
  readonly parts: readonly PartTopic[];
}

type Graph = Pick<RosNode, "resolveTopic">;

const TYPES: Readonly<Record<CameraPart, readonly [string, ...string[]]>> = {
  color: [IMAGE, COMPRESSED_IMAGE, ...VIDEO_TYPES],
  depth: [IMAGE, COMPRESSED_IMAGE, DISPARITY_IMAGE],
  labels: [IMAGE, COMPRESSED_IMAGE],
  detections: DETECTION_TYPES,
  info: ["sensor_msgs/msg/CameraInfo"],
  labelInfo: LABEL_NAME_TYPES,
  depthInfo: ["sensor_msgs/msg/CameraInfo"],
  labelsInfo: ["sensor_msgs/msg/CameraInfo"],
  depthToColor: ["realsense2_camera_msgs/msg/Extrinsics"],
};

export function isLatched(part: CameraPart): part is LatchedPart {
  return (
    part === "labelInfo" || part === "depthInfo" || part === "labelsInfo" || part === "depthToColor"
  );
}

/** All that a topic of a camera may speak. */
export const CAMERA_TYPES: ReadonlySet<string> = new Set(Object.values(TYPES).flat());

/** `topic` as a text, to compare it. */
export function keyOf({ part, topic, type }: PartTopic): string {
  return `${part} ${topic} ${type}`;
}

/**
 * The topics of a camera. Colour is what was asked for, published or not; what is not named beside
 * it is found as in recordings.
 *
 * @param published at present, with what is known of their first messages
 * @param isOnly no other camera is asked for
 */
export function locateCamera(
  graph: Graph,
  published: readonly TopicInfo[],
  wanted: WantedCamera,
  transport: string,
  isOnly: boolean,
): LocatedCamera {
  const color = graph.resolveTopic(colorTopic(graph, wanted.color, transport, published));
  const { name = color, color: _, pairing, depthUnitM, ...others } = wanted;
  const resolved = Object.fromEntries(
    Object.entries(others).map(([part, topic]) => [part, graph.resolveTopic(topic)]),
  );
  const camera: CameraTopics = {
    ...resolved,
    name,
    color,
    ...(pairing && { pairing }),
    ...(depthUnitM !== undefined && { depthUnitM }),
  };
  const topics = siblingTopics(published, camera, isOnly);
  const parts = (Object.keys(TYPES) as CameraPart[]).flatMap((part): PartTopic[] => {
    const topic = topics[part];
    return topic === undefined ? [] : [{ part, topic, type: typeOf(part, topic, published) }];
  });
  return { topics, parts };
}

/** `/camera/color` → `/camera/color/image_raw/compressed` */
function colorTopic(
  graph: Graph,
  given: string,
  transport: string,
  published: readonly TopicInfo[],
): string {
  if (baseTopic(given) !== given) return given;
  const name = graph.resolveTopic(given);
  const isImage = published.some((topic) => baseTopic(topic.name) === name);
  const isNamedImage = /\/[^/]*image[^/]*$/.test(name);
  const base = isImage || isNamedImage ? given : `${given.replace(/\/$/, "")}/image_raw`;
  return transport === "compressed" ? `${base}/compressed` : base;
}

/** As it is published; else as its name says. */
function typeOf(part: CameraPart, topic: string, published: readonly TopicInfo[]): string {
  const types = TYPES[part];
  const known = published.find(({ name, type }) => name === topic && types.includes(type));
  if (known) return known.type;
  const isCompressed = types.includes(COMPRESSED_IMAGE) && baseTopic(topic) !== topic;
  return isCompressed ? COMPRESSED_IMAGE : types[0];
}
