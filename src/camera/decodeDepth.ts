import { sharp } from "../base/index.js";
import { dropClamped } from "./dropClamped.js";
import {
  DepthUnitError,
  ImageDataError,
  UnknownEncodingError,
  withFrameErrors,
} from "./FrameError.js";
import { checkRawSize, floats32, packedLayout, words16 } from "./rawImage.js";
import {
  type CompressedImage,
  type DepthDoubt,
  type DepthMap,
  pictureFormat,
  type RawImage,
  type SourceImage,
} from "./SourceImage.js";

/** How one raw encoding becomes metres (REP-118: 0 and NaN mean that the camera saw nothing). */
interface DepthEncoding {
  readonly bytesPerPixel: number;
  /** By REP 118, of 1 metre. */
  readonly unitsPerM: number;
  readonly toMetres: (image: RawImage, unitsPerM: number) => Float32Array;
}

const words: DepthEncoding = {
  bytesPerPixel: 2,
  unitsPerM: 1000,
  toMetres: (image, unitsPerM) => {
    const values = words16(image);
    const metres = metresOfWords(unitsPerM);
    const depthM = new Float32Array(values.length);
    for (let index = 0; index < values.length; index++) {
      depthM[index] = metres[values[index] ?? 0] ?? Number.NaN;
    }
    return depthM;
  },
};

let latest: { readonly unitsPerM: number; readonly metres: Float32Array } | undefined;

/** The depth of each word: an image has more pixels than there are words, and divisions are slow. */
function metresOfWords(unitsPerM: number): Float32Array {
  if (latest?.unitsPerM !== unitsPerM) {
    const metres = new Float32Array(0x10000);
    for (let word = 0; word < metres.length; word++) metres[word] = ofWord(word, unitsPerM);
    latest = { unitsPerM, metres };
  }
  return latest.metres;
}

/** Neither the word of nothing nor the one that is beyond the range is a depth. */
function ofWord(word: number, unitsPerM: number): number {
  return word === 0 || word === 0xffff ? Number.NaN : word / unitsPerM;
}

const floats: DepthEncoding = {
  bytesPerPixel: 4,
  unitsPerM: 1,
  toMetres: (image, unitsPerM) => {
    const depthM = new Float32Array(floats32(image));
    for (let index = 0; index < depthM.length; index++) {
      const value = depthM[index] ?? 0;
      const metres = unitsPerM === 1 ? value : Math.fround(value / unitsPerM);
      if (!(metres > 0 && metres <= FARTHEST_M && value !== 0xffff)) depthM[index] = Number.NaN;
      else if (unitsPerM !== 1) depthM[index] = metres;
    }
    return depthM;
  },
};

/** Farther than any camera sees; simulators write 1e30 or the largest float for nothing. */
const FARTHEST_M = 10_000;

const DEPTH_ENCODINGS: ReadonlyMap<string, DepthEncoding> = new Map([
  ["16UC1", words],
  ["mono16", words],
  ["32FC1", floats],
]);

/**
 * Decodes a depth image to metres along the optical axis: 32FC1 in metres, 16UC1 and mono16 in
 * millimetres, or in the unit that the image's `depthOrigin` declares; either compressed by
 * compressed_depth_image_transport, or a plain 16-bit PNG. No depth (NaN) are zero, negative and
 * non-finite values, 65535, what is beyond 10 km, and what was limited to one value (`dropClamped`).
 *
 * @throws DepthUnitError where no unit is declared and the usual one cannot be right, by the picture
 *   itself or by what its `depthOrigin` knows
 * @throws UnknownEncodingError, ImageSizeError, ImageDataError (all FrameErrors)
 */
export async function decodeDepth(image: SourceImage): Promise<DepthMap> {
  const { unitM, topic, doubt } = image.depthOrigin ?? {};
  const found = image.kind === "raw" ? rawDepth(image, unitM) : await pictureDepth(image, unitM);
  const { map } = found;
  if (unitM === undefined) {
    if (doubt) throw doubted(doubt, found.isWords);
    checkUnit(map.depthM, found.isWords, topic);
  }
  dropClamped(map);
  return map;
}

interface FoundDepth {
  readonly map: DepthMap;
  /** 16-bit words, in millimetres where nothing else is declared. */
  readonly isWords: boolean;
}

function rawDepth(image: RawImage, unitM: number | undefined): FoundDepth {
  const { width, height } = image;
  const encoding = DEPTH_ENCODINGS.get(image.encoding);
  if (encoding === undefined) {
    throw new UnknownEncodingError(image.encoding, "depth", [...DEPTH_ENCODINGS.keys()]);
  }
  checkRawSize(image, packedLayout(encoding.bytesPerPixel));
  const unitsPerM = unitM === undefined ? encoding.unitsPerM : 1 / unitM;
  const depthM = encoding.toMetres(image, unitsPerM);
  return { map: { width, height, depthM }, isWords: encoding === words };
}

async function pictureDepth(
  image: CompressedImage,
  unitM: number | undefined,
): Promise<FoundDepth> {
  const read = await readCompressedDepth(image, unitM);
  const { width, height, toMetres, isWords } = read;
  const depthM = measured(Float32Array.from(read.words, toMetres));
  return { map: { width, height, depthM }, isWords };
}

function measured(depthM: Float32Array): Float32Array {
  for (let index = 0; index < depthM.length; index++) {
    const value = depthM[index]!;
    if (!(value > 0 && value <= FARTHEST_M)) depthM[index] = Number.NaN;
  }
  return depthM;
}

/**
 * With the usual unit, a picture in which (but for a twentieth of it) all is nearer or farther than
 * this is not believed. Words in 0.1 mm show a table at 0.5 m as 5 m; floats in millimetres show it
 * as 500 m; words in metres as 0.5 mm.
 */
const NEAREST_M = 0.02;
const FARTHEST_OF_ALL_M = { words: 4, floats: 50 } as const;
const STRAY_SHARE = 0.05;
/** Pixels that are looked at. */
const SAMPLED = 4096;

/** @throws DepthUnitError */
function checkUnit(depthM: Float32Array, isWords: boolean, topic: string | undefined): void {
  const step = Math.max(1, Math.floor(depthM.length / SAMPLED));
  const sampled = new Float32Array(Math.ceil(depthM.length / step));
  const farM = FARTHEST_OF_ALL_M[isWords ? "words" : "floats"];
  let [count, within, beyond] = [0, 0, 0];
  for (let index = 0; index < depthM.length; index += step) {
    const value = depthM[index] ?? 0;
    if (!(value > 0)) continue;
    sampled[count++] = value;
    if (value <= farM) within += 1;
    if (value >= NEAREST_M) beyond += 1;
  }
  if (count === 0) return;
  const stray = Math.floor(count * STRAY_SHARE);
  const isFar = within <= stray;
  if (!isFar && beyond > stray) return;
  const sorted = sampled.subarray(0, count).sort();
  const near = sorted[stray] ?? 0;
  const far = sorted[count - 1 - stray] ?? 0;
  const seen = isFar ? "farther away" : "nearer";
  const beyondM = Number((isFar ? near : far).toPrecision(2));
  const [encoding, unit] = isWords ? ["16UC1", "mm"] : ["32FC1", "m"];
  throw new DepthUnitError(
    `${topic ?? "the depth image"}: ${encoding} is depth in ${unit}, but then all that the picture ` +
      `shows is ${seen} than ${beyondM} m. If the driver writes another ` +
      "unit, set depth_unit of the camera in the task (`depth_unit: mm`, `0.1 mm`, `m`); if the " +
      `picture is right, set \`depth_unit: ${unit}\``,
  );
}

function doubted({ factor, evidence }: DepthDoubt, isWords: boolean): DepthUnitError {
  const [encoding, unit] = isWords ? ["16UC1", "mm"] : ["32FC1", "m"];
  const likely = Number((1 / factor).toPrecision(2));
  return new DepthUnitError(
    `${evidence}, if ${encoding} is depth in ${unit}. If the driver writes another unit, set depth_unit ` +
      `of the camera in the task (\`depth_unit: ${likely} ${unit}\`, about); if the transforms are wrong, ` +
      `set \`depth_unit: ${unit}\``,
  );
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
  /** Whether a word is a depth itself, not a step of quantised floats. */
  readonly isWords: boolean;
}

/**
 * Reads depth as compressed_depth_image_transport writes it: the header, then PNG or RVL. A plain
 * 16-bit PNG is read as words.
 *
 * @throws ImageDataError
 */
async function readCompressedDepth(
  image: CompressedImage,
  unitM: number | undefined,
): Promise<DepthWords> {
  const { format, data } = image;
  const unitsPerM = unitM === undefined ? words.unitsPerM : 1 / unitM;
  const asWords = { toMetres: (word: number) => ofWord(word, unitsPerM), isWords: true };
  if (pictureFormat(data) === "png") return { ...(await readPng16(image)), ...asWords };
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
  if (!format.startsWith("32FC1")) return { ...pixels, ...asWords };
  return { ...pixels, toMetres: inverseDepth(data, unitM ?? 1), isWords: false };
}

/** 32FC1 is quantised in inverse depth, finer near the camera: depth = A / (word − B). */
function inverseDepth(data: Uint8Array, unitM: number): (word: number) => number {
  const header = new DataView(data.buffer, data.byteOffset, DEPTH_HEADER_BYTES);
  const a = header.getFloat32(4, true);
  const b = header.getFloat32(8, true);
  return (word) => (word === 0 ? Number.NaN : (unitM * a) / (word - b));
}

async function readPng16(
  image: CompressedImage,
): Promise<Omit<DepthWords, "toMetres" | "isWords">> {
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
