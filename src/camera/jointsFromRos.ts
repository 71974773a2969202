import { z } from "zod";
import { headerSchema, parseMessage } from "./rosMessage.js";

const number = z.union([z.number(), z.nan()]);
const numbers = z.union([z.instanceof(Float64Array), z.array(number)]);
const messageSchema = z.object({
  header: headerSchema,
  name: z.array(z.string()),
  position: numbers,
});

/** Joint positions of one time, m or rad, by joint name. */
export interface StampedJoints {
  readonly stampNs: bigint;
  readonly positions: ReadonlyMap<string, number>;
}

/**
 * A sensor_msgs/JointState. Joints without a position, or with one that is not finite, are left out.
 *
 * @throws MessageError
 */
export function jointsFromRos(message: unknown): StampedJoints {
  const { header, name, position } = parseMessage(messageSchema, "sensor_msgs/JointState", message);
  const told = name.flatMap((joint, i) => {
    const value = position[i];
    return value !== undefined && Number.isFinite(value) ? [[joint, value] as const] : [];
  });
  return { stampNs: header.stamp, positions: new Map(told) };
}
