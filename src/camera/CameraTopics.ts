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
  /** Metres of one unit of the depth images, where it is not that of their encoding. */
  readonly depthUnitM?: number;
  /** How images and parts are paired, where the task says so. */
  readonly pairing?: Pairing;
}

/** Which stamps belong together, s. */
export interface Pairing {
  /** Parts further than this from the image do not belong to it. */
  readonly toleranceS?: number;
  /** What the stamps of depth, labels and detections are later than those of images of that time. */
  readonly offsetS?: number;
}

/** A topic of a recording or of a live graph, with the fields that are needed to find cameras. */
export interface TopicInfo {
  readonly name: string;
  /** `sensor_msgs/msg/Image` */
  readonly type: string;
  /** Topics without messages are not considered. */
  readonly messageCount: number;
  /** What its first message says; absent where that is not known (yet, on a live graph). */
  readonly content?: TopicContent;
}

/** What the first message of a topic of images, or of camera_info, says of all of them. */
export interface TopicContent {
  /** The optical frame of its header; empty where it names none. */
  readonly frameId: string;
  /**
   * `16UC1`, `rgb8; jpeg compressed bgr8`, or what the head of a picture shows: `mono8; png`. Absent
   * where messages have none.
   */
  readonly encoding?: string;
  /** Of messages that hold a mask for each object, by their definition. */
  readonly masks?: MaskLayout;
}

/** Whether masks in messages can be read, and if not, why. */
export type MaskLayout =
  | { readonly isReadable: true }
  | { readonly isReadable: false; readonly why: string };

export const IMAGE = "sensor_msgs/msg/Image";
export const COMPRESSED_IMAGE = "sensor_msgs/msg/CompressedImage";
export const CAMERA_INFO = "sensor_msgs/msg/CameraInfo";

const TRANSPORT = /\/(compressed|compressedDepth|zstd|ffmpeg|foxglove|theora)$/;

export function isImage({ type }: TopicInfo): boolean {
  return type === IMAGE || type === COMPRESSED_IMAGE || VIDEO_TYPES.includes(type);
}

/** Whether an image is of disparities, by its name: nothing in the message tells. */
export function isDisparity(topic: string): boolean {
  return /disparity/i.test(topic);
}

/** The topic that image_transport derived this one from: without `/compressed`. */
export function baseTopic(topic: string): string {
  return topic.replace(TRANSPORT, "");
}

/** Names that the variants of one camera's image have (image_proc, drivers). */
const VARIANT = /^image(_(raw|mono|color|gray|rect))*$/;
/** Folders of variants: ZED's `rgb/color/rect`, `rgb_raw`, DepthAI's `rgb/preview`. */
const VARIANT_FOLDER = /((\/(color|gray))?\/(raw|rect)|\/preview|_raw)$/;

/** What all variants and transports of one camera's image share. */
export function imageFamily(topic: string): string {
  const base = baseTopic(topic);
  const isVariant = VARIANT.test(base.slice(parentOf(base).length + 1));
  return isVariant ? `${imageFolder(topic)}/image` : base;
}

/** The folder of an image and all its variants: `/zed/left` for `/zed/left/color/rect/image`. */
export function imageFolder(topic: string): string {
  return parentOf(baseTopic(topic)).replace(VARIANT_FOLDER, "");
}

/** The namespace under which a camera's other topics lie: `/cam` for `/cam/color/image_raw`. */
export function cameraNamespace(colorTopic: string): string {
  const folder = imageFolder(colorTopic);
  const last = lastPart(folder);
  const isColorFolder = !isDevice(last) && /colou?r|rgb|bgr/.test(last);
  return isColorFolder ? parentOf(folder) : folder;
}

/** Whether a part of a name names a device, not what it shows: `depth_camera`, `rgb_cam1`. */
export function isDevice(part: string): boolean {
  return /camera|cam\d*$/.test(part);
}

/** Whether the images are rectified, by their name: then CameraInfo's P counts, not K. */
export function isRectified(topic: string): boolean {
  return /image_rect|\/rect\//.test(baseTopic(topic));
}

export function lastPart(topic: string): string {
  return topic.slice(topic.lastIndexOf("/") + 1);
}

export function parentOf(topic: string): string {
  return topic.slice(0, Math.max(0, topic.lastIndexOf("/")));
}

export function isUnder(namespace: string, topic: string): boolean {
  return topic.startsWith(`${namespace}/`);
}
