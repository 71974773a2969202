import { sharp } from "../base/index.js";
import { type ColorSize, colorSharp, colorSize, fits, isMosaic, resized } from "./decodeColor.js";
import { ImageDataError, withFrameErrors } from "./FrameError.js";
import { imageFault } from "./imageFault.js";
import { pictureFormat, type SourceImage } from "./SourceImage.js";

export interface JpegOptions {
  /** Neither side longer than this; never enlarged. The image's own size where absent. */
  readonly maxSidePx?: number;
  /** 1..100. Default 85. */
  readonly quality?: number;
  /** What is drawn over the image, as an SVG document; undefined: nothing. */
  readonly draw?: (canvas: JpegCanvas) => string | undefined;
}

/** What one draws on. */
export interface JpegCanvas {
  /** Of the encoded image, pixels. */
  readonly width: number;
  readonly height: number;
  /** Encoded pixels for each pixel of the image as it came. */
  readonly scale: number;
}

/**
 * Any colour image as JPEG. A JPEG that fits already, and on which nothing is drawn, is returned
 * as it came: encoding it again would only lose quality.
 *
 * @throws UnknownEncodingError, ImageSizeError, ImageDataError (all FrameErrors)
 */
export async function encodeJpeg(
  image: SourceImage,
  { maxSidePx, quality = 85, draw }: JpegOptions = {},
): Promise<Buffer> {
  const size = maxSidePx === undefined ? undefined : { maxSidePx };
  if (draw) {
    const drawn = await withDrawing(image, size, quality, draw);
    if (drawn) return drawn;
  }
  if (await isFittingJpeg(image, size)) return Buffer.from(image.data);
  const pipeline = resized(await colorSharp(image), size);
  return withFrameErrors(image, () => pipeline.jpeg({ quality }).toBuffer());
}

async function withDrawing(
  image: SourceImage,
  size: ColorSize | undefined,
  quality: number,
  draw: NonNullable<JpegOptions["draw"]>,
): Promise<Buffer | undefined> {
  const pipeline = resized(await colorSharp(image), size);
  const { data, info } = await withFrameErrors(image, () =>
    pipeline.raw().toBuffer({ resolveWithObject: true }),
  );
  const { width, height, channels } = info;
  const { width: cameWidth } = await colorSize(image);
  const svg = draw({ width, height, scale: width / cameWidth });
  if (svg === undefined) return undefined;
  return await sharp(data, { raw: { width, height, channels } })
    .composite([{ input: Buffer.from(svg) }])
    .jpeg({ quality })
    .toBuffer();
}

async function isFittingJpeg(image: SourceImage, size: ColorSize | undefined): Promise<boolean> {
  if (image.kind === "raw" || pictureFormat(image.data) !== "jpeg") return false;
  if (isMosaic(image.format)) return false;
  const fault = await imageFault(image);
  if (fault !== undefined) throw new ImageDataError(fault);
  const {
    width,
    height,
    orientation = 1,
  } = await withFrameErrors(image, () => sharp(image.data).metadata());
  return orientation === 1 && (size === undefined || fits({ width, height }, size));
}
