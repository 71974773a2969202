import { BOX_TYPES, boxDetections, type Detected } from "./boxDetections.js";
import type { TopicInfo } from "./CameraTopics.js";
import { maskDetections } from "./maskDetections.js";

/** Types of messages that `detectionsFromRos` reads, by name; others by what they hold. */
export const DETECTION_TYPES: readonly [string, ...string[]] = [
  ...BOX_TYPES,
  "detectron2_ros/msg/Result",
  "mask_rcnn_ros/msg/Result",
  "moveit_studio_vision_msgs/msg/Mask2DArray",
  "ultralytics_ros/msg/YoloResult",
];

/** Whether a topic tells where objects are in an image: by its type, or by its definition. */
export function isDetections({ type, content }: TopicInfo): boolean {
  return DETECTION_TYPES.includes(type) || content?.masks?.isReadable === true;
}

/**
 * What a detector found: boxes of vision_msgs and yolo_msgs, or a mask for each object, in whatever
 * message.
 *
 * @param type `pkg/msg/Type`
 * @throws MessageError, and what `maskDetections` throws
 */
export function detectionsFromRos(message: unknown, type: string): Detected {
  return BOX_TYPES.includes(type) ? boxDetections(message) : maskDetections(message, type);
}
