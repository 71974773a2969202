import sharp from "sharp";
import { describe, expect, it } from "vitest";
import {
  type CompressedImage,
  decodeLabels,
  FrameError,
  ImageDataError,
  UnknownEncodingError,
  unpackLabels,
} from "../../src/camera/index.js";
import { bigEndian, littleEndian16, misaligned, padRows, rawImage } from "./images.js";

function int32(values: readonly number[]): Uint8Array {
  return new Uint8Array(Int32Array.from(values).buffer);
}

describe("decodeLabels", () => {
  it.each(["mono8", "8UC1"])("reads %s", (encoding) => {
    const image = rawImage(encoding, 3, 1, Uint8Array.of(0, 7, 255));
    expect([...decodeLabels(image).ids]).toEqual([0, 7, 255]);
  });

  it.each(["mono16", "16UC1"])("reads %s in both byte orders, at any address", (encoding) => {
    const image = rawImage(encoding, 2, 2, littleEndian16([0, 1, 258, 65535]));
    for (const source of [image, bigEndian(image, 2), misaligned(image), padRows(image, 2, 3)]) {
      expect(decodeLabels(source)).toMatchObject({ width: 2, height: 2 });
      expect([...decodeLabels(source).ids]).toEqual([0, 1, 258, 65535]);
    }
  });

  it("reads 32SC1 as long as the ids fit 16 bits", () => {
    const image = rawImage("32SC1", 2, 1, int32([3, 65535]));
    expect([...decodeLabels(image).ids]).toEqual([3, 65535]);
    const tooLarge = rawImage("32SC1", 2, 1, int32([3, 65536]));
    expect(() => decodeLabels(tooLarge)).toThrow(/label id 65536 is not within 0..65535/);
    expect(() => decodeLabels(rawImage("32SC1", 1, 1, int32([-1])))).toThrow(FrameError);
  });

  it.each([
    ["the same in all channels: Gazebo's semantic map", [0, 0, 0, 1, 1, 1, 7, 7, 7], [0, 1, 7]],
    [
      "the last channel beside numbers: Gazebo's panoptic map",
      [0, 0, 0, 1, 0, 5, 2, 1, 9],
      [0, 5, 9],
    ],
    ["red and green: CoppeliaSim's handles", [0, 0, 0, 44, 1, 0, 20, 0, 0], [0, 300, 20]],
  ])("reads ids in colours: %s", (_, pixels, ids) => {
    const image = rawImage("rgb8", 3, 1, Uint8Array.from(pixels));
    expect([...decodeLabels(image).ids]).toEqual(ids);
    const swapped = Uint8Array.from(pixels, (__, i) => pixels[i - (i % 3) + 2 - (i % 3)] ?? 0);
    expect([...decodeLabels(rawImage("bgr8", 3, 1, swapped)).ids]).toEqual(ids);
  });

  it("refuses a picture of labels", () => {
    const photo = Uint8Array.from({ length: 3 * 2000 }, (_, i) => [i / 3, i >> 8, 1][i % 3] ?? 0);
    const image = rawImage("rgb8", 2000, 1, photo);
    expect(() => decodeLabels(image)).toThrow(/a picture of labels, not their ids/);
    expect(() => decodeLabels(rawImage("yuv422", 2, 1, new Uint8Array(4)))).toThrow(
      UnknownEncodingError,
    );
  });
});

describe("unpackLabels", () => {
  const ids = Uint16Array.of(0, 1, 700, 3, 2, 0);

  async function png(channels: 1 | 3, isWide = false): Promise<CompressedImage> {
    const data = isWide ? ids : Uint8Array.from(ids);
    const raw = channels === 1 ? data : Uint8Array.from([...data].flatMap((id) => [id, id, id]));
    const picture = sharp(raw, { raw: { width: 3, height: 2, channels } });
    const gray = isWide ? "grey16" : "b-w";
    const packed = await (channels === 1 ? picture.toColourspace(gray) : picture).png().toBuffer();
    return { kind: "compressed", format: "png", data: packed };
  }

  it("keeps the ids of a PNG: 8 and 16 bits, and in colours", async () => {
    expect([...decodeLabels(await unpackLabels(await png(1, true))).ids]).toEqual([...ids]);
    const bytes = [...Uint8Array.from(ids)];
    expect([...decodeLabels(await unpackLabels(await png(1))).ids]).toEqual(bytes);
    expect([...decodeLabels(await unpackLabels(await png(3))).ids]).toEqual(bytes);
  });

  it("refuses what ids do not survive: JPEG, a palette, a cut", async () => {
    const raw = { width: 3, height: 2, channels: 3 as const };
    const data = new Uint8Array(18).map((_, i) => 40 * (i % 3));
    const jpeg = await sharp(data, { raw }).jpeg().toBuffer();
    const palette = await sharp(data, { raw }).png({ palette: true }).toBuffer();
    const whole = await png(1);
    for (const bytes of [jpeg, palette, whole.data.subarray(0, 40)]) {
      const image = { kind: "compressed" as const, format: "png", data: bytes };
      await expect(unpackLabels(image)).rejects.toThrow(ImageDataError);
    }
  });
});
