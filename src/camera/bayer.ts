import type { RawImage } from "./SourceImage.js";

/** The colours of the first two pixels of the first two rows. */
export type BayerPattern = "rggb" | "bggr" | "gbrg" | "grbg";

/** 8 bits of one colour a pixel, in rows of `step` bytes. */
type Mosaic = Pick<RawImage, "width" | "height" | "step" | "data">;

/**
 * Bilinear demosaicing: a missing colour is the mean of its nearest two or four samples. At the
 * border the image is mirrored about the outermost pixel, which keeps the colours of the mosaic in
 * step.
 */
export function bayerToRgb(image: Mosaic, pattern: BayerPattern): Uint8Array {
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
function mirrorBorder({ width, height, step, data }: Mosaic): Uint8Array {
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
