import type { RowLayout } from "./rawImage.js";
import type { RawImage } from "./SourceImage.js";

/** Two pixels share four bytes; an odd last pixel still takes four. */
export const yuv422Layout: RowLayout = {
  rowBytes: (width) => 4 * Math.ceil(width / 2),
  rows: (height) => height,
};

/** How the chroma of a planar image lies behind its plane of luma. */
export interface ChromaPlanes {
  /** Pixels that share a chroma sample: 2 or 1. */
  readonly across: 1 | 2;
  readonly down: 1 | 2;
  /** Interleaved samples in one plane, or a plane of each. */
  readonly isInterleaved: boolean;
  readonly order: "uv" | "vu";
}

/** Drivers write many things into `step`; where the planes have no padding, it does not matter. */
export function planarLayout({ across, down }: ChromaPlanes): RowLayout {
  return {
    rowBytes: (width) => across * Math.ceil(width / across),
    rows: (height) => height + (Math.ceil(height / down) * 2) / across,
    isPlanar: true,
  };
}

/** Packed 4:2:2: `uyvy` is sensor_msgs' yuv422, `yuyv` its yuv422_yuy2. */
export function yuv422ToRgb(image: RawImage, order: "uyvy" | "yuyv"): Uint8Array {
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

/** Packed 4:4:4: three bytes a pixel in the order of the name. */
export function yuv444ToRgb({ width, height, step, data }: RawImage): Uint8Array {
  const rgb = new Uint8ClampedArray(width * height * 3);
  let to = 0;
  for (let row = 0; row < height; row++) {
    const end = row * step + width * 3;
    for (let from = row * step; from < end; from += 3, to += 3) {
      writeRgb(rgb, to, data[from]!, data[from + 1]!, data[from + 2]!);
    }
  }
  return new Uint8Array(rgb.buffer);
}

/**
 * A plane of luma, then chroma whose rows are as long as their samples ask for: half the luma's
 * row for a plane of its own in 4:2:0, twice the luma's row for interleaved samples in 4:4:4.
 *
 * @param image whose `step` is that of the luma
 */
export function planarToRgb(
  { width, height, step, data }: RawImage,
  { across, down, isInterleaved, order }: ChromaPlanes,
): Uint8Array {
  const rgb = new Uint8ClampedArray(width * height * 3);
  const right = across - 1;
  const below = down - 1;
  const samples = isInterleaved ? 2 : 1;
  const chromaStep = Math.floor((step * samples) / across);
  const plane = height * step;
  const second = isInterleaved ? 1 : Math.ceil(height / down) * chromaStep;
  const u = plane + (order === "uv" ? 0 : second);
  const v = plane + (order === "uv" ? second : 0);
  let to = 0;
  for (let row = 0; row < height; row++) {
    const chromaRow = (row >> below) * chromaStep;
    for (let column = 0; column < width; column++, to += 3) {
      const at = chromaRow + (column >> right) * samples;
      writeRgb(rgb, to, data[row * step + column]!, data[u + at]!, data[v + at]!);
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
