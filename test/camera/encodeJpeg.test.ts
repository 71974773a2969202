import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { encodeJpeg, ImageDataError } from "../../src/camera/index.js";
import { gradient, picture, rawImage, truncated } from "./images.js";

describe("encodeJpeg", () => {
  it("returns a JPEG that fits as it came, byte for byte", async () => {
    const image = await picture("jpeg");
    expect([...(await encodeJpeg(image, { maxSidePx: 64 }))]).toEqual([...image.data]);
    expect([...(await encodeJpeg(image))]).toEqual([...image.data]);
  });

  it("shrinks a JPEG that does not fit", async () => {
    const { width, height } = await sharp(
      await encodeJpeg(await picture("jpeg"), { maxSidePx: 16 }),
    ).metadata();
    expect([width, height]).toEqual([16, 12]);
  });

  it("encodes raw and PNG images, smaller with less quality", async () => {
    const raw = rawImage("bgr8", 64, 48, gradient(64, 48));
    for (const image of [raw, await picture("png")]) {
      const fine = await encodeJpeg(image, { quality: 95 });
      const coarse = await encodeJpeg(image, { quality: 20 });
      expect((await sharp(fine).metadata()).format).toBe("jpeg");
      expect(coarse.length).toBeLessThan(fine.length);
    }
  });

  it("does not pass a truncated JPEG on", async () => {
    await expect(encodeJpeg(truncated(await picture("jpeg")))).rejects.toThrow(ImageDataError);
  });
});
