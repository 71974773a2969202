import { z } from "zod";
import type { Detection } from "./CameraFrame.js";
import { headerSchema, parseMessage } from "./rosMessage.js";

const number = z.number();
const classId = z.union([z.string(), z.number().transform(String), z.bigint().transform(String)]);

/** vision_msgs ≥ 3 nests id and score in `hypothesis`; before, they lay beside the pose. */
const hypothesisSchema = z.union([
  z
    .object({ hypothesis: z.object({ class_id: classId, score: number }) })
    .transform(({ hypothesis }) => ({ classId: hypothesis.class_id, score: hypothesis.score })),
  z.object({ id: classId, score: number }).transform(({ id, score }) => ({ classId: id, score })),
]);

/** vision_msgs ≥ 4 has its own Pose2D with a `position`; before, it was geometry_msgs/Pose2D. */
const centerSchema = z.union([
  z.object({ position: z.object({ x: number, y: number }) }).transform(({ position }) => position),
  z.object({ x: number, y: number }),
]);

const detectionsSchema = z.object({
  header: headerSchema,
  detections: z.array(
    z.object({
      bbox: z.object({ center: centerSchema, size_x: number, size_y: number }),
      results: z.array(hypothesisSchema),
    }),
  ),
});

/**
 * A vision_msgs/Detection2DArray of any version: one Detection for each hypothesis of each box.
 *
 * @throws MessageError
 */
export function detectionsFromRos(message: unknown): {
  readonly detections: readonly Detection[];
  readonly stampNs: bigint;
} {
  const type = "vision_msgs/Detection2DArray";
  const { header, detections } = parseMessage(detectionsSchema, type, message);
  return {
    stampNs: header.stamp,
    detections: detections.flatMap(({ bbox, results }) =>
      results.map((hypothesis) => ({
        ...hypothesis,
        centerX: bbox.center.x,
        centerY: bbox.center.y,
        sizeX: bbox.size_x,
        sizeY: bbox.size_y,
      })),
    ),
  };
}
