import * as z from "zod";
import { FrameError, MessageError } from "./FrameError.js";
import {
  bytesSchema,
  compressedImageFromRos,
  headerSchema,
  parseMessage,
  time,
} from "./messagesFromRos.js";

const FFMPEG_PACKET = "ffmpeg_image_transport_msgs/msg/FFMPEGPacket";
const COMPRESSED_VIDEO = "foxglove_msgs/msg/CompressedVideo";

/** Types whose messages are always packets of a video. */
export const VIDEO_TYPES: readonly string[] = [FFMPEG_PACKET, COMPRESSED_VIDEO];

/** The packet of a video that a message brings: one picture of it. */
export interface VideoMessage {
  readonly codec: "h264" | "h265" | "av1";
  /** H.264 and H.265 with start codes, AV1 as a temporal unit. */
  readonly data: Uint8Array;
  readonly stampNs: bigint;
  readonly frameId: string;
}

/** A packet of a video for which there is no picture. */
export class LostPictureError extends FrameError {
  override readonly code = "frame.lost";

  constructor(
    message: string,
    readonly stampNs: bigint,
    readonly frameId: string,
  ) {
    super(message);
  }
}

const packetSchema = z.object({ header: headerSchema, encoding: z.string(), data: bytesSchema });
const videoSchema = z.object({
  timestamp: time,
  frame_id: z.string(),
  format: z.string(),
  data: bytesSchema,
});

/** Encoders' names stand for what they make: `libx264`, `hevc_nvenc`. */
const CODECS: readonly (readonly [VideoMessage["codec"], RegExp])[] = [
  ["h264", /264|avc/i],
  ["h265", /265|hevc/i],
  ["av1", /av1/i],
];
/** A still picture whose format names a codec: `h264`, `hevc; bgr8`. */
const VIDEO_FORMAT = /^\s*(h\.?26[45]|avc|hevc|av1)\b/i;

/** Read alone: still pictures are most, and are looked at by whoever shows them. */
function formatOf(message: unknown): string | undefined {
  const isObject = typeof message === "object" && message !== null && "format" in message;
  return isObject && typeof message.format === "string" ? message.format : undefined;
}

/** Whether the format of a sensor_msgs/CompressedImage says that it is a packet of a video. */
function isVideoFormat(format: string): boolean {
  return VIDEO_FORMAT.test(format);
}

/**
 * A ffmpeg_image_transport_msgs/FFMPEGPacket or a foxglove_msgs/CompressedVideo. `data` stays a
 * view of the message's memory.
 *
 * @throws MessageError also for a codec that is not known, or depth as a video
 */
function videoFromRos(type: string, message: unknown): VideoMessage {
  if (type === FFMPEG_PACKET) {
    const { header, encoding, data } = parseMessage(packetSchema, type, message);
    // codec;pixel format of the encoder;of cv_bridge;of the image
    const [name = "", ...formats] = encoding.split(";");
    if (formats.some((format) => /^(16UC1|32FC1|mono16)$/.test(format.trim()))) {
      throw new MessageError(`${encoding} is depth, and video is read as colour only`);
    }
    return { codec: codecOf(name), data, stampNs: header.stamp, frameId: header.frame_id };
  }
  const video = parseMessage(videoSchema, COMPRESSED_VIDEO, message);
  const { timestamp: stampNs, frame_id: frameId, format, data } = video;
  return { codec: codecOf(format), data, stampNs, frameId };
}

/**
 * The packet of a video in a message of images; undefined for a still picture.
 *
 * @throws MessageError as `videoFromRos`
 */
export function videoOf(type: string, message: unknown): VideoMessage | undefined {
  if (VIDEO_TYPES.includes(type)) return videoFromRos(type, message);
  const format = formatOf(message);
  if (format !== undefined && !isVideoFormat(format)) return undefined;
  const { image, stampNs, frameId } = compressedImageFromRos(message);
  return { codec: codecOf(image.format), data: image.data, stampNs, frameId };
}

/** The codec of a packet by the name that a message gives it. @throws MessageError */
function codecOf(name: string): VideoMessage["codec"] {
  const found = CODECS.find(([, names]) => names.test(name));
  if (found) return found[0];
  throw new MessageError(`the video codec "${name}" is not known; h264, h265 and av1 are`);
}
