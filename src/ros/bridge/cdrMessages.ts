import { CdrReader, COMPRESSED_IMAGE, IMAGE, VIDEO_TYPES } from "../../camera/index.js";
import { cdrReader } from "../../sources/cdr.js";

/** Reads a message of a type whose definition is the same in every ROS 2, from its CDR. */
export type DecodeCdr = (cdr: Uint8Array) => unknown;

const CAMERA_INFO = "sensor_msgs/msg/CameraInfo";

/**
 * How a type's CDR is read; undefined for a type whose definition differs between distributions
 * (vision_msgs), which only the middleware knows. Byte arrays are views of the CDR.
 */
export function decoderOf(type: string): DecodeCdr | undefined {
  if (type === IMAGE) return image;
  if (type === COMPRESSED_IMAGE) return compressedImage;
  return type === CAMERA_INFO || VIDEO_TYPES.includes(type) ? cdrReader(type) : undefined;
}

/** The stamp of a message that begins with a header or a time, ns; undefined if it is cut off. */
export function stampOfCdr(cdr: Uint8Array): bigint | undefined {
  return cdr.length < 12 ? undefined : new CdrReader(cdr).time();
}

function image(cdr: Uint8Array) {
  const reader = new CdrReader(cdr);
  return {
    header: headerOf(reader),
    height: reader.uint32(),
    width: reader.uint32(),
    encoding: reader.text(),
    is_bigendian: reader.uint8(),
    step: reader.uint32(),
    data: reader.bytes(),
  };
}

function compressedImage(cdr: Uint8Array) {
  const reader = new CdrReader(cdr);
  return { header: headerOf(reader), format: reader.text(), data: reader.bytes() };
}

function headerOf(reader: CdrReader) {
  const stamp = { sec: reader.int32(), nanosec: reader.uint32() };
  return { stamp, frame_id: reader.text() };
}
