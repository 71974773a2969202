import sharp from "sharp";
import { pictureFormat } from "./compressedFormat.js";
import { decodeRvl } from "./decodeRvl.js";
import { ImageDataError } from "./FrameError.js";
import type { CompressedImage } from "./SourceImage.js";
import { withFrameErrors } from "./withFrameErrors.js";

/** compression_common.h's ConfigHeader: int32 format, float depthParam[2]; little-endian. */
export const DEPTH_HEADER_BYTES = 12;

/** A 16-bit image of what a depth topic carries. */
export interface DepthWords {
  readonly width: number;
  readonly height: number;
  readonly words: Uint16Array;
  /** Metres of one word; NaN where the camera saw nothing. */
  readonly toMetres: (word: number) => number;
}

function millimetres(word: number): number {
  return word === 0 ? Number.NaN : word / 1000;
}

/**
 * Reads depth as compressed_depth_image_transport writes it: the header, then PNG or RVL. A plain
 * 16-bit PNG is read as millimetres.
 *
 * @throws ImageDataError
 */
export async function readCompressedDepth(image: CompressedImage): Promise<DepthWords> {
  const { format, data } = image;
  if (pictureFormat(data) === "png") return { ...(await readPng16(image)), toMetres: millimetres };
  if (pictureFormat(data) !== undefined) {
    throw new ImageDataError(`"${format}" cannot carry depth: it is lossy, or has 8 bits a pixel`);
  }
  if (data.length <= DEPTH_HEADER_BYTES) {
    throw new ImageDataError(`"${format}" image is cut off: ${data.length} bytes`);
  }
  const content = data.subarray(DEPTH_HEADER_BYTES);
  const isPng = pictureFormat(content) === "png";
  const pixels = isPng ? await readPng16({ ...image, data: content }) : decodeRvl(content, format);
  const toMetres = format.startsWith("32FC1") ? inverseDepth(data) : millimetres;
  return { ...pixels, toMetres };
}

/** 32FC1 is quantised in inverse depth, finer near the camera: depth = A / (word − B). */
function inverseDepth(data: Uint8Array): (word: number) => number {
  const header = new DataView(data.buffer, data.byteOffset, DEPTH_HEADER_BYTES);
  const a = header.getFloat32(4, true);
  const b = header.getFloat32(8, true);
  return (word) => (word === 0 ? Number.NaN : a / (word - b));
}

async function readPng16(image: CompressedImage): Promise<Omit<DepthWords, "toMetres">> {
  return withFrameErrors(image, async () => {
    const png = sharp(image.data);
    const { depth, channels } = await png.metadata();
    if (depth !== "ushort" || channels !== 1) {
      const found = `${depth === "ushort" ? 16 : 8} bit and ${channels} channel(s)`;
      throw new ImageDataError(`depth needs a PNG of 16 bit and 1 channel, this one has ${found}`);
    }
    const { data, info } = await png
      .toColourspace("grey16")
      .raw({ depth: "ushort" })
      .toBuffer({ resolveWithObject: true });
    const words = new Uint16Array(data.buffer, data.byteOffset, data.length / 2);
    return { width: info.width, height: info.height, words };
  });
}
