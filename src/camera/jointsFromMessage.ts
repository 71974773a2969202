import * as z from "zod";
import { MessageError } from "./FrameError.js";
import {
  headerSchema,
  jointsFromRos,
  parseMessage,
  type StampedJoints,
} from "./messagesFromRos.js";

/** A message of a topic that tells how far a gripper is open, as a recording or a graph has it. */
export interface JointMessage {
  readonly topic: string;
  readonly type: string;
  /** When it was received: the stamp of messages that have none of their own. */
  readonly logNs: bigint;
  decode(): unknown;
}

type ReadJoints = (message: unknown, topic: string, logNs: bigint) => StampedJoints;

const numberSchema = z.object({ data: z.number() });
const commandSchema = z.object({ position: z.number() });
const pointSchema = z.object({
  positions: z.union([z.instanceof(Float64Array), z.array(z.union([z.number(), z.nan()]))]),
});
const controllerSchema = z.object({
  header: headerSchema,
  joint_names: z.array(z.string()),
  actual: pointSchema.optional(),
  feedback: pointSchema.optional(),
});

/** A number without a name has that of its topic. */
const alone = (topic: string, logNs: bigint, value: number): StampedJoints => ({
  stampNs: logNs,
  positions: new Map([[topic, value]]),
});

const READERS: Readonly<Record<string, ReadJoints>> = {
  "sensor_msgs/JointState": (message) => jointsFromRos(message),
  "std_msgs/Float64": (message, topic, logNs) =>
    alone(topic, logNs, parseMessage(numberSchema, "std_msgs/Float64", message).data),
  "std_msgs/Float32": (message, topic, logNs) =>
    alone(topic, logNs, parseMessage(numberSchema, "std_msgs/Float32", message).data),
  "control_msgs/GripperCommand": (message, topic, logNs) =>
    alone(
      topic,
      logNs,
      parseMessage(commandSchema, "control_msgs/GripperCommand", message).position,
    ),
  "control_msgs/JointTrajectoryControllerState": (message) => {
    const type = "control_msgs/JointTrajectoryControllerState";
    const { header, joint_names, actual, feedback } = parseMessage(controllerSchema, type, message);
    const { positions = [] } = feedback ?? actual ?? {};
    const told = joint_names.flatMap((joint, i) => {
      const value = positions[i];
      return value !== undefined && Number.isFinite(value) ? [[joint, value] as const] : [];
    });
    return { stampNs: header.stamp, positions: new Map(told) };
  },
};

/** The types that `jointsFromMessage` reads, `pkg/msg/Type`; the first is the usual one. */
export const JOINT_TYPES: readonly string[] = Object.keys(READERS).map((type) =>
  type.replace("/", "/msg/"),
);

/**
 * Positions of joints that a message tells, m or rad: sensor_msgs/JointState,
 * control_msgs/JointTrajectoryControllerState; and the opening alone, named as its topic:
 * control_msgs/GripperCommand, std_msgs/Float64 and Float32.
 *
 * @throws MessageError where it is of another type, or not readable
 */
export function jointsFromMessage(message: JointMessage): StampedJoints {
  const { topic, type, logNs } = message;
  const read = READERS[type.replace("/msg/", "/")];
  if (!read) throw new MessageError(`${type} tells no joints; ${JOINT_TYPES.join(", ")} do`);
  return read(message.decode(), topic, logNs);
}
