import sharp from "sharp";
import type { Annotation } from "../../annotate/index.js";
import { decodeColor } from "../../camera/index.js";
import { overlayOf, overlayShapes } from "../../overlay/index.js";
import { rosTime } from "./rosTime.js";

const JPEG_QUALITY = 80;

/**
 * The image with what was measured in it, as sensor_msgs/msg/CompressedImage with the image's own
 * header.
 *
 * @param colourOf index of an object's colour
 * @throws FrameError where the image does not decode
 */
export async function annotatedImageMessage(
  { frame, facts }: Annotation,
  colourOf: (object: string) => number,
) {
  const { width, height, data } = await decodeColor(frame.image);
  const shapes = overlayShapes(overlayOf(facts, { width, height }), colourOf);
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
    `viewBox="0 0 ${width} ${height}" font-family="DejaVu Sans, Helvetica, Arial, sans-serif">${shapes}</svg>`;
  const jpeg = await sharp(data, { raw: { width, height, channels: 3 } })
    .composite([{ input: Buffer.from(svg) }])
    .jpeg({ quality: JPEG_QUALITY })
    .toBuffer();
  return {
    header: { stamp: rosTime(frame.stampNs), frame_id: frame.frameId },
    format: "jpeg",
    data: new Uint8Array(jpeg),
  };
}
