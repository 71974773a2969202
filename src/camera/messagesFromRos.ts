import * as z from "zod";
import { stampOf, type Vec3 } from "../base/index.js";
import { MessageError } from "./FrameError.js";
import {
  bareFrameId,
  normalizeQuaternion,
  type Pose,
  type Quaternion,
  type StampedTransform,
} from "./Pose.js";
import type { CompressedImage, RawImage } from "./SourceImage.js";

const integer = z.number().int();

/** builtin_interfaces/Time; ROS 1 and some libraries say `nsec`. */
export const time = z
  .object({ sec: integer, nanosec: integer.optional(), nsec: integer.optional() })
  .transform(({ sec, nanosec, nsec = 0 }) => stampOf({ sec, nanosec: nanosec ?? nsec }));

/** std_msgs/Header. */
export const headerSchema = z.object({ stamp: time, frame_id: z.string() });

const headed = z.object({ header: headerSchema });

/** The stamp of a message's header, ns; undefined if it has none. */
export function stampFromRos(message: unknown): bigint | undefined {
  return headed.safeParse(message).data?.header.stamp;
}

/** The frame of a message's header; undefined if it has none. */
export function frameIdFromRos(message: unknown): string | undefined {
  return headed.safeParse(message).data?.header.frame_id;
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

const extrinsicsSchema = z.object({ rotation: numbersSchema, translation: numbersSchema });

/**
 * A realsense2_camera_msgs/Extrinsics: where one camera's optical frame is in another's. Its
 * rotation matrix is written column by column (librealsense's rs2_extrinsics).
 *
 * @throws MessageError
 */
export function extrinsicsFromRos(message: unknown): Pose {
  const type = "realsense2_camera_msgs/Extrinsics";
  const { rotation, translation } = parseMessage(extrinsicsSchema, type, message);
  const [m00, m10, m20, m01, m11, m21, m02, m12, m22] = rotation;
  const [x, y, z] = translation;
  if (m22 === undefined || z === undefined) {
    throw new MessageError(`not a ${type} message: it needs 9 and 3 numbers`);
  }
  const rows = [m00, m01, m02, m10, m11, m12, m20, m21, m22].map((value) => value ?? 0);
  return { position: [x ?? 0, y ?? 0, z], rotation: quaternionOf(rows) };
}

/** Of a rotation matrix, row by row (Shepperd's method: divides by the largest component). */
function quaternionOf(m: readonly number[]): Quaternion {
  const [a = 1, b = 0, c = 0, d = 0, e = 1, f = 0, g = 0, h = 0, i = 1] = m;
  const squares = [1 + a - e - i, 1 - a + e - i, 1 - a - e + i, 1 + a + e + i];
  const largest = squares.indexOf(Math.max(...squares));
  const candidates: readonly Quaternion[] = [
    [squares[0] ?? 0, b + d, c + g, h - f],
    [b + d, squares[1] ?? 0, f + h, c - g],
    [c + g, f + h, squares[2] ?? 0, d - b],
    [h - f, c - g, d - b, squares[3] ?? 0],
  ];
  return normalizeQuaternion(candidates[largest] ?? [0, 0, 0, 1]) ?? [0, 0, 0, 1];
}

/** A message's content with its header. */
export interface Headed<T> {
  readonly image: T;
  readonly stampNs: bigint;
  readonly frameId: string;
}

const size = z.number().int().nonnegative();
const imageSchema = z.object({
  header: headerSchema,
  width: size,
  height: size,
  encoding: z.string(),
  is_bigendian: flagSchema,
  step: size,
  data: bytesSchema,
});

const compressedSchema = z.object({
  header: headerSchema,
  format: z.string(),
  data: bytesSchema,
});

/**
 * A sensor_msgs/Image. `data` stays a view of the message's memory: copy it where the sender
 * reuses that.
 *
 * @throws MessageError
 */
export function imageFromRos(message: unknown): Headed<RawImage> {
  const parsed = parseMessage(imageSchema, "sensor_msgs/Image", message);
  const { header, width, height, encoding, step, data } = parsed;
  const isBigEndian = parsed.is_bigendian;
  const image: RawImage = { kind: "raw", width, height, encoding, step, isBigEndian, data };
  return { image, stampNs: header.stamp, frameId: header.frame_id };
}

/**
 * A sensor_msgs/CompressedImage. `data` stays a view of the message's memory: copy it where the
 * sender reuses that.
 *
 * @throws MessageError
 */
export function compressedImageFromRos(message: unknown): Headed<CompressedImage> {
  const type = "sensor_msgs/CompressedImage";
  const { header, format, data } = parseMessage(compressedSchema, type, message);
  const image: CompressedImage = { kind: "compressed", format, data };
  return { image, stampNs: header.stamp, frameId: header.frame_id };
}

// CDR carries NaN and infinities; they are sorted out below, transform by transform.
const component = z.custom<number>((value) => typeof value === "number", "is not a number");
const vectorSchema = z.object({ x: component, y: component, z: component });
const transformsSchema = z.object({
  transforms: z.array(
    z.object({
      header: headerSchema,
      child_frame_id: z.string(),
      transform: z.object({
        translation: vectorSchema,
        rotation: z.object({ x: component, y: component, z: component, w: component }),
      }),
    }),
  ),
});

/**
 * A tf2_msgs/TFMessage. Transforms without a rotation (all-zero quaternion), with NaN, or from a
 * frame to itself are left out, as tf2 does; rotations are normalised.
 *
 * @param onBroken told the child frame of each that is left out for its numbers
 * @throws MessageError
 */
export function transformsFromRos(
  message: unknown,
  onBroken: (childFrame: string) => void = () => {},
): StampedTransform[] {
  const { transforms } = parseMessage(transformsSchema, "tf2_msgs/TFMessage", message);
  return transforms.flatMap(({ header, child_frame_id, transform }) => {
    const { translation: t, rotation: r } = transform;
    const pose = poseOf([t.x, t.y, t.z], [r.x, r.y, r.z, r.w]);
    if (pose === undefined) onBroken(bareFrameId(child_frame_id));
    return stampedTransform(header.frame_id, child_frame_id, header.stamp, pose) ?? [];
  });
}

/** Undefined for what tf2 leaves out: no pose, or a frame in itself. */
export function stampedTransform(
  parent: string,
  child: string,
  stampNs: bigint,
  pose: Pose | undefined,
): StampedTransform | undefined {
  const parentFrame = bareFrameId(parent);
  const childFrame = bareFrameId(child);
  if (pose === undefined || parentFrame === childFrame) return undefined;
  return { parentFrame, childFrame, stampNs, pose };
}

/** Undefined if the numbers are not a pose: a quaternion of zeros, NaN. */
export function poseOf(position: Vec3, quaternion: Quaternion): Pose | undefined {
  const rotation = normalizeQuaternion(quaternion);
  if (rotation === undefined || !position.every(Number.isFinite)) return undefined;
  return { position, rotation };
}

const jointStateSchema = z.object({
  header: headerSchema,
  name: z.array(z.string()),
  position: z.union([z.instanceof(Float64Array), z.array(z.union([z.number(), z.nan()]))]),
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
  const read = parseMessage(jointStateSchema, "sensor_msgs/JointState", message);
  const told = read.name.flatMap((joint, i) => {
    const value = read.position[i];
    return value !== undefined && Number.isFinite(value) ? [[joint, value] as const] : [];
  });
  return { stampNs: read.header.stamp, positions: new Map(told) };
}
