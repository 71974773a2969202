import { ImageDataError } from "./FrameError.js";

/**
 * RVL (A. Wilson, "Fast Lossless Depth Image Compression", ISS 2017) as
 * compressed_depth_image_transport frames it: int32 width and height, then 32-bit words of eight
 * nibbles each, most significant first. Runs of zeros and of values alternate; values are zigzag
 * differences to the value before; a nibble carries three bits and says if more follow.
 *
 * @throws ImageDataError where the data ends before the image does
 */
export function decodeRvl(data: Uint8Array, format: string) {
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const fail = (why: string) => new ImageDataError(`"${format}" image (RVL): ${why}`);
  if (data.length < 8) throw fail("cut off in its header");
  const width = view.getInt32(0, true);
  const height = view.getInt32(4, true);
  // A run of zeros packs any number of pixels; 64 Mpx is beyond any depth camera.
  if (width < 1 || height < 1 || width * height > 1 << 26) {
    throw fail(`impossible size ${width}x${height}`);
  }
  let offset = 8;
  let word = 0;
  let nibblesLeft = 0;
  const nextInteger = () => {
    let value = 0;
    for (let shift = 0; shift < 32; shift += 3) {
      if (nibblesLeft === 0) {
        if (offset + 4 > data.length) throw fail("cut off");
        word = view.getUint32(offset, true);
        offset += 4;
        nibblesLeft = 8;
      }
      const nibble = word >>> 28;
      word <<= 4;
      nibblesLeft--;
      value |= (nibble & 7) << shift;
      if ((nibble & 8) === 0) return value;
    }
    throw fail("damaged: an endless number");
  };

  const words = new Uint16Array(width * height);
  let at = 0;
  let previous = 0;
  while (at < words.length) {
    at += nextInteger();
    const count = at < words.length ? nextInteger() : 0;
    if (count < 0 || at < 0 || at + count > words.length) throw fail("damaged: a run too long");
    for (const end = at + count; at < end; at++) {
      const zigzag = nextInteger();
      previous += (zigzag >> 1) ^ -(zigzag & 1);
      words[at] = previous;
    }
  }
  return { width, height, words };
}
