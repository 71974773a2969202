import fc from "fast-check";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import {
  type CompressedImage,
  DepthUnitError,
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
const METRES_OF_MM = [Number.NaN, 0.001, 1.5, Number.NaN, 0.012, Number.NaN].map(Math.fround);

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

describe("decodeDepth of units", () => {
  const topic = "/cam/depth";
  const of16 = (words: readonly number[], unitM?: number) => ({
    ...rawImage("16UC1", words.length, 1, littleEndian16(words)),
    depthOrigin: { topic, ...(unitM !== undefined && { unitM }) },
  });
  const of32 = (values: readonly number[], unitM?: number) => ({
    ...rawImage("32FC1", values.length, 1, littleEndianFloats(values)),
    depthOrigin: { topic, ...(unitM !== undefined && { unitM }) },
  });
  const metresOf = async (image: Parameters<typeof decodeDepth>[0]) => [
    ...(await decodeDepth(image)).depthM,
  ];
  const TABLE_M = [0.6, 0.71, 0.8].map(Math.fround);

  it("takes the unit that is declared", async () => {
    expect(await metresOf(of16([6000, 7100, 8000], 0.0001))).toEqual(TABLE_M);
    expect(await metresOf(of16([600, 710, 800], 0.001))).toEqual(TABLE_M);
    expect(await metresOf(of32([600, 710, 800], 0.001))).toEqual(TABLE_M);
    expect(await metresOf(of16([60, 71, 80], 0.01))).toEqual(TABLE_M);
    expect(await metresOf(of32([800, 900], 1))).toEqual([800, 900]);
    const data = await png16(3, 1, [6000, 7100, 8000]);
    const png = compressedDepth("16UC1; compressedDepth png", data);
    expect(await metresOf({ ...png, depthOrigin: { unitM: 0.0001 } })).toEqual(TABLE_M);
  });

  it("refuses what cannot be in the usual unit, and says what to set", async () => {
    for (const [image, words] of [
      [
        of16([6000, 7100, 8000]),
        /\/cam\/depth: 16UC1 is depth in mm.*farther away than 6 m.*depth_unit/,
      ],
      [of16([1, 2, 3]), /16UC1 is depth in mm.*nearer than 0.003 m/],
      [of32([600, 710, 800]), /32FC1 is depth in m\b.*farther away than 600 m.*depth_unit: mm/],
      [of32([0.0006, 0.0008]), /nearer than 0.0008 m/],
    ] as const) {
      await expect(decodeDepth(image)).rejects.toThrow(DepthUnitError);
      await expect(decodeDepth(image)).rejects.toThrow(words);
    }
  });

  it("believes a room with anything near, and is not led by stray pixels", async () => {
    const room = Array.from({ length: 100 }, (_, i) => (i < 10 ? 1500 : 9000));
    expect((await metresOf(of16(room)))[99]).toBe(9);
    const stray = Array.from({ length: 100 }, (_, i) => (i < 3 ? 1500 : 9000));
    await expect(decodeDepth(of16(stray))).rejects.toThrow(DepthUnitError);
    expect(await metresOf(of32([20, 800]))).toEqual([20, 800]);
    expect(await metresOf(of16([0, 0]))).toEqual([Number.NaN, Number.NaN]);
  });

  it("takes what is beyond any range for nothing seen", async () => {
    const values = [1, 1e30, 3.4028234663852886e38, 65535, 10_001, 10_000];
    expect(await metresOf(of32(values))).toEqual([1, NaN, NaN, NaN, NaN, 10_000]);
    expect(await metresOf(of16([1000, 65535]))).toEqual([1, NaN]);
    expect(await metresOf(of16([6000, 65535], 0.0001))).toEqual([Math.fround(0.6), NaN]);
  });
});

describe("decodeDepth of compressed images", () => {
  it("keeps all 16 bits of a PNG", async () => {
    const words = Array.from({ length: 64 * 32 }, (_, index) => (index * 7919) % 65536);
    const data = await png16(64, 32, words);
    const isDepth = (word: number) => word !== 0 && word !== 65535;
    const expected = words.map((word) => (isDepth(word) ? Math.fround(word / 1000) : Number.NaN));
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
        const declared = { ...image, depthOrigin: { unitM: 0.001 } };
        const { width, height, depthM } = await decodeDepth(declared);
        expect([width, height]).toEqual([3, pixels.length]);
        const back = [...depthM].map((z) => (Number.isNaN(z) ? 0 : Math.round(z * 1000)));
        expect(back).toEqual(words.map((value) => (value === 65535 ? 0 : value)));
      }),
    );
  });

  it("fails on RVL data that is cut off or damaged, and never hangs", async () => {
    const bytes = fc.uint8Array({ maxLength: 40 });
    const header = fc.constantFrom([2, 0, 0, 0, 2, 0, 0, 0], [0, 0, 0, 255, 9, 9, 9, 9], []);
    await fc.assert(
      fc.asyncProperty(header, bytes, async (start, rest) => {
        const data = Uint8Array.from([...start, ...rest]);
        const rvl = compressedDepth("16UC1; compressedDepth rvl", data);
        const image = { ...rvl, depthOrigin: { unitM: 0.001 } };
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
