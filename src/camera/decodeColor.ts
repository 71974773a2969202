import type { Sharp } from "sharp";
import { sharp } from "../base/index.js";
import { rawToRgb } from "./colorEncodings.js";
import { ImageDataError, withFrameErrors } from "./FrameError.js";
import { IS_HOST_BIG_ENDIAN } from "./rawImage.js";
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
  const pipeline = resized(await colorSharp(image), size);
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
 * Any colour image as a sharp pipeline of 8-bit RGB: to resize, to lay an overlay over, to write in
 * any format. Sharp reports damaged data only when the pipeline runs.
 *
 * @throws UnknownEncodingError, ImageSizeError, ImageDataError
 */
export async function colorSharp(image: SourceImage): Promise<Sharp> {
  return image.kind === "raw" ? rgbSharp(rawToRgb(image)) : pictureSharp(image);
}

/** The size of the image that `decodeColor` gives. */
export async function colorSize(image: SourceImage): Promise<{ width: number; height: number }> {
  if (image.kind === "raw") return image;
  const { width, height, autoOrient } = await withFrameErrors(image, () =>
    sharp(image.data).metadata(),
  );
  return image.isPhoto ? autoOrient : { width, height };
}

function rgbSharp({ width, height, data }: RgbImage): Sharp {
  return sharp(data, { raw: { width, height, channels: 3 } });
}

async function pictureSharp(image: CompressedImage): Promise<Sharp> {
  const { format, data, isPhoto = false } = image;
  if (isCompressedDepth(format)) {
    throw new ImageDataError(`"${format}" is a depth image, not a colour image`);
  }
  const found = pictureFormat(data);
  if (found === undefined) {
    const what = firstBytes(data);
    throw new ImageDataError(`"${format}" image is neither JPEG, PNG nor WebP: ${what}`);
  }
  const mosaic = BAYER_PICTURE.exec(format)?.[1];
  const isDeep = found === "png" && data[PNG_BIT_DEPTH] === 16;
  if (mosaic !== undefined || isDeep) {
    const raw = await withFrameErrors(image, () => rawPicture(data, mosaic));
    if (raw) return rgbSharp(rawToRgb(raw));
  }
  // Cameras write harmless oddities into JPEGs (stray bytes between markers): only loss fails.
  const pipeline = sharp(data, { failOn: "truncated" });
  return (isPhoto ? pipeline.autoOrient() : pipeline).toColourspace("srgb").removeAlpha();
}

/**
 * The format of a Bayer topic's picture by compressed_image_transport: the mosaic as it is, in one
 * channel. Where it names a target (`jpeg compressed bgr8`), it was converted before.
 */
const BAYER_PICTURE = /^(bayer_[a-z]{4})(?:8|16)\b(?!.*compressed *(?:bgr|rgb|mono))/;

/** Whether a picture is said to hold a Bayer mosaic, and is none to be shown as it is. */
export function isMosaic(format: string): boolean {
  return BAYER_PICTURE.test(format);
}

/** Of the IHDR chunk, which is always the first. */
const PNG_BIT_DEPTH = 24;

/**
 * What sharp's conversion to 8-bit RGB would spoil: the mosaic in a picture of one channel, and
 * words of 16 bits, of which a sensor uses but the lower. Undefined for other pictures.
 */
async function rawPicture(
  data: Uint8Array,
  mosaic: string | undefined,
): Promise<RawImage | undefined> {
  const picture = sharp(data, { failOn: "truncated" });
  const { channels, depth } = await picture.metadata();
  const isDeep = depth === "ushort";
  const isGrey = channels <= 2;
  const isBayer = mosaic !== undefined && channels === 1;
  if (!isBayer && !isDeep) return undefined;
  const grey = isDeep ? "grey16" : "b-w";
  const { data: pixels, info } = await picture
    .removeAlpha()
    .toColourspace(isGrey ? grey : "rgb16")
    .raw({ depth: isDeep ? "ushort" : "uchar" })
    .toBuffer({ resolveWithObject: true });
  const bits = isDeep ? 16 : 8;
  const light = isGrey ? "mono16" : "rgb16";
  const { width, height } = info;
  return {
    kind: "raw",
    width,
    height,
    encoding: isBayer ? `${mosaic}${bits}` : light,
    step: pixels.length / height,
    isBigEndian: IS_HOST_BIG_ENDIAN,
    data: pixels,
  };
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
