import { type BayerPattern, bayerToRgb } from "./bayerToRgb.js";
import { packedLayout, type RowLayout } from "./checkRawSize.js";
import { floats32, tightRows, words16 } from "./pixelWords.js";
import type { RawImage } from "./SourceImage.js";
import { planarLayout, planarToRgb, yuv422Layout, yuv422ToRgb } from "./yuvToRgb.js";

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

function greyToRgb(count: number, grey: (index: number) => number): Uint8Array {
  const rgb = new Uint8Array(count * 3);
  for (let index = 0, to = 0; index < count; index++) {
    const value = grey(index);
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
  return greyToRgb(depth.length, (index) => {
    const value = depth[index]!;
    return value >= nearest && value <= farthest ? 255 - (value - nearest) * scale : 0;
  });
}

function bayer(pattern: BayerPattern): ColorEncoding {
  return packed(1, (image) => bayerToRgb(image, pattern));
}

const rgb8 = packed(3, (image) => tightRows(image, image.width * 3));
const bgr8 = interleaved(3, 2, 1, 0);
const bgra8 = interleaved(4, 2, 1, 0);
const mono8 = packed(1, (image) => {
  const grey = tightRows(image, image.width);
  return greyToRgb(grey.length, (index) => grey[index]!);
});
const mono16 = packed(2, (image) => {
  const grey = words16(image);
  return greyToRgb(grey.length, (index) => grey[index]! >> 8);
});
const uyvy: ColorEncoding = { ...yuv422Layout, toRgb: (image) => yuv422ToRgb(image, "uyvy") };
const yuyv: ColorEncoding = { ...yuv422Layout, toRgb: (image) => yuv422ToRgb(image, "yuyv") };

/**
 * Every encoding that can be shown as colour, by its sensor_msgs name. OpenCV's names without a
 * meaning of their own (`8UC3`) are read as cv_bridge reads them: blue first.
 */
export const COLOR_ENCODINGS: ReadonlyMap<string, ColorEncoding> = new Map([
  ["rgb8", rgb8],
  ["bgr8", bgr8],
  ["rgba8", interleaved(4, 0, 1, 2)],
  ["bgra8", bgra8],
  ["mono8", mono8],
  ["mono16", mono16],
  ["8UC1", mono8],
  ["8UC3", bgr8],
  ["8UC4", bgra8],
  ["16UC1", packed(2, (image) => depthToRgb(words16(image)))],
  ["32FC1", packed(4, (image) => depthToRgb(floats32(image)))],
  ["bayer_rggb8", bayer("rggb")],
  ["bayer_bggr8", bayer("bggr")],
  ["bayer_gbrg8", bayer("gbrg")],
  ["bayer_grbg8", bayer("grbg")],
  ["yuv422", uyvy],
  ["uyvy", uyvy],
  ["yuv422_yuy2", yuyv],
  ["yuyv", yuyv],
  ["nv12", { ...planarLayout, toRgb: (image) => planarToRgb(image, "uv") }],
  ["nv21", { ...planarLayout, toRgb: (image) => planarToRgb(image, "vu") }],
]);
