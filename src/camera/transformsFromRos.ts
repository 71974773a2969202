import { z } from "zod";
import type { Vec3 } from "../base/index.js";
import type { Pose, Quaternion } from "./Pose.js";
import { normalizeQuaternion } from "./poseMath.js";
import { headerSchema, parseMessage } from "./rosMessage.js";
import { bareFrameId, type StampedTransform } from "./StampedTransform.js";

// JSON and CDR carry NaN; it is sorted out below, transform by transform.
const number = z.union([z.number(), z.nan()]);
const vectorSchema = z.object({ x: number, y: number, z: number });
const messageSchema = z.object({
  transforms: z.array(
    z.object({
      header: headerSchema,
      child_frame_id: z.string(),
      transform: z.object({
        translation: vectorSchema,
        rotation: z.object({ x: number, y: number, z: number, w: number }),
      }),
    }),
  ),
});
type TransformMessage = z.infer<typeof messageSchema>["transforms"][number];

/**
 * A tf2_msgs/TFMessage. Transforms without a rotation (all-zero quaternion), with NaN, or from a
 * frame to itself are left out, as tf2 does; rotations are normalised.
 *
 * @throws MessageError
 */
export function transformsFromRos(message: unknown): StampedTransform[] {
  const { transforms } = parseMessage(messageSchema, "tf2_msgs/TFMessage", message);
  return transforms.flatMap((transform) => {
    const pose = poseOf(transform.transform);
    const parentFrame = bareFrameId(transform.header.frame_id);
    const childFrame = bareFrameId(transform.child_frame_id);
    if (pose === undefined || parentFrame === childFrame) return [];
    return [{ parentFrame, childFrame, stampNs: transform.header.stamp, pose }];
  });
}

function poseOf({ translation: t, rotation: r }: TransformMessage["transform"]): Pose | undefined {
  const rotation: Quaternion | undefined = normalizeQuaternion([r.x, r.y, r.z, r.w]);
  const position: Vec3 = [t.x, t.y, t.z];
  if (rotation === undefined || !position.every(Number.isFinite)) return undefined;
  return { position, rotation };
}
