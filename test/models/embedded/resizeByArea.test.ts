import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RgbImage } from "../../../src/camera/index.js";
import { resizeByArea } from "../../../src/models/embedded/fitPicture.js";

function imageOf(width: number, height: number, byte: (index: number) => number): RgbImage {
  return {
    width,
    height,
    data: Uint8Array.from({ length: 3 * width * height }, (_, i) => byte(i)),
  };
}

const noise = (width: number, height: number) =>
  imageOf(width, height, (index) => (Math.imul(index + 1, 2654435761) >>> 24) & 255);
const mean = ({ data }: RgbImage) => data.reduce((sum, byte) => sum + byte, 0) / data.length;
const side = fc.integer({ min: 1, max: 200 });

describe("resizeByArea", () => {
  it("averages whole blocks, to the nearest byte", () => {
    const bytes = [1, 0, 0, 2, 0, 9, 3, 0, 0, 4, 0, 0];
    const image = imageOf(2, 2, (index) => bytes[index]!);
    expect([...resizeByArea(image, 1, 1).data]).toEqual([3, 0, 2]);
  });

  it("weighs a pixel by how much of it is covered", () => {
    const row = imageOf(3, 1, (index) => [0, 90, 30][Math.floor(index / 3)]!);
    // 1.5 pixels each: 0 and half of 90; half of 90 and 30.
    expect([...resizeByArea(row, 2, 1).data]).toEqual([30, 30, 30, 50, 50, 50]);
  });

  it("interpolates between pixel centres where it enlarges", () => {
    const row = imageOf(2, 1, (index) => [0, 100][Math.floor(index / 3)]!);
    const greys = [...resizeByArea(row, 4, 1).data].filter((_, index) => index % 3 === 0);
    expect(greys).toEqual([0, 25, 75, 100]);
  });

  it("leaves what has one colour that colour, at any size", () => {
    fc.assert(
      fc.property(side, side, side, side, fc.nat(255), (w, h, width, height, grey) => {
        const { data } = resizeByArea(
          imageOf(w, h, () => grey),
          width,
          height,
        );
        expect(data).toHaveLength(3 * width * height);
        expect(data.every((byte) => byte === grey)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it("keeps the brightness of what shrinks", () => {
    const shrink = fc.double({ min: 0.3, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.integer({ min: 60, max: 160 }),
        fc.integer({ min: 60, max: 160 }),
        shrink,
        shrink,
        (w, h, x, y) => {
          const image = noise(w, h);
          const smaller = resizeByArea(image, Math.ceil(w * x), Math.ceil(h * y));
          expect(Math.abs(mean(smaller) - mean(image))).toBeLessThan(0.5);
        },
      ),
      { numRuns: 50 },
    );
  });

  it("averages by a whole factor as by any other", () => {
    const image = noise(64, 48);
    const blocks = resizeByArea(image, 32, 24).data;
    // One column less is another path: the same picture but for where its pixels lie.
    const taps = resizeByArea({ ...noise(64, 48) }, 32, 25).data.subarray(0, 3 * 32);
    const exact = (index: number) => {
      const at = Math.floor(index / 3) * 6 + (index % 3);
      const sum = (row: number) => image.data[row * 192 + at]! + image.data[row * 192 + at + 3]!;
      // 48 / 25 rows: the first, and 23/25 of the second.
      return (sum(0) + (sum(1) * 23) / 25) / (2 * (48 / 25));
    };
    taps.forEach((byte, index) => {
      expect(Math.abs(byte - exact(index))).toBeLessThan(0.51);
    });
    expect(blocks[0]).toBe(
      Math.floor((image.data[0]! + image.data[3]! + image.data[192]! + image.data[195]! + 2) / 4),
    );
  });
});
