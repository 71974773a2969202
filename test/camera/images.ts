import sharp from "sharp";
import type { CompressedImage, RawImage } from "../../src/camera/index.js";

/** A raw image; step is that of tight rows where not given. */
export function rawImage(
  encoding: string,
  width: number,
  height: number,
  data: Uint8Array,
  options: { step?: number; isBigEndian?: boolean } = {},
): RawImage {
  const { step = data.length / height, isBigEndian = false } = options;
  return { kind: "raw", encoding, width, height, step, isBigEndian, data };
}

/** The same image with `padding` bytes of 0xAA after each row. */
export function padRows(image: RawImage, rows: number, padding: number): RawImage {
  const step = image.step + padding;
  const data = new Uint8Array(rows * step).fill(0xaa);
  for (let row = 0; row < rows; row++) {
    data.set(image.data.subarray(row * image.step, (row + 1) * image.step), row * step);
  }
  return { ...image, step, data };
}

/** The same bytes, at an address that no 16- or 32-bit array can begin at. */
export function misaligned(image: RawImage): RawImage {
  const room = new Uint8Array(image.data.length + 1);
  room.set(image.data, 1);
  return { ...image, data: room.subarray(1) };
}

export function littleEndian16(values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 2));
  for (const [index, value] of values.entries()) view.setUint16(index * 2, value, true);
  return new Uint8Array(view.buffer);
}

export function littleEndianFloats(values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 4));
  for (const [index, value] of values.entries()) view.setFloat32(index * 4, value, true);
  return new Uint8Array(view.buffer);
}

/** The same numbers in the other byte order. */
export function bigEndian(image: RawImage, size: 2 | 4): RawImage {
  const data = Buffer.from(image.data);
  if (size === 2) data.swap16();
  else data.swap32();
  return { ...image, isBigEndian: true, data: new Uint8Array(data) };
}

/** A smooth picture: left to right more red, top to bottom more green. */
export function gradient(width: number, height: number): Uint8Array {
  const data = new Uint8Array(width * height * 3);
  for (let index = 0; index < width * height; index++) {
    data[index * 3] = Math.round((255 * (index % width)) / Math.max(1, width - 1));
    data[index * 3 + 1] = Math.round((255 * Math.floor(index / width)) / Math.max(1, height - 1));
    data[index * 3 + 2] = 60;
  }
  return data;
}

export async function picture(
  format: "jpeg" | "png" | "webp",
  width = 64,
  height = 48,
): Promise<CompressedImage> {
  const raw = { width, height, channels: 3 } as const;
  const data = await sharp(gradient(width, height), { raw })
    // A quality would make the PNG a palette.
    .toFormat(format, format === "png" ? {} : { quality: 95 })
    .toBuffer();
  return { kind: "compressed", format, data: new Uint8Array(data) };
}

export function truncated(image: CompressedImage, ratio = 0.6): CompressedImage {
  return { ...image, data: image.data.subarray(0, Math.floor(image.data.length * ratio)) };
}

/** Largest difference of any two bytes. */
export function largestDifference(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  return a.reduce((most, value, index) => Math.max(most, Math.abs(value - b[index]!)), 0);
}
