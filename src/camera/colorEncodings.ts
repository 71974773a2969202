import { floats32, packedLayout, type RowLayout, tightRows, words16 } from "./rawImage.js";
import type { RawImage } from "./SourceImage.js";

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

/** Two pixels share four bytes; an odd last pixel still takes four. */
const yuv422Layout: RowLayout = {
  rowBytes: (width) => 4 * Math.ceil(width / 2),
  rows: (height) => height,
};

/** A plane of luma, then half as many rows of interleaved chroma. */
const planarLayout: RowLayout = {
  rowBytes: (width) => 2 * Math.ceil(width / 2),
  rows: (height) => height + Math.ceil(height / 2),
};

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

/** The colours of the first two pixels of the first two rows. */
export type BayerPattern = "rggb" | "bggr" | "gbrg" | "grbg";

/**
 * Bilinear demosaicing: a missing colour is the mean of its nearest two or four samples. At the
 * border the image is mirrored about the outermost pixel, which keeps the colours of the mosaic in
 * step.
 */
function bayerToRgb(image: RawImage, pattern: BayerPattern): Uint8Array {
  const { width, height } = image;
  const rgb = new Uint8Array(width * height * 3);
  const stride = width + 2;
  const padded = mirrorBorder(image);
  for (let row = 0; row < height; row++) {
    const first = pattern[(row & 1) * 2];
    const second = pattern[(row & 1) * 2 + 1];
    // In a row with red, red is measured and blue is missing; in the other it is the reverse.
    const hasRed = first === "r" || second === "r";
    const own = hasRed ? 0 : 2;
    const other = 2 - own;
    const firstIsGreen = first === "g" ? 0 : 1;
    let at = (row + 1) * stride + 1;
    let to = row * width * 3;
    for (let column = 0; column < width; column++, at++, to += 3) {
      const here = padded[at]!;
      const sides = padded[at - 1]! + padded[at + 1]!;
      const ends = padded[at - stride]! + padded[at + stride]!;
      if ((column & 1) === firstIsGreen) {
        rgb[to + own] = (sides + 1) >> 1;
        rgb[to + 1] = here;
        rgb[to + other] = (ends + 1) >> 1;
      } else {
        const above = padded[at - stride - 1]! + padded[at - stride + 1]!;
        const below = padded[at + stride - 1]! + padded[at + stride + 1]!;
        rgb[to + own] = here;
        rgb[to + 1] = (sides + ends + 2) >> 2;
        rgb[to + other] = (above + below + 2) >> 2;
      }
    }
  }
  return rgb;
}

/** The mosaic with one pixel more on each side. */
function mirrorBorder({ width, height, step, data }: RawImage): Uint8Array {
  const stride = width + 2;
  const padded = new Uint8Array(stride * (height + 2));
  const beforeFirst = width > 1 ? 1 : 0;
  const afterLast = width > 1 ? width - 2 : 0;
  for (let row = -1; row <= height; row++) {
    const mirrored = row < 0 ? 1 : row === height ? height - 2 : row;
    const from = Math.min(Math.max(mirrored, 0), height - 1) * step;
    const to = (row + 1) * stride;
    padded[to] = data[from + beforeFirst]!;
    padded.set(data.subarray(from, from + width), to + 1);
    padded[to + width + 1] = data[from + afterLast]!;
  }
  return padded;
}

/** Packed 4:2:2: `uyvy` is sensor_msgs' yuv422, `yuyv` its yuv422_yuy2. */
function yuv422ToRgb(image: RawImage, order: "uyvy" | "yuyv"): Uint8Array {
  const { width, height, step, data } = image;
  const rgb = new Uint8ClampedArray(width * height * 3);
  const luma = order === "uyvy" ? 1 : 0;
  const chroma = 1 - luma;
  let to = 0;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++, to += 3) {
      const pair = row * step + (column >> 1) * 4;
      const y = data[pair + luma + (column & 1) * 2]!;
      writeRgb(rgb, to, y, data[pair + chroma]!, data[pair + chroma + 2]!);
    }
  }
  return new Uint8Array(rgb.buffer);
}

/** Semi-planar 4:2:0: `uv` is nv12, `vu` is nv21. */
function planarToRgb(image: RawImage, order: "uv" | "vu"): Uint8Array {
  const { width, height, step, data } = image;
  const rgb = new Uint8ClampedArray(width * height * 3);
  const u = order === "uv" ? 0 : 1;
  const v = 1 - u;
  let to = 0;
  for (let row = 0; row < height; row++) {
    const chromaRow = (height + (row >> 1)) * step;
    for (let column = 0; column < width; column++, to += 3) {
      const pair = chromaRow + (column & ~1);
      writeRgb(rgb, to, data[row * step + column]!, data[pair + u]!, data[pair + v]!);
    }
  }
  return new Uint8Array(rgb.buffer);
}

/** ITU-R BT.601, limited range (16..235), as OpenCV and with it cv_bridge convert. */
function writeRgb(rgb: Uint8ClampedArray, to: number, y: number, u: number, v: number): void {
  const luma = 1.164383 * Math.max(0, y - 16);
  rgb[to] = luma + 1.596027 * (v - 128);
  rgb[to + 1] = luma - 0.391762 * (u - 128) - 0.812968 * (v - 128);
  rgb[to + 2] = luma + 2.017232 * (u - 128);
}
