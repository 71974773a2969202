import sharp from "sharp";
import { colorSharp } from "./colorSharp.js";
import { type ColorSize, fits, resized } from "./colorSize.js";
import { pictureFormat } from "./compressedFormat.js";
import { ImageDataError } from "./FrameError.js";
import { imageFault } from "./imageFault.js";
import type { SourceImage } from "./SourceImage.js";
import { withFrameErrors } from "./withFrameErrors.js";

export interface JpegOptions {
  /** Neither side longer than this; never enlarged. The image's own size where absent. */
  readonly maxSidePx?: number;
  /** 1..100. Default 85. */
  readonly quality?: number;
}

/**
 * Any colour image as JPEG. A JPEG that fits already is returned as it came: encoding it again
 * would only lose quality.
 *
 * @throws UnknownEncodingError, ImageSizeError, ImageDataError (all FrameErrors)
 */
export async function encodeJpeg(
  image: SourceImage,
  { maxSidePx, quality = 85 }: JpegOptions = {},
): Promise<Buffer> {
  const size = maxSidePx === undefined ? undefined : { maxSidePx };
  if (await isFittingJpeg(image, size)) return Buffer.from(image.data);
  return withFrameErrors(image, () =>
    resized(colorSharp(image), size).jpeg({ quality }).toBuffer(),
  );
}

async function isFittingJpeg(image: SourceImage, size: ColorSize | undefined): Promise<boolean> {
  if (image.kind === "raw" || pictureFormat(image.data) !== "jpeg") return false;
  const fault = await imageFault(image);
  if (fault !== undefined) throw new ImageDataError(fault);
  const {
    width,
    height,
    orientation = 1,
  } = await withFrameErrors(image, () => sharp(image.data).metadata());
  return orientation === 1 && (size === undefined || fits({ width, height }, size));
}
