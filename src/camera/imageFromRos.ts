import { z } from "zod";
import { bytesSchema, flagSchema, headerSchema, parseMessage } from "./rosMessage.js";
import type { CompressedImage, RawImage } from "./SourceImage.js";

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
