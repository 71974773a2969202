import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeColor, imageFault } from "../../src/camera/index.js";
import { gradient, picture, rawImage, truncated } from "./images.js";

const FORMATS = ["jpeg", "png", "webp"] as const;

describe("imageFault", () => {
  it.each(FORMATS)("finds nothing wrong with a whole %s", async (format) => {
    expect(await imageFault(await picture(format))).toBeUndefined();
  });

  it.each(FORMATS)("finds every truncation of a %s", async (format) => {
    const whole = await picture(format);
    const lengths = fc.integer({ min: 0, max: whole.data.length - 1 });
    await fc.assert(
      fc.asyncProperty(lengths, async (length) => {
        const fault = await imageFault({ ...whole, data: whole.data.subarray(0, length) });
        expect(fault).toMatch(/truncated|neither/);
      }),
      { numRuns: 60 },
    );
  });

  it("says which format stops where", async () => {
    const image = truncated(await picture("jpeg"));
    expect(await imageFault({ ...image, format: "rgb8; jpeg compressed bgr8" })).toBe(
      `"rgb8; jpeg compressed bgr8" image is truncated: the JPEG data stops after ` +
        `${image.data.length} bytes without its end`,
    );
  });

  it("finds it also while other images are decoded", async () => {
    const whole = await picture("jpeg", 160, 120);
    for (let round = 0; round < 60; round++) {
      const [fault] = await Promise.all([
        imageFault(truncated(whole)),
        ...[1, 2, 3].map(() => decodeColor({ ...whole })),
      ]);
      expect(fault).toContain("is truncated");
    }
  });

  it("accepts zeros and other bytes after the end of a JPEG", async () => {
    const { data, ...image } = await picture("jpeg");
    for (const tail of [new Uint8Array(100), Uint8Array.of(1, 2, 3)]) {
      const padded = new Uint8Array([...data, ...tail]);
      expect(await imageFault({ ...image, data: padded })).toBeUndefined();
    }
  });

  it("finds a raw image that is cut off, whatever its encoding", async () => {
    const whole = rawImage("rgb8", 8, 8, gradient(8, 8));
    expect(await imageFault(whole)).toBeUndefined();
    const cut = { ...whole, data: whole.data.subarray(0, 100) };
    expect(await imageFault(cut)).toMatch(/truncated: 100 bytes, but 8 rows of step 24 are 192/);
    expect(await imageFault({ ...cut, encoding: "vendor_x" })).toMatch(/vendor_x.*truncated/);
  });

  it("leaves it to the decoder to refuse an unknown encoding", async () => {
    expect(await imageFault(rawImage("vendor_x", 2, 2, new Uint8Array(10)))).toBeUndefined();
  });

  it("looks behind the header of compressed depth", async () => {
    const png = await picture("png");
    const data = new Uint8Array([...new Uint8Array(12), ...png.data]);
    const image = { ...png, format: "16UC1; compressedDepth png", data };
    expect(await imageFault(image)).toBeUndefined();
    expect(await imageFault(truncated(image))).toMatch(/truncated/);
    expect(await imageFault({ ...image, data: data.subarray(0, 12) })).toMatch(/truncated/);
  });
});
