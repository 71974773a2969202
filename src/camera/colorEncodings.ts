import { type BayerPattern, bayerToRgb } from "./bayer.js";
import { UnknownEncodingError } from "./FrameError.js";
import {
  checkRawSize,
  floats32,
  packedLayout,
  type RowLayout,
  rawSizeFault,
  tightPlanes,
  tightRows,
  words16,
} from "./rawImage.js";
import type { RawImage, RgbImage } from "./SourceImage.js";
import {
  type ChromaPlanes,
  planarLayout,
  planarToRgb,
  yuv422Layout,
  yuv422ToRgb,
  yuv444ToRgb,
} from "./yuv.js";

/** How one sensor_msgs encoding becomes packed 8-bit RGB. */
export interface ColorEncoding extends RowLayout {
  /** `width · height · 3` bytes; a view of the image's data where that is RGB already. */
  readonly toRgb: (image: RawImage) => Uint8Array;
}

function packed(bytesPerPixel: number, toRgb: ColorEncoding["toRgb"]): ColorEncoding {
  return { ...packedLayout(bytesPerPixel), toRgb };
}

/** 3 or 4 interleaved bytes, of which `red`, `green`, `blue` are the places. */
function interleaved(channels: 3 | 4, red: number, green: number, blue: number): ColorEncoding {
  return packed(channels, ({ width, height, step, data }) => {
    const rgb = new Uint8Array(width * height * 3);
    let to = 0;
    for (let row = 0; row < height; row++) {
      const end = row * step + width * channels;
      for (let from = row * step; from < end; from += channels) {
        rgb[to++] = data[from + red]!;
        rgb[to++] = data[from + green]!;
        rgb[to++] = data[from + blue]!;
      }
    }
    return rgb;
  });
}

function greyToRgb(grey: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(grey.length * 3);
  for (let index = 0, to = 0; index < grey.length; index++) {
    const value = grey[index] ?? 0;
    rgb[to++] = value;
    rgb[to++] = value;
    rgb[to++] = value;
  }
  return rgb;
}

/** Depth as a picture for people: the nearest white, the farthest dark, nothing black. */
function depthToRgb(depth: Uint16Array | Float32Array): Uint8Array {
  let nearest = Number.POSITIVE_INFINITY;
  let farthest = 0;
  for (const value of depth) {
    if (!(value > 0) || value === Number.POSITIVE_INFINITY) continue;
    if (value < nearest) nearest = value;
    if (value > farthest) farthest = value;
  }
  const scale = farthest > nearest ? 215 / (farthest - nearest) : 0;
  const grey = new Uint8Array(depth.length);
  for (let index = 0; index < grey.length; index++) {
    const value = depth[index] ?? 0;
    if (value >= nearest && value <= farthest) grey[index] = 255 - (value - nearest) * scale;
  }
  return greyToRgb(grey);
}

function bayer8(pattern: BayerPattern): ColorEncoding {
  return packed(1, (image) => bayerToRgb(image, pattern));
}

function bayer16(pattern: BayerPattern): ColorEncoding {
  return packed(2, (image) => {
    const { width, height } = image;
    return bayerToRgb({ width, height, step: width, data: usedBytes(words16(image)) }, pattern);
  });
}

/** 3 or 4 interleaved words of 16 bits, of which `red`, `green`, `blue` are the places. */
function interleaved16(channels: 3 | 4, red: number, green: number, blue: number): ColorEncoding {
  return packed(2 * channels, (image) => {
    const { width, height } = image;
    const words = words16(image, channels);
    const rgb = new Uint16Array(width * height * 3);
    for (let from = 0, to = 0; from < words.length; from += channels) {
      rgb[to++] = words[from + red]!;
      rgb[to++] = words[from + green]!;
      rgb[to++] = words[from + blue]!;
    }
    return usedBytes(rgb);
  });
}

/**
 * Light of 16 bits as 8. Sensors of 10, 12 or 14 bits mostly leave the upper bits at 0, and no
 * message says how many: the least of 8, 10, 12, 14 and 16 bits that holds all of the picture
 * becomes the full range. A picture that is that dark is shown brighter than it is.
 */
function usedBytes(words: Uint16Array): Uint8Array {
  const shift = usedShift(words);
  const bytes = new Uint8Array(words.length);
  for (let index = 0; index < words.length; index++) bytes[index] = words[index]! >> shift;
  return bytes;
}

function usedShift(words: Uint16Array): number {
  let used = 0;
  for (let index = 0; index < words.length; index++) used |= words[index]!;
  const bits = 32 - Math.clz32(used);
  return Math.max(0, 2 * Math.ceil(bits / 2) - 8);
}

function planar(planes: ChromaPlanes): ColorEncoding {
  const layout = planarLayout(planes);
  return { ...layout, toRgb: (image) => planarToRgb(tightPlanes(image, layout), planes) };
}

const rgb8 = packed(3, (image) => tightRows(image, image.width * 3));
const bgr8 = interleaved(3, 2, 1, 0);
const bgra8 = interleaved(4, 2, 1, 0);
const mono8 = packed(1, (image) => greyToRgb(tightRows(image, image.width)));
const mono16 = packed(2, (image) => {
  const grey = words16(image);
  const shift = usedShift(grey);
  return greyToRgb(new Uint8Array(grey.map((word) => word >> shift)));
});
const uyvy: ColorEncoding = { ...yuv422Layout, toRgb: (image) => yuv422ToRgb(image, "uyvy") };
const yuyv: ColorEncoding = { ...yuv422Layout, toRgb: (image) => yuv422ToRgb(image, "yuyv") };

const yuv444 = packed(3, yuv444ToRgb);
const bgr16 = interleaved16(3, 2, 1, 0);
const bgra16 = interleaved16(4, 2, 1, 0);

/** Chroma of 4:2:0, a plane of each. */
const i420 = planar({ across: 2, down: 2, isInterleaved: false, order: "uv" });

/**
 * Every encoding that can be shown as colour, by its sensor_msgs name, and those that drivers use
 * besides. OpenCV's names without a meaning of their own (`8UC3`) are read as cv_bridge reads them:
 * blue first.
 */
const COLOR_ENCODINGS: ReadonlyMap<string, ColorEncoding> = new Map([
  ["rgb8", rgb8],
  ["bgr8", bgr8],
  ["rgba8", interleaved(4, 0, 1, 2)],
  ["bgra8", bgra8],
  ["mono8", mono8],
  ["mono16", mono16],
  ["rgb16", interleaved16(3, 0, 1, 2)],
  ["bgr16", bgr16],
  ["rgba16", interleaved16(4, 0, 1, 2)],
  ["bgra16", bgra16],
  ["8UC1", mono8],
  ["8UC3", bgr8],
  ["8UC4", bgra8],
  ["16UC1", packed(2, (image) => depthToRgb(words16(image)))],
  ["16UC3", bgr16],
  ["16UC4", bgra16],
  ["32FC1", packed(4, (image) => depthToRgb(floats32(image)))],
  ["bayer_rggb8", bayer8("rggb")],
  ["bayer_bggr8", bayer8("bggr")],
  ["bayer_gbrg8", bayer8("gbrg")],
  ["bayer_grbg8", bayer8("grbg")],
  ["bayer_rggb16", bayer16("rggb")],
  ["bayer_bggr16", bayer16("bggr")],
  ["bayer_gbrg16", bayer16("gbrg")],
  ["bayer_grbg16", bayer16("grbg")],
  ["yuv422", uyvy],
  ["uyvy", uyvy],
  ["yuv422_yuy2", yuyv],
  ["yuyv", yuyv],
  ["yuy2", yuyv],
  ["yuv444", yuv444],
  ["nv12", planar({ across: 2, down: 2, isInterleaved: true, order: "uv" })],
  ["nv21", planar({ across: 2, down: 2, isInterleaved: true, order: "vu" })],
  ["nv16", planar({ across: 2, down: 1, isInterleaved: true, order: "uv" })],
  ["nv24", planar({ across: 1, down: 1, isInterleaved: true, order: "uv" })],
  ["i420", i420],
  ["yuv420", i420],
  ["yuv420p", i420],
  ["yv12", planar({ across: 2, down: 2, isInterleaved: false, order: "vu" })],
]);

/** Drivers write some names in capitals (`NV12`). */
function encodingNamed(name: string): ColorEncoding | undefined {
  return COLOR_ENCODINGS.get(name) ?? COLOR_ENCODINGS.get(name.toLowerCase());
}

/**
 * A raw image as packed RGB; its own memory where it is that already.
 *
 * @throws UnknownEncodingError, ImageSizeError
 */
export function rawToRgb(image: RawImage): RgbImage {
  const encoding = encodingNamed(image.encoding);
  if (encoding === undefined) {
    throw new UnknownEncodingError(image.encoding, "colour", [...COLOR_ENCODINGS.keys()]);
  }
  checkRawSize(image, encoding);
  return { width: image.width, height: image.height, data: encoding.toRgb(image) };
}

/** What is wrong with the sizes of a raw image; undefined when nothing is. */
export function rawFault(image: RawImage): string | undefined {
  const encoding = encodingNamed(image.encoding);
  if (encoding !== undefined) return rawSizeFault(image, encoding);
  // Of an encoding that we do not know, only the least can be said.
  const least = image.height * image.step;
  if (image.data.length >= least) return undefined;
  return `${image.encoding} image is truncated: ${image.data.length} of at least ${least} bytes`;
}
