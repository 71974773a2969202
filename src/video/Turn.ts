import type { RawImage } from "../camera/index.js";

/**
 * How pictures are turned to be shown: the pixel (x, y) comes to (a x + c y, b x + d y), moved so
 * that the picture begins at the origin. Quarter turns and mirrors: one of a, c and one of b, d is
 * 1 or -1, the others are 0.
 */
export interface Turn {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

/**
 * The turn in a container's display matrix: 9 whole numbers of 32 bits, in 16.16 fixed point.
 * Undefined where pictures are shown as they are, or are to be turned by less than a quarter.
 */
export function turnOf(matrix: Uint8Array | null): Turn | undefined {
  if (matrix === null || matrix.byteLength < 36) return undefined;
  const view = new DataView(matrix.buffer, matrix.byteOffset, matrix.byteLength);
  const at = (index: number) => Math.sign(Math.round(view.getInt32(4 * index, true) / 65536));
  const turn = { a: at(0), b: at(1), c: at(3), d: at(4) };
  const { a, b, c, d } = turn;
  const isQuarter = a ** 2 + c ** 2 === 1 && b ** 2 + d ** 2 === 1 && a ** 2 + b ** 2 === 1;
  return isQuarter && !(a === 1 && d === 1) ? turn : undefined;
}

/** A picture of packed 8-bit RGB, turned. */
export function turnedImage(image: RawImage, { a, b, c, d }: Turn): RawImage {
  const [width, height] = a === 0 ? [image.height, image.width] : [image.width, image.height];
  const [left, top] = [a + c < 0 ? width - 1 : 0, b + d < 0 ? height - 1 : 0];
  const data = new Uint8Array(3 * width * height);
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < image.width; x++) {
      const from = y * image.step + 3 * x;
      const to = 3 * ((top + b * x + d * y) * width + left + a * x + c * y);
      data[to] = image.data[from] ?? 0;
      data[to + 1] = image.data[from + 1] ?? 0;
      data[to + 2] = image.data[from + 2] ?? 0;
    }
  }
  return { ...image, width, height, step: 3 * width, data };
}
