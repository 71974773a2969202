import { sharp } from "../base/index.js";
import { ImageDataError, UnknownEncodingError, withFrameErrors } from "./FrameError.js";
import { checkRawSize, floats32, packedLayout, words16 } from "./rawImage.js";
import {
  type CompressedImage,
  type DepthMap,
  pictureFormat,
  type RawImage,
  type SourceImage,
} from "./SourceImage.js";

/** How one raw encoding becomes metres (REP-118: 0 and NaN mean that the camera saw nothing). */
interface DepthEncoding {
  readonly bytesPerPixel: number;
  readonly toMetres: (image: RawImage) => Float32Array;
}

const millimetres: DepthEncoding = {
  bytesPerPixel: 2,
  toMetres: (image) => {
    const words = words16(image);
    const depthM = new Float32Array(words.length);
    for (let index = 0; index < words.length; index++) {
      depthM[index] = ofMillimetres(words[index]!);
    }
    return depthM;
  },
};

function ofMillimetres(word: number): number {
  return word === 0 ? Number.NaN : word / 1000;
}

const metres: DepthEncoding = {
  bytesPerPixel: 4,
  toMetres: (image) => measured(Float32Array.from(floats32(image))),
};

const DEPTH_ENCODINGS: ReadonlyMap<string, DepthEncoding> = new Map([
  ["16UC1", millimetres],
  ["mono16", millimetres],
  ["32FC1", metres],
]);

/**
 * Decodes a depth image to metres along the optical axis: 32FC1 in metres, 16UC1 and mono16 in
 * millimetres, either compressed by compressed_depth_image_transport, or a plain 16-bit PNG. Zero,
 * negative and infinite depths become NaN.
 *
 * @throws UnknownEncodingError, ImageSizeError, ImageDataError (all FrameErrors)
 */
export async function decodeDepth(image: SourceImage): Promise<DepthMap> {
  if (image.kind === "compressed") {
    const { width, height, words, toMetres } = await readCompressedDepth(image);
    return { width, height, depthM: measured(Float32Array.from(words, toMetres)) };
  }
  const encoding = DEPTH_ENCODINGS.get(image.encoding);
  if (encoding === undefined) {
    throw new UnknownEncodingError(image.encoding, "depth", [...DEPTH_ENCODINGS.keys()]);
  }
  checkRawSize(image, packedLayout(encoding.bytesPerPixel));
  return { width: image.width, height: image.height, depthM: encoding.toMetres(image) };
}

function measured(depthM: Float32Array): Float32Array {
  for (let index = 0; index < depthM.length; index++) {
    const value = depthM[index]!;
    if (!(value > 0 && value < Number.POSITIVE_INFINITY)) depthM[index] = Number.NaN;
  }
  return depthM;
}

/** compression_common.h's ConfigHeader: int32 format, float depthParam[2]; little-endian. */
export const DEPTH_HEADER_BYTES = 12;

/** A 16-bit image of what a depth topic carries. */
export interface DepthWords {
  readonly width: number;
  readonly height: number;
  readonly words: Uint16Array;
  /** Metres of one word; NaN if the camera saw nothing. */
  readonly toMetres: (word: number) => number;
}

/**
 * Reads depth as compressed_depth_image_transport writes it: the header, then PNG or RVL. A plain
 * 16-bit PNG is read as millimetres.
 *
 * @throws ImageDataError
 */
async function readCompressedDepth(image: CompressedImage): Promise<DepthWords> {
  const { format, data } = image;
  if (pictureFormat(data) === "png")
    return { ...(await readPng16(image)), toMetres: ofMillimetres };
  if (pictureFormat(data) !== undefined) {
    throw new ImageDataError(
      `"${format}" cannot contain depth: it is lossy, or has only 8 bits per pixel`,
    );
  }
  if (data.length <= DEPTH_HEADER_BYTES) {
    throw new ImageDataError(`"${format}" image is truncated: ${data.length} bytes`);
  }
  const content = data.subarray(DEPTH_HEADER_BYTES);
  const isPng = pictureFormat(content) === "png";
  const pixels = isPng ? await readPng16({ ...image, data: content }) : decodeRvl(content, format);
  const toMetres = format.startsWith("32FC1") ? inverseDepth(data) : ofMillimetres;
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

/**
 * RVL (A. Wilson, "Fast Lossless Depth Image Compression", ISS 2017) as
 * compressed_depth_image_transport frames it: int32 width and height, then 32-bit words of eight
 * nibbles each, most significant first. Runs of zeros and of values alternate; values are zigzag
 * differences to the value before; a nibble carries three bits and says if more follow.
 *
 * @throws ImageDataError if the data ends before the image does
 */
function decodeRvl(data: Uint8Array, format: string) {
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const fail = (why: string) => new ImageDataError(`"${format}" image (RVL): ${why}`);
  if (data.length < 8) throw fail("truncated in its header");
  const width = view.getInt32(0, true);
  const height = view.getInt32(4, true);
  // A run of zeros packs any number of pixels; 64 Mpx is beyond any depth camera.
  if (width < 1 || height < 1 || width * height > 1 << 26) {
    throw fail(`impossible size ${width}x${height}`);
  }
  let offset = 8;
  let word = 0;
  let nibblesLeft = 0;
  const nextInteger = () => {
    let value = 0;
    for (let shift = 0; shift < 32; shift += 3) {
      if (nibblesLeft === 0) {
        if (offset + 4 > data.length) throw fail("truncated");
        word = view.getUint32(offset, true);
        offset += 4;
        nibblesLeft = 8;
      }
      const nibble = word >>> 28;
      word <<= 4;
      nibblesLeft--;
      value |= (nibble & 7) << shift;
      if ((nibble & 8) === 0) return value;
    }
    throw fail("damaged: a number without an end");
  };

  const words = new Uint16Array(width * height);
  let at = 0;
  let previous = 0;
  while (at < words.length) {
    at += nextInteger();
    const count = at < words.length ? nextInteger() : 0;
    if (count < 0 || at < 0 || at + count > words.length) throw fail("damaged: a run too long");
    for (const end = at + count; at < end; at++) {
      const zigzag = nextInteger();
      previous += (zigzag >> 1) ^ -(zigzag & 1);
      words[at] = previous;
    }
  }
  return { width, height, words };
}
