import type { RawImage } from "./SourceImage.js";

const IS_HOST_BIG_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 0;

/** The image's rows without padding; a view where there is none. */
export function tightRows(image: RawImage, rowBytes: number, rows = image.height): Uint8Array {
  const { data, step } = image;
  if (step === rowBytes) return data.subarray(0, rows * rowBytes);
  const tight = new Uint8Array(rows * rowBytes);
  for (let row = 0; row < rows; row++) {
    tight.set(data.subarray(row * step, row * step + rowBytes), row * rowBytes);
  }
  return tight;
}

/** The pixels of a 16-bit image in the host's byte order; a view where they lie so already. */
export function words16(image: RawImage): Uint16Array {
  const bytes = alignedBytes(image, 2);
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
function alignedBytes(image: RawImage, size: 2 | 4): Uint8Array {
  const tight = tightRows(image, image.width * size);
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
