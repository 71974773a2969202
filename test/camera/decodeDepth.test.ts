import fc from "fast-check";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import {
  type CompressedImage,
  decodeDepth,
  ImageDataError,
  UnknownEncodingError,
} from "../../src/camera/index.js";
import {
  bigEndian,
  littleEndian16,
  littleEndianFloats,
  misaligned,
  padRows,
  picture,
  rawImage,
  truncated,
} from "./images.js";
import { encodeRvl } from "./rvl.js";

const MM = [0, 1, 1500, 65535, 12, 0];
const METRES_OF_MM = [Number.NaN, 0.001, 1.5, 65.535, 0.012, Number.NaN].map(Math.fround);

async function png16(width: number, height: number, words: readonly number[]): Promise<Uint8Array> {
  const raw = { width, height, channels: 1 } as const;
  const pipeline = sharp(Uint16Array.from(words), { raw }).toColourspace("grey16");
  return new Uint8Array(await pipeline.png().toBuffer());
}

/** compressed_depth_image_transport's ConfigHeader, then the data. */
function compressedDepth(format: string, data: Uint8Array, a = 0, b = 0): CompressedImage {
  const header = new DataView(new ArrayBuffer(12));
  header.setFloat32(4, a, true);
  header.setFloat32(8, b, true);
  const bytes = new Uint8Array([...new Uint8Array(header.buffer), ...data]);
  return { kind: "compressed", format, data: bytes };
}

describe("decodeDepth of raw images", () => {
  it.each(["16UC1", "mono16"])("reads %s as millimetres, 0 as nothing seen", async (encoding) => {
    const { width, height, depthM } = await decodeDepth(
      rawImage(encoding, 3, 2, littleEndian16(MM)),
    );
    expect([width, height]).toEqual([3, 2]);
    expect([...depthM]).toEqual(METRES_OF_MM);
  });

  it("reads 32FC1 as metres; zero, negative, infinite and NaN are nothing seen", async () => {
    const values = [0.5, 0, -1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const { depthM } = await decodeDepth(rawImage("32FC1", 6, 1, littleEndianFloats(values)));
    expect([...depthM]).toEqual([0.5, Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
  });

  it("does not write into the message", async () => {
    const image = rawImage("32FC1", 2, 1, littleEndianFloats([-1, 2]));
    const before = [...image.data];
    await decodeDepth(image);
    await decodeDepth(bigEndian(image, 4));
    expect([...image.data]).toEqual(before);
  });

  it("reads both byte orders, padded rows and any address", async () => {
    const millimetres = rawImage("16UC1", 3, 2, littleEndian16(MM));
    const metres = rawImage("32FC1", 3, 2, littleEndianFloats(METRES_OF_MM));
    const images = [
      ...[millimetres, bigEndian(millimetres, 2), padRows(millimetres, 2, 3)],
      ...[metres, bigEndian(metres, 4), padRows(metres, 2, 5)],
    ];
    for (const image of images) {
      expect([...(await decodeDepth(image)).depthM]).toEqual(METRES_OF_MM);
      expect([...(await decodeDepth(misaligned(image))).depthM]).toEqual(METRES_OF_MM);
    }
  });

  it("names an encoding that is no depth, and a size that does not fit", async () => {
    const color = rawImage("rgb8", 2, 1, new Uint8Array(6));
    await expect(decodeDepth(color)).rejects.toThrow(UnknownEncodingError);
    await expect(decodeDepth(color)).rejects.toThrow(/"rgb8".*depth.*16UC1, mono16, 32FC1/);
    const cut = rawImage("32FC1", 2, 2, new Uint8Array(10), { step: 8 });
    await expect(decodeDepth(cut)).rejects.toThrow(/truncated/);
  });
});

describe("decodeDepth of compressed images", () => {
  it("keeps all 16 bits of a PNG", async () => {
    const words = Array.from({ length: 64 * 32 }, (_, index) => (index * 7919) % 65536);
    const data = await png16(64, 32, words);
    const expected = words.map((word) => (word === 0 ? Number.NaN : Math.fround(word / 1000)));
    for (const image of [
      compressedDepth("16UC1; compressedDepth png", data),
      { kind: "compressed", format: "16UC1; png compressed ", data } as const,
    ]) {
      expect([...(await decodeDepth(image)).depthM]).toEqual(expected);
    }
  });

  it("undoes the inverse-depth quantisation of 32FC1", async () => {
    // The transport's defaults: depth_quantization 100, depth_max 10: A = 100·101, B = 1 − A/10.
    const a = 100 * 101;
    const b = 1 - a / 10;
    const metres = [0.4, 1, 2.5, 9.5];
    const words = [0, ...metres.map((z) => Math.round(a / z + b))];
    const data = await png16(5, 1, words);
    const image = compressedDepth("32FC1; compressedDepth png", data, a, b);
    const { depthM } = await decodeDepth(image);
    expect(depthM[0]).toBeNaN();
    for (const [index, z] of metres.entries()) {
      // Half a step of the quantiser.
      expect(Math.abs(depthM[index + 1]! - z)).toBeLessThanOrEqual((0.51 * z * z) / a);
    }
  });

  it("reads RVL", async () => {
    const word = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 65535 }));
    const rows = fc.array(fc.tuple(word, word, word), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(rows, async (pixels) => {
        const words = pixels.flat();
        const data = encodeRvl(3, pixels.length, words);
        const image = compressedDepth("16UC1; compressedDepth rvl", data);
        const { width, height, depthM } = await decodeDepth(image);
        expect([width, height]).toEqual([3, pixels.length]);
        const back = [...depthM].map((z) => (Number.isNaN(z) ? 0 : Math.round(z * 1000)));
        expect(back).toEqual(words);
      }),
    );
  });

  it("fails on RVL data that is cut off or damaged, and never hangs", async () => {
    const bytes = fc.uint8Array({ maxLength: 40 });
    const header = fc.constantFrom([2, 0, 0, 0, 2, 0, 0, 0], [0, 0, 0, 255, 9, 9, 9, 9], []);
    await fc.assert(
      fc.asyncProperty(header, bytes, async (start, rest) => {
        const data = Uint8Array.from([...start, ...rest]);
        const image = compressedDepth("16UC1; compressedDepth rvl", data);
        const result = await decodeDepth(image).catch((error: unknown) => error);
        if ("depthM" in (result as object)) expect(start).toHaveLength(8);
        else expect(result).toBeInstanceOf(ImageDataError);
      }),
    );
  });

  it("refuses JPEG, 8-bit PNG and colour PNG: their numbers are not depth", async () => {
    await expect(decodeDepth(await picture("jpeg"))).rejects.toThrow(/cannot contain depth/);
    await expect(decodeDepth(await picture("png"))).rejects.toThrow(/16 bit and 1 channel/);
  });

  it("fails on a truncated PNG and on data shorter than the header", async () => {
    const words = Array.from({ length: 4096 }, (_, index) => (index * 7919) % 65536);
    const image = compressedDepth("16UC1; compressedDepth png", await png16(64, 64, words));
    await expect(decodeDepth(truncated(image))).rejects.toThrow(ImageDataError);
    await expect(decodeDepth(truncated(image, 0.0005))).rejects.toThrow(/truncated/);
  });
});
