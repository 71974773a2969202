import { z } from "zod";
import { MessageError } from "./FrameError.js";

const integer = z.number().int();

/** builtin_interfaces/Time; ROS 1 and some libraries say `nsec`. */
const time = z
  .object({ sec: integer, nanosec: integer.optional(), nsec: integer.optional() })
  .transform(
    ({ sec, nanosec, nsec = 0 }) => BigInt(sec) * 1_000_000_000n + BigInt(nanosec ?? nsec),
  );

/** std_msgs/Header. */
export const headerSchema = z.object({ stamp: time, frame_id: z.string() });

const headed = z.object({ header: headerSchema });

/** The stamp of a message's header, ns; undefined where it has none. */
export function stampFromRos(message: unknown): bigint | undefined {
  return headed.safeParse(message).data?.header.stamp;
}

/**
 * uint8[]: typed arrays pass as they are, without a look at their elements; a plain array, as JSON
 * has it, is copied.
 */
export const bytesSchema = z.union([
  z.instanceof(Uint8Array),
  z.array(z.number()).transform((bytes) => Uint8Array.from(bytes)),
]);

/** float64[], as a typed or a plain array. */
export const numbersSchema = z.union([
  z.instanceof(Float64Array).transform((numbers) => [...numbers]),
  z.array(z.number()),
]);

/** bool, or the uint8 that some types use for it. */
export const flagSchema = z.union([z.boolean(), integer.transform((flag) => flag !== 0)]);

/**
 * Checks what came as a message of the type.
 *
 * @throws MessageError that names the type and the first field that is wrong
 */
export function parseMessage<T>(schema: z.ZodType<T>, type: string, message: unknown): T {
  const result = schema.safeParse(message);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field =
    issue === undefined || issue.path.length === 0 ? "" : ` field ${issue.path.join(".")}`;
  throw new MessageError(`not a ${type} message:${field} ${issue?.message ?? ""}`);
}
