import * as z from "zod";
import type { Detection } from "./CameraFrame.js";
import { headerSchema, parseMessage } from "./messagesFromRos.js";

/** What a detector found in an image. */
export interface Detected {
  readonly detections: readonly Detection[];
  readonly stampNs: bigint;
}

const number = z.number();
export const classIdSchema = z.union([
  z.string(),
  z.number().transform(String),
  z.bigint().transform(String),
]);

/**
 * vision_msgs ≥ 3 nests id and score in `hypothesis`; before, they lay beside the pose. MoveIt's
 * ClassHypothesis is what is nested.
 */
export const hypothesisSchema = z.union([
  z
    .object({ hypothesis: z.object({ class_id: classIdSchema, score: number }) })
    .transform(({ hypothesis }) => ({ classId: hypothesis.class_id, score: hypothesis.score })),
  z
    .object({ id: classIdSchema, score: number })
    .transform(({ id, score }) => ({ classId: id, score })),
  z
    .object({ class_id: classIdSchema, score: number })
    .transform(({ class_id, score }) => ({ classId: class_id, score })),
]);

/** vision_msgs ≥ 4 has its own Pose2D with a `position`; before, it was geometry_msgs/Pose2D. */
const centerSchema = z.union([
  z.object({ position: z.object({ x: number, y: number }) }).transform(({ position }) => position),
  z.object({ x: number, y: number }),
]);

/** A vision_msgs/Detection2D as a Detection for each hypothesis. */
export const detection2dSchema = z
  .object({
    bbox: z.object({ center: centerSchema, size_x: number, size_y: number }),
    results: z.array(hypothesisSchema),
  })
  .transform(({ bbox, results }): Detection[] =>
    results.map((hypothesis) => ({
      ...hypothesis,
      centerX: bbox.center.x,
      centerY: bbox.center.y,
      sizeX: bbox.size_x,
      sizeY: bbox.size_y,
    })),
  );

const detectionsSchema = z.object({ header: headerSchema, detections: z.array(detection2dSchema) });

/** More corners than that are no outline of an object. */
const MOST_CORNERS = 10_000;

/** yolo_ros' DetectionArray, as far as it tells boxes, masks and classes. */
const yoloSchema = z.object({
  header: headerSchema,
  detections: z.array(
    z.object({
      class_name: z.string(),
      score: number,
      bbox: z.object({ center: centerSchema, size: z.object({ x: number, y: number }) }),
      mask: z
        .object({ data: z.array(z.object({ x: number, y: number })).max(MOST_CORNERS) })
        .optional(),
    }),
  ),
});

/** Types of messages that `boxDetections` reads. */
export const BOX_TYPES: readonly [string, ...string[]] = [
  "vision_msgs/msg/Detection2DArray",
  "yolo_msgs/msg/DetectionArray",
  // The package's name of before 2025.
  "yolov8_msgs/msg/DetectionArray",
];

/**
 * A vision_msgs/Detection2DArray of any version: one Detection for each hypothesis of each box; or
 * a yolo_msgs/DetectionArray: one for each box, its class by name, with its mask's outline.
 *
 * @throws MessageError
 */
export function boxDetections(message: unknown): Detected {
  const yolo = yoloSchema.safeParse(message);
  // An empty list could be of either.
  if (yolo.success) {
    return {
      stampNs: yolo.data.header.stamp,
      detections: yolo.data.detections.map(({ class_name, score, bbox, mask }) => ({
        ...{ classId: class_name, score },
        ...{ centerX: bbox.center.x, centerY: bbox.center.y },
        ...{ sizeX: bbox.size.x, sizeY: bbox.size.y },
        // Fewer corners enclose nothing: a detector without masks.
        ...(mask && mask.data.length > 2 && { outline: mask.data.flatMap(({ x, y }) => [x, y]) }),
      })),
    };
  }
  const type = "vision_msgs/Detection2DArray";
  const { header, detections } = parseMessage(detectionsSchema, type, message);
  return { stampNs: header.stamp, detections: detections.flat() };
}
