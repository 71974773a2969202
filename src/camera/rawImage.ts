import { ImageSizeError } from "./FrameError.js";
import type { DepthMap, RawImage } from "./SourceImage.js";

/** How an encoding lies in memory. */
export interface RowLayout {
  /** Bytes of one row without padding. */
  readonly rowBytes: (width: number) => number;
  /** Rows of `step` bytes in an image of this height; more than `height` for planar encodings. */
  readonly rows: (height: number) => number;
  /** Planes behind each other: without padding, `step` says nothing that counts. */
  readonly isPlanar?: boolean;
}

export function packedLayout(bytesPerPixel: number): RowLayout {
  return { rowBytes: (width) => width * bytesPerPixel, rows: (height) => height };
}

/** What is wrong with the sizes of a raw image of this layout; undefined when nothing is. */
export function rawSizeFault(image: RawImage, layout: RowLayout): string | undefined {
  const { rowBytes, rows } = layout;
  const { width, height, step, encoding, data } = tightPlanes(image, layout);
  const name = `${encoding} image of ${width}x${height}`;
  if (width < 1 || height < 1) return `${name}: empty`;
  const least = rowBytes(width);
  if (step < least) return `${name}: a row needs ${least} bytes, but step is ${step}`;
  const count = rows(height);
  const expected = count * step;
  // Some drivers leave out the padding of the last row.
  const withoutPadding = expected - (step - least);
  if (data.length === expected || data.length === withoutPadding) return undefined;
  const state = data.length < expected ? "truncated" : "too long";
  return `${name}: ${state}: ${data.length} bytes, but ${count} rows of step ${step} are ${expected}`;
}

/**
 * A planar image whose planes have no padding, with the step of its luma: many drivers write 0, or the bytes of all planes, into it.
 */
export function tightPlanes(image: RawImage, { rowBytes, rows, isPlanar }: RowLayout): RawImage {
  const step = rowBytes(image.width);
  const isTight = isPlanar === true && image.data.length === step * rows(image.height);
  return isTight ? { ...image, step } : image;
}

/** @throws ImageSizeError if step, height and the number of bytes contradict each other. */
export function checkRawSize(image: RawImage, layout: RowLayout): void {
  const fault = rawSizeFault(image, layout);
  if (fault !== undefined) throw new ImageSizeError(fault);
}

/** Depth in metres as an image: a view of the map's memory. */
export function depthImageOf({ width, height, depthM }: DepthMap): RawImage {
  return {
    kind: "raw",
    encoding: "32FC1",
    width,
    height,
    step: 4 * width,
    isBigEndian: IS_HOST_BIG_ENDIAN,
    data: new Uint8Array(depthM.buffer, depthM.byteOffset, depthM.byteLength),
    depthOrigin: { unitM: 1 },
  };
}

export const IS_HOST_BIG_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 0;

/** The image's rows without padding; a view if there is none. */
export function tightRows({ data, step, height }: RawImage, rowBytes: number): Uint8Array {
  if (step === rowBytes) return data.subarray(0, height * rowBytes);
  const tight = new Uint8Array(height * rowBytes);
  for (let row = 0; row < height; row++) {
    tight.set(data.subarray(row * step, row * step + rowBytes), row * rowBytes);
  }
  return tight;
}

/** The words of a 16-bit image in the host's byte order; a view where they lie so already. */
export function words16(image: RawImage, channels = 1): Uint16Array {
  const bytes = alignedBytes(image, 2, channels);
  return new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
}

/** The pixels of a 32-bit float image in the host's byte order; a view where they lie so already. */
export function floats32(image: RawImage): Float32Array {
  const bytes = alignedBytes(image, 4);
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}

/** The pixels of a 32-bit integer image in the host's byte order; a view where they lie so. */
export function ints32(image: RawImage): Int32Array {
  const bytes = alignedBytes(image, 4);
  return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}

/** Tight rows, in the host's byte order, at an address that a typed array accepts. */
function alignedBytes(image: RawImage, size: 2 | 4, channels = 1): Uint8Array {
  const tight = tightRows(image, image.width * channels * size);
  const mustSwap = image.isBigEndian !== IS_HOST_BIG_ENDIAN;
  if (!mustSwap && tight.byteOffset % size === 0) return tight;
  // A copy is ours to swap; `tight` may be the sender's memory. A CDR payload begins at any byte.
  const copy = new Uint8Array(tight);
  if (!mustSwap) return copy;
  const buffer = Buffer.from(copy.buffer);
  if (size === 2) buffer.swap16();
  else buffer.swap32();
  return copy;
}
