import { colorSharp, rawToRgb } from "./colorSharp.js";
import { type ColorSize, fits, resized } from "./colorSize.js";
import type { RgbImage, SourceImage } from "./SourceImage.js";
import { withFrameErrors } from "./withFrameErrors.js";

/**
 * Decodes any colour image to packed RGB. A raw `rgb8` image without row padding that needs no
 * resize is returned as a view of the message's memory, not copied.
 *
 * ```ts
 * const { data } = await decodeColor(frame.image, { width: 224, height: 224 });
 * ```
 * @throws UnknownEncodingError, ImageSizeError, ImageDataError (all FrameErrors)
 */
export async function decodeColor(image: SourceImage, size?: ColorSize): Promise<RgbImage> {
  if (image.kind === "raw" && (size === undefined || fits(image, size))) return rawToRgb(image);
  const pipeline = resized(colorSharp(image), size);
  const { data, info } = await withFrameErrors(image, () =>
    pipeline.raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true }),
  );
  return { width: info.width, height: info.height, data: plainBytes(data) };
}

/** A Buffer is a Uint8Array with surprises (`slice`, JSON): ours to hand out is the plain one. */
function plainBytes(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}
