import type { Sharp } from "sharp";
import { sharp } from "../base/index.js";
import { COLOR_ENCODINGS } from "./colorEncodings.js";
import { ImageDataError, UnknownEncodingError, withFrameErrors } from "./FrameError.js";
import { checkRawSize } from "./rawImage.js";
import {
  type CompressedImage,
  firstBytes,
  isCompressedDepth,
  pictureFormat,
  type RawImage,
  type RgbImage,
  type SourceImage,
} from "./SourceImage.js";

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

/**
 * Any colour image as a sharp pipeline of 8-bit RGB, upright: to resize, to lay an overlay over,
 * to write in any format. Sharp reports damaged data only when the pipeline runs.
 *
 * @throws UnknownEncodingError, ImageSizeError, ImageDataError
 */
export function colorSharp(image: SourceImage): Sharp {
  return image.kind === "raw" ? rgbSharp(rawToRgb(image)) : pictureSharp(image);
}

/**
 * A raw image as packed RGB; its own memory where it is that already.
 *
 * @throws UnknownEncodingError, ImageSizeError
 */
function rawToRgb(image: RawImage): RgbImage {
  const encoding = COLOR_ENCODINGS.get(image.encoding);
  if (encoding === undefined) {
    throw new UnknownEncodingError(image.encoding, "colour", [...COLOR_ENCODINGS.keys()]);
  }
  checkRawSize(image, encoding);
  return { width: image.width, height: image.height, data: encoding.toRgb(image) };
}

function rgbSharp({ width, height, data }: RgbImage): Sharp {
  return sharp(data, { raw: { width, height, channels: 3 } });
}

function pictureSharp({ format, data }: CompressedImage): Sharp {
  if (isCompressedDepth(format)) {
    throw new ImageDataError(`"${format}" is a depth image, not a colour image`);
  }
  if (pictureFormat(data) === undefined) {
    const what = firstBytes(data);
    throw new ImageDataError(`"${format}" image is neither JPEG, PNG nor WebP: ${what}`);
  }
  // Cameras write harmless oddities into JPEGs (stray bytes between markers): only loss fails.
  return sharp(data, { failOn: "truncated" }).autoOrient().toColourspace("srgb").removeAlpha();
}

/** The size to decode to; as it came where absent. */
export type ColorSize =
  /** Shrunk, keeping its shape, until neither side is longer; never enlarged. */
  | { readonly maxSidePx: number }
  /** Exactly this size; the shape is not kept. */
  | { readonly width: number; readonly height: number };

/** The pipeline with the resize that `size` asks for. */
export function resized(pipeline: Sharp, size: ColorSize | undefined): Sharp {
  if (size === undefined) return pipeline;
  if ("width" in size) return pipeline.resize(size.width, size.height, { fit: "fill" });
  const side = size.maxSidePx;
  return pipeline.resize(side, side, { fit: "inside", withoutEnlargement: true });
}

/** Whether an image of this size needs no resize. */
export function fits(image: { readonly width: number; readonly height: number }, size: ColorSize) {
  if ("width" in size) return image.width === size.width && image.height === size.height;
  return Math.max(image.width, image.height) <= size.maxSidePx;
}
