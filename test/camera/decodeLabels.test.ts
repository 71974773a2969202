import { describe, expect, it } from "vitest";
import { decodeLabels, FrameError, UnknownEncodingError } from "../../src/camera/index.js";
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

  it("refuses colour", () => {
    const image = rawImage("rgb8", 1, 1, new Uint8Array(3));
    expect(() => decodeLabels(image)).toThrow(UnknownEncodingError);
  });
});
