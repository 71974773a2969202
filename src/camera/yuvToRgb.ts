import type { RowLayout } from "./checkRawSize.js";
import type { RawImage } from "./SourceImage.js";

/** Two pixels share four bytes; an odd last pixel still takes four. */
export const yuv422Layout: RowLayout = {
  rowBytes: (width) => 4 * Math.ceil(width / 2),
  rows: (height) => height,
};

/** A plane of luma, then half as many rows of interleaved chroma. */
export const planarLayout: RowLayout = {
  rowBytes: (width) => 2 * Math.ceil(width / 2),
  rows: (height) => height + Math.ceil(height / 2),
};

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

/** Semi-planar 4:2:0: `uv` is nv12, `vu` is nv21. */
export function planarToRgb(image: RawImage, order: "uv" | "vu"): Uint8Array {
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
