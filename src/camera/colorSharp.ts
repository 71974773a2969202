import sharp, { type Sharp } from "sharp";
import { checkRawSize } from "./checkRawSize.js";
import { COLOR_ENCODINGS } from "./colorEncodings.js";
import { firstBytes, isCompressedDepth, pictureFormat } from "./compressedFormat.js";
import { ImageDataError, UnknownEncodingError } from "./FrameError.js";
import type { CompressedImage, RawImage, RgbImage, SourceImage } from "./SourceImage.js";

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
export function rawToRgb(image: RawImage): RgbImage {
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
