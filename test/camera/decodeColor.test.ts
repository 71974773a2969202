import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  colorSharp,
  decodeColor,
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
    const color = colorSharp(await picture("png"));
    const grey = await color.clone().greyscale().jpeg().toBuffer();
    const alpha = await color.clone().ensureAlpha(0.5).png().toBuffer();
    for (const data of [grey, alpha]) {
      const image = await decodeColor({ kind: "compressed", format: "", data });
      expect(image.data).toHaveLength(64 * 48 * 3);
    }
  });

  it("turns a photograph upright that its EXIF says is turned", async () => {
    const data = await colorSharp(await picture("png"))
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    const { width, height } = await decodeColor({ kind: "compressed", format: "jpeg", data });
    expect([width, height]).toEqual([48, 64]);
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
    ...["yuv422", "uyvy", "yuv422_yuy2", "yuyv", "nv12", "nv21"],
  ];
  const side = fc.integer({ min: 0, max: 9 });
  const sizes = fc.record({ width: side, height: side, step: fc.integer({ min: 0, max: 40 }) });

  it("gives all pixels or a FrameError, never half an image", async () => {
    const image = fc.tuple(fc.constantFrom(...ENCODINGS), sizes, fc.nat(200), fc.boolean());
    await fc.assert(
      fc.asyncProperty(image, async ([encoding, { width, height, step }, extra, isFitting]) => {
        const rows = encoding.startsWith("nv") ? height + Math.ceil(height / 2) : height;
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
