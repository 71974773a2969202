import fc from "fast-check";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import {
  colorSharp,
  colorSize,
  decodeColor,
  encodeJpeg,
  FrameError,
  ImageDataError,
  ImageSizeError,
  type SourceImage,
  UnknownEncodingError,
} from "../../src/camera/index.js";
import {
  bigEndian,
  gradient,
  largestDifference,
  littleEndian16,
  littleEndianFloats,
  padRows,
  picture,
  rawImage,
  truncated,
} from "./images.js";

const RED = [255, 0, 0];
const GREY = [90, 90, 90];

async function rgbOf(image: SourceImage): Promise<number[]> {
  return [...(await decodeColor(image)).data];
}

describe("decodeColor of packed encodings", () => {
  it.each([
    ["rgb8", [1, 2, 3, 4, 5, 6]],
    ["bgr8", [3, 2, 1, 6, 5, 4]],
    ["8UC3", [3, 2, 1, 6, 5, 4]],
    ["rgba8", [1, 2, 3, 0, 4, 5, 6, 255]],
    ["bgra8", [3, 2, 1, 0, 6, 5, 4, 255]],
  ])("reads %s", async (encoding, bytes) => {
    const image = rawImage(encoding, 2, 1, Uint8Array.from(bytes));
    expect(await rgbOf(image)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("repeats mono8 in all three channels", async () => {
    expect(await rgbOf(rawImage("mono8", 2, 1, Uint8Array.of(7, 200)))).toEqual([
      7, 7, 7, 200, 200, 200,
    ]);
  });

  it("keeps the upper byte of mono16 in either byte order", async () => {
    const image = rawImage("mono16", 2, 1, littleEndian16([0x12ff, 0xab00]));
    expect(await rgbOf(image)).toEqual([0x12, 0x12, 0x12, 0xab, 0xab, 0xab]);
    expect(await rgbOf(bigEndian(image, 2))).toEqual([0x12, 0x12, 0x12, 0xab, 0xab, 0xab]);
  });

  it.each([
    ["rgb16", [0, 1, 2]],
    ["bgr16", [2, 1, 0]],
    ["16UC3", [2, 1, 0]],
    ["rgba16", [0, 1, 2, 9]],
    ["bgra16", [2, 1, 0, 9]],
    ["16UC4", [2, 1, 0, 9]],
  ])("keeps the upper byte of %s in either byte order, also padded", async (encoding, places) => {
    const pixels = [
      [0x1401, 0xc8ff, 0x2880, 0xffff],
      [0xdc00, 0x1e00, 0x0aff, 0xffff],
    ];
    const words = pixels.flatMap((pixel) => places.map((place) => pixel[place] ?? 0xffff));
    const image = rawImage(encoding, 2, 1, littleEndian16(words));
    const two = rawImage(encoding, 1, 2, littleEndian16(words));
    for (const source of [image, bigEndian(image, 2), padRows(two, 2, 2), padRows(two, 2, 3)]) {
      expect(await rgbOf(source)).toEqual([20, 200, 40, 220, 30, 10]);
    }
  });

  it.each([
    [255, 255],
    [256, 64],
    [1023, 255],
    [1024, 64],
    [4095, 255],
    [16383, 255],
    [16384, 64],
    [65535, 255],
  ])("shows light of 16 bits, %i at most, by the bits that are used", async (most, brightest) => {
    const words = littleEndian16([0, most]);
    expect(await rgbOf(rawImage("mono16", 2, 1, words))).toEqual([
      ...[0, 0, 0],
      ...[brightest, brightest, brightest],
    ]);
    const rgb = littleEndian16([most, 0, 0]);
    expect(await rgbOf(rawImage("rgb16", 1, 1, rgb))).toEqual([brightest, 0, 0]);
  });

  it("knows encodings in capitals", async () => {
    expect(await rgbOf(rawImage("RGB8", 1, 1, Uint8Array.of(1, 2, 3)))).toEqual([1, 2, 3]);
  });

  it.each(["16UC1", "32FC1"])("shows %s depth with the nearest brightest", async (encoding) => {
    const values = [0, 500, 1000];
    const bytes = encoding === "16UC1" ? littleEndian16(values) : littleEndianFloats(values);
    const [nothing, , , near, , , far] = await rgbOf(rawImage(encoding, 3, 1, bytes));
    expect(nothing).toBe(0);
    expect(near).toBe(255);
    expect(far).toBe(40);
  });

  it.each([
    ["rgb8", 3],
    ["bgr8", 3],
    ["bgra8", 4],
    ["mono8", 1],
    ["mono16", 2],
    ["bayer_rggb8", 1],
    ["yuv422", 2],
  ])("skips the row padding of %s", async (encoding, bytesPerPixel) => {
    const data = Uint8Array.from(
      { length: 6 * 4 * bytesPerPixel },
      (_, index) => (index * 37) % 251,
    );
    const image = rawImage(encoding, 6, 4, data);
    expect(await rgbOf(padRows(image, 4, 5))).toEqual(await rgbOf(image));
  });

  it("returns rgb8 that needs no resize as a view of the message's memory", async () => {
    const image = rawImage("rgb8", 4, 2, gradient(4, 2));
    for (const size of [undefined, { maxSidePx: 4 }, { width: 4, height: 2 }]) {
      const { data } = await decodeColor(image, size);
      expect(data.buffer).toBe(image.data.buffer);
    }
  });
});

describe("decodeColor of Bayer mosaics", () => {
  const channelAt = {
    rggb: [0, 1, 1, 2],
    bggr: [2, 1, 1, 0],
    gbrg: [1, 2, 0, 1],
    grbg: [1, 0, 2, 1],
  };

  it.each(Object.entries(channelAt))(
    "finds the flat colour behind %s",
    async (pattern, channels) => {
      const color = [200, 120, 40];
      const mosaic = Uint8Array.from({ length: 7 * 5 }, (_, index) => {
        const cell = (Math.floor(index / 7) % 2) * 2 + ((index % 7) % 2);
        return color[channels[cell]!]!;
      });
      const rgb = await rgbOf(rawImage(`bayer_${pattern}8`, 7, 5, mosaic));
      expect(rgb).toEqual(Array.from({ length: 35 }, () => color).flat());
    },
  );

  it.each(Object.entries(channelAt))(
    "finds the flat colour behind %s of 16 bits, of which 12 are used",
    async (pattern, channels) => {
      const color = [3200, 1920, 640];
      const mosaic = Array.from({ length: 7 * 5 }, (_, index) => {
        const cell = (Math.floor(index / 7) % 2) * 2 + ((index % 7) % 2);
        return color[channels[cell] ?? 0] ?? 0;
      });
      const image = rawImage(`bayer_${pattern}16`, 7, 5, littleEndian16(mosaic));
      const expected = Array.from({ length: 35 }, () => [200, 120, 40]).flat();
      for (const source of [image, bigEndian(image, 2), padRows(image, 5, 6)]) {
        expect(await rgbOf(source)).toEqual(expected);
      }
    },
  );

  it("interpolates a gradient linearly", async () => {
    const mosaic = Uint8Array.from({ length: 64 }, (_, index) => 10 * (index % 8) + 20);
    const { data } = await decodeColor(rawImage("bayer_grbg8", 8, 8, mosaic));
    const inner = [2, 3, 4, 5].map((column) => [
      ...data.subarray((3 * 8 + column) * 3).slice(0, 3),
    ]);
    expect(inner).toEqual([40, 50, 60, 70].map((value) => [value, value, value]));
  });

  it("reads mosaics of a single row or column", async () => {
    expect(await rgbOf(rawImage("bayer_rggb8", 1, 1, Uint8Array.of(9)))).toHaveLength(3);
    expect(await rgbOf(rawImage("bayer_rggb8", 1, 3, Uint8Array.of(9, 9, 9)))).toHaveLength(9);
  });
});

describe("decodeColor of YUV", () => {
  // BT.601, limited range: red is (81, 90, 240), grey 90 is (93, 128, 128).
  const Y = [81, 81, 93, 93];

  it.each([
    ["yuv422", [90, 81, 240, 81, 128, 93, 128, 93]],
    ["uyvy", [90, 81, 240, 81, 128, 93, 128, 93]],
    ["yuv422_yuy2", [81, 90, 81, 240, 93, 128, 93, 128]],
    ["yuyv", [81, 90, 81, 240, 93, 128, 93, 128]],
  ])("reads %s", async (encoding, bytes) => {
    const { data } = await decodeColor(rawImage(encoding, 4, 1, Uint8Array.from(bytes)));
    const expected = Uint8Array.from([...RED, ...RED, ...GREY, ...GREY]);
    expect(largestDifference(data, expected)).toBeLessThanOrEqual(1);
  });

  it.each([
    ["nv12", [90, 240, 128, 128]],
    ["nv21", [240, 90, 128, 128]],
  ])("reads %s, also with padded rows", async (encoding, chroma) => {
    const image = rawImage(encoding, 4, 2, Uint8Array.from([...Y, ...Y, ...chroma]), { step: 4 });
    const row = [...RED, ...RED, ...GREY, ...GREY];
    const expected = Uint8Array.from([...row, ...row]);
    for (const source of [image, padRows(image, 3, 4)]) {
      expect(largestDifference((await decodeColor(source)).data, expected)).toBeLessThanOrEqual(1);
    }
  });
});

describe("decodeColor of YUV with planes", () => {
  // Each plane by itself: red on the left, grey on the right; rows are the same.
  const Y = [81, 81, 93, 93];
  const U = [90, 128];
  const V = [240, 128];
  const WIDE = { u: [90, 90, 128, 128], v: [240, 240, 128, 128] };
  const zip = (a: readonly number[], b: readonly number[]) => a.flatMap((x, i) => [x, b[i] ?? 0]);
  const rows = [...Y, ...Y];

  it.each([
    ["nv12", [...rows, ...zip(U, V)]],
    ["NV12", [...rows, ...zip(U, V)]],
    ["nv21", [...rows, ...zip(V, U)]],
    ["nv16", [...rows, ...zip(U, V), ...zip(U, V)]],
    ["nv24", [...rows, ...zip(WIDE.u, WIDE.v), ...zip(WIDE.u, WIDE.v)]],
    ["i420", [...rows, ...U, ...V]],
    ["yuv420", [...rows, ...U, ...V]],
    ["yv12", [...rows, ...V, ...U]],
  ])("reads %s, whatever step says of planes without padding", async (encoding, bytes) => {
    const row = [...RED, ...RED, ...GREY, ...GREY];
    for (const step of [4, 0, 6, 12]) {
      const image = rawImage(encoding, 4, 2, Uint8Array.from(bytes), { step });
      const { data } = await decodeColor(image);
      expect(largestDifference(data, Uint8Array.from([...row, ...row]))).toBeLessThanOrEqual(1);
    }
  });

  it.each([
    ["nv24", [81, 93, 0, 0, 90, 240, 128, 128, 0, 0, 0, 0]],
    ["i420", [81, 93, 0, 0, 90, 0, 240, 0]],
  ])("reads %s of padded planes", async (encoding, bytes) => {
    const image = rawImage(encoding, 2, 1, Uint8Array.from(bytes), { step: 4 });
    const { data } = await decodeColor(image);
    expect(largestDifference(data.subarray(0, 3), Uint8Array.from(RED))).toBeLessThanOrEqual(1);
  });

  it("reads yuv444 as y, u, v of each pixel", async () => {
    const image = rawImage("yuv444", 2, 1, Uint8Array.of(81, 90, 240, 93, 128, 128));
    const { data } = await decodeColor(image);
    expect(largestDifference(data, Uint8Array.from([...RED, ...GREY]))).toBeLessThanOrEqual(1);
  });

  it("refuses planes that are cut off", async () => {
    const image = rawImage("i420", 4, 2, new Uint8Array(11), { step: 4 });
    await expect(decodeColor(image)).rejects.toThrow(/truncated: 11 bytes/);
  });
});

/** A mosaic of one colour as a picture of one channel. */
function mosaicOf(color: readonly number[], bits: 8 | 16) {
  const words = Array.from({ length: 16 * 16 }, (_, index) => {
    const cell = (Math.floor(index / 16) % 2) + ((index % 16) % 2);
    return color[cell] ?? 0;
  });
  const raw = { width: 16, height: 16, channels: 1 } as const;
  return bits === 16
    ? sharp(Uint16Array.from(words), { raw }).toColourspace("grey16")
    : sharp(Uint8Array.from(words), { raw }).toColourspace("b-w");
}

describe("decodeColor of compressed images of Bayer topics", () => {
  const COLOR = [20, 200, 40];

  it("finds the colour of the mosaic in a JPEG and in PNGs of 8 and 16 bits", async () => {
    const pictures = [
      ["bayer_rggb8; jpeg compressed ", await mosaicOf(COLOR, 8).jpeg({ quality: 98 }).toBuffer()],
      ["bayer_rggb8; png compressed ", await mosaicOf(COLOR, 8).png().toBuffer()],
      [
        "bayer_rggb16; png compressed ",
        await mosaicOf([20 << 4, 200 << 4, 40 << 4], 16)
          .png()
          .toBuffer(),
      ],
    ] as const;
    for (const [format, data] of pictures) {
      const image = { kind: "compressed", format, data } as const;
      const { data: rgb } = await decodeColor(image);
      const expected = Uint8Array.from(Array.from({ length: 256 }, () => COLOR).flat());
      const limit = format.includes("jpeg") ? 8 : 0;
      expect(largestDifference(rgb, expected)).toBeLessThanOrEqual(limit);
      const { data: again } = await decodeColor({
        kind: "compressed",
        format: "jpeg",
        data: await encodeJpeg(image, { quality: 98 }),
      });
      expect(largestDifference(again, expected)).toBeLessThanOrEqual(12);
    }
  });

  it("takes a picture of three channels, or one that names its target, as it is", async () => {
    const color = { ...(await picture("png")), format: "bayer_rggb8; png compressed " };
    expect(largestDifference((await decodeColor(color)).data, gradient(64, 48))).toBe(0);
    const data = await mosaicOf(COLOR, 8).png().toBuffer();
    const grey = { kind: "compressed", format: "bayer_rggb8; png compressed mono8", data } as const;
    expect([...(await decodeColor(grey)).data.subarray(0, 6)]).toEqual([20, 20, 20, 200, 200, 200]);
  });

  it("shows PNGs of 16 bits by the bits that are used", async () => {
    const raw = { width: 2, height: 1, channels: 3 } as const;
    const words = Uint16Array.from([20, 200, 40, 220, 30, 10].map((value) => value << 4));
    const data = await sharp(words, { raw }).toColourspace("rgb16").png().toBuffer();
    const image = { kind: "compressed", format: "rgb16; png compressed bgr16", data } as const;
    expect(await rgbOf(image)).toEqual([20, 200, 40, 220, 30, 10]);
  });

  it("fails on a mosaic that is cut off", async () => {
    const whole = await mosaicOf(COLOR, 8).png({ compressionLevel: 0 }).toBuffer();
    const image = {
      kind: "compressed",
      format: "bayer_rggb8; png compressed ",
      data: new Uint8Array(whole.subarray(0, whole.length >> 1)),
    } as const;
    await expect(decodeColor(image)).rejects.toThrow(ImageDataError);
  });
});

describe("decodeColor of compressed images", () => {
  it.each(["jpeg", "png", "webp"] as const)("reads %s", async (format) => {
    const { width, height, data } = await decodeColor(await picture(format));
    expect([width, height]).toEqual([64, 48]);
    const limit = format === "png" ? 0 : 12;
    expect(largestDifference(data, gradient(64, 48))).toBeLessThanOrEqual(limit);
  });

  it("goes by the bytes where the format field is wrong", async () => {
    const image = { ...(await picture("png")), format: "jpeg" };
    expect((await decodeColor(image)).width).toBe(64);
  });

  it("gives three channels for a grey JPEG and for a PNG with alpha", async () => {
    const color = await colorSharp(await picture("png"));
    const grey = await color.clone().greyscale().jpeg().toBuffer();
    const alpha = await color.clone().ensureAlpha(0.5).png().toBuffer();
    for (const data of [grey, alpha]) {
      const image = await decodeColor({ kind: "compressed", format: "", data });
      expect(image.data).toHaveLength(64 * 48 * 3);
    }
  });

  it("turns a photograph of the user's upright, and a camera's image never", async () => {
    const data = await (await colorSharp(await picture("png")))
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    const image = { kind: "compressed", format: "jpeg", data } as const;
    const photo = { ...image, isPhoto: true };
    for (const [source, size] of [
      [image, [64, 48]],
      [photo, [48, 64]],
    ] as const) {
      const { width, height } = await decodeColor(source);
      expect([width, height]).toEqual(size);
      expect(Object.values(await colorSize(source))).toEqual(expect.arrayContaining([...size]));
      // Whoever reads the JPEG turns it as its EXIF says: it must not say anything any more.
      const jpeg = await sharp(await encodeJpeg(source)).metadata();
      expect([jpeg.width, jpeg.height, jpeg.orientation]).toEqual([...size, undefined]);
    }
  });

  it("fails on a truncated JPEG instead of filling up with grey", async () => {
    const image = truncated(await picture("jpeg"));
    await expect(decodeColor(image)).rejects.toThrow(ImageDataError);
    await expect(decodeColor(image)).rejects.toThrow(/jpeg.* bytes cannot be decoded/);
  });

  it("says what the first bytes are when they are no image", async () => {
    const data = new TextEncoder().encode("<html>404</html>");
    const decoding = decodeColor({ kind: "compressed", format: "jpeg", data });
    await expect(decoding).rejects.toThrow(/neither JPEG, PNG nor WebP: 16 bytes.*3c 68 74 6d/);
  });

  it("refuses compressed depth as colour", async () => {
    const image = { ...(await picture("png")), format: "16UC1; compressedDepth png" };
    await expect(decodeColor(image)).rejects.toThrow(/depth image/);
  });
});

describe("decodeColor with a size", () => {
  it("shrinks to the longest side and keeps the shape", async () => {
    const raw = rawImage("bgr8", 64, 48, gradient(64, 48));
    for (const image of [await picture("jpeg"), raw]) {
      const { width, height, data } = await decodeColor(image, { maxSidePx: 32 });
      expect([width, height, data.length]).toEqual([32, 24, 32 * 24 * 3]);
    }
  });

  it("never enlarges to a longest side", async () => {
    const { width, height } = await decodeColor(await picture("jpeg"), { maxSidePx: 1000 });
    expect([width, height]).toEqual([64, 48]);
  });

  it("fills an exact size", async () => {
    const { width, height } = await decodeColor(await picture("webp"), { width: 20, height: 20 });
    expect([width, height]).toEqual([20, 20]);
  });

  it("resizes what it sees, not the bytes: bgr8 stays the colour it was", async () => {
    const blue = new Uint8Array(16 * 16 * 3).map((_, index) => (index % 3 === 0 ? 200 : 10));
    const { data } = await decodeColor(rawImage("bgr8", 16, 16, blue), { width: 4, height: 4 });
    expect([...data.subarray(0, 3)]).toEqual([10, 10, 200]);
  });
});

describe("decodeColor of images that are wrong", () => {
  it("names an unknown encoding and lists the known ones", async () => {
    const image = rawImage("yuv420p10", 2, 2, new Uint8Array(12));
    await expect(decodeColor(image)).rejects.toThrow(UnknownEncodingError);
    await expect(decodeColor(image)).rejects.toThrow(/"yuv420p10".*Known: rgb8, bgr8.*nv21/);
  });

  it("says how many bytes there are and how many there should be", async () => {
    const image = rawImage("rgb8", 4, 4, new Uint8Array(40), { step: 12 });
    await expect(decodeColor(image)).rejects.toThrow(ImageSizeError);
    await expect(decodeColor(image)).rejects.toThrow(/rgb8 image of 4x4: truncated: 40 bytes.* 48/);
  });

  it("refuses too many bytes, a step shorter than a row, and no pixels", async () => {
    const tooMany = rawImage("mono8", 4, 4, new Uint8Array(17), { step: 4 });
    const short = rawImage("rgb8", 4, 4, new Uint8Array(16), { step: 4 });
    const empty = rawImage("rgb8", 0, 0, new Uint8Array(0), { step: 0 });
    await expect(decodeColor(tooMany)).rejects.toThrow(/too long/);
    await expect(decodeColor(short)).rejects.toThrow(/a row needs 12 bytes, but step is 4/);
    await expect(decodeColor(empty)).rejects.toThrow(FrameError);
  });

  it("accepts that the last row lacks its padding", async () => {
    const image = rawImage("mono8", 2, 2, Uint8Array.of(1, 2, 0, 3, 4), { step: 3 });
    expect(await rgbOf(image)).toEqual([1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]);
  });
});

describe("decodeColor of any raw image", () => {
  const ENCODINGS = [
    ...["rgb8", "bgr8", "rgba8", "bgra8", "mono8", "mono16", "16UC1", "32FC1"],
    ...["bayer_rggb8", "bayer_bggr8", "bayer_gbrg8", "bayer_grbg8"],
    ...["yuv422", "uyvy", "yuv422_yuy2", "yuyv", "nv12", "nv21", "nv16", "nv24", "i420", "yv12"],
    ...["rgb16", "bgra16", "16UC3", "bayer_grbg16", "yuv444"],
  ];
  /** For each row of luma. */
  const CHROMA_ROWS: Readonly<Record<string, number>> = {
    ...{ nv12: 0.5, nv21: 0.5, i420: 0.5, yv12: 0.5 },
    ...{ nv16: 1, nv24: 2 },
  };
  const side = fc.integer({ min: 0, max: 9 });
  const sizes = fc.record({ width: side, height: side, step: fc.integer({ min: 0, max: 40 }) });

  it("gives all pixels or a FrameError, never half an image", async () => {
    const image = fc.tuple(fc.constantFrom(...ENCODINGS), sizes, fc.nat(200), fc.boolean());
    await fc.assert(
      fc.asyncProperty(image, async ([encoding, { width, height, step }, extra, isFitting]) => {
        const rows = height + Math.ceil(height * (CHROMA_ROWS[encoding] ?? 0));
        const data = new Uint8Array(isFitting ? rows * step : extra);
        const source = rawImage(encoding, width, height, data, { step });
        const result = await decodeColor(source).catch((error: unknown) => error);
        if (result instanceof Error) expect(result).toBeInstanceOf(FrameError);
        else expect(result).toMatchObject({ data: { length: width * height * 3 } });
      }),
      { numRuns: 500 },
    );
  });
});
