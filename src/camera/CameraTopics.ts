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
  /** vision_msgs/LabelInfo: names of the label ids. */
  readonly labelInfo?: string;
}
