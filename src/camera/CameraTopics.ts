import { VIDEO_TYPES } from "./videoFromRos.js";

/**
 * The topics of one camera. Only colour is a must; in a source, the siblings that are not named
 * are looked for beside the colour topic.
 */
export interface CameraTopics {
  /** Its name in outputs; the colour topic where the task names no camera. */
  readonly name: string;
  /** sensor_msgs/Image or CompressedImage. */
  readonly color: string;
  readonly depth?: string;
  readonly labels?: string;
  readonly detections?: string;
  readonly info?: string;
  /** CameraInfo of the camera that took the depth images, where that is another one. */
  readonly depthInfo?: string;
  /** CameraInfo of the camera of the label images, where that is another one. */
  readonly labelsInfo?: string;
  /** realsense2_camera_msgs/Extrinsics from the depth camera to the colour camera. */
  readonly depthToColor?: string;
  /** vision_msgs/LabelInfo: names of the label ids. */
  readonly labelInfo?: string;
}

/** A topic of a recording or of a live graph, with the fields that are needed to find cameras. */
export interface TopicInfo {
  readonly name: string;
  /** `sensor_msgs/msg/Image` */
  readonly type: string;
  /** Topics without messages are not considered. */
  readonly messageCount: number;
}

/** What a topic of images shows, according to its name. */
export type ImageRole = "color" | "depth" | "labels" | "other";

export const IMAGE = "sensor_msgs/msg/Image";
export const COMPRESSED_IMAGE = "sensor_msgs/msg/CompressedImage";

const ROLE_WORDS: readonly (readonly [ImageRole, RegExp])[] = [
  // Before colour: a depth image registered to colour has both words in its name.
  ["depth", /depth|disparity|range_image/],
  ["labels", /label|segment|mask|semantic|instance/],
  ["other", /^infra|^ir$|_ir$|^ir_|thermal|confidence|normals?$|overlay|annotated|debug|heatmap/],
  ["color", /colou?r|rgb|bgr/],
];
const TRANSPORT = /\/(compressed|compressedDepth|zstd|ffmpeg|theora)$/;

export function isImage({ type }: TopicInfo): boolean {
  return type === IMAGE || type === COMPRESSED_IMAGE || VIDEO_TYPES.includes(type);
}

/** The topic that image_transport derived this one from: without `/compressed`. */
export function baseTopic(topic: string): string {
  return topic.replace(TRANSPORT, "");
}

/**
 * The role in a topic's name, taken from the last part that names one: `/cam/depth/image` is depth.
 * Names of devices do not count: `/depth_camera/rgb/image_raw` is colour.
 */
export function imageRole(topic: string): ImageRole {
  if (topic.endsWith("/compressedDepth")) return "depth";
  const parts = baseTopic(topic).toLowerCase().split("/");
  for (const [fromEnd, part] of parts.reverse().entries()) {
    if (fromEnd > 0 && /camera|cam\d*$/.test(part)) continue;
    const found = ROLE_WORDS.find(([, words]) => words.test(part));
    if (found) return found[0];
  }
  return "color";
}

/** Names that the variants of one camera's image have (image_proc). */
const VARIANT = /^image(_raw|_mono|_color|_rect|_rect_color|_rect_raw)?$/;

/** What all variants and transports of one camera's image share. */
export function imageFamily(topic: string): string {
  const base = baseTopic(topic);
  const folder = parentOf(base);
  return VARIANT.test(base.slice(folder.length + 1)) ? `${folder}/image` : base;
}

/** The namespace under which a camera's other topics lie: `/cam` for `/cam/color/image_raw`. */
export function cameraNamespace(colorTopic: string): string {
  const folder = parentOf(baseTopic(colorTopic));
  const last = folder.slice(folder.lastIndexOf("/") + 1);
  const isColorFolder = !/camera|cam\d*$/.test(last) && /colou?r|rgb|bgr/.test(last);
  return isColorFolder ? parentOf(folder) : folder;
}

export function parentOf(topic: string): string {
  return topic.slice(0, Math.max(0, topic.lastIndexOf("/")));
}

export function isUnder(namespace: string, topic: string): boolean {
  return topic.startsWith(`${namespace}/`);
}
