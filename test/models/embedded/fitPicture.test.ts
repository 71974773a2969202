import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CameraInfo, CameraModelError, type RgbImage } from "../../../src/camera/index.js";
import { fitPicture } from "../../../src/models/embedded/fitPicture.js";

const SIZE = { width: 320, height: 240, focal_widths_unless_known: 0.9 };
const GREY = 114;

function imageOf(
  width: number,
  height: number,
  pixel: (u: number, v: number) => readonly [number, number, number],
): RgbImage {
  const data = new Uint8Array(3 * width * height);
  for (let v = 0; v < height; v++) {
    for (let u = 0; u < width; u++) data.set(pixel(u, v), 3 * (v * width + u));
  }
  return { width, height, data };
}

function infoOf(width: number, height: number, fields: Partial<CameraInfo> = {}): CameraInfo {
  const middle = { cx: (width - 1) / 2, cy: (height - 1) / 2 };
  const distortion = { model: "", coefficients: [] };
  return { width, height, fx: width, fy: width, ...middle, distortion, ...fields };
}

const white = (width: number, height: number) => imageOf(width, height, () => [255, 255, 255]);
const sides = fc.tuple(fc.integer({ min: 1, max: 700 }), fc.integer({ min: 1, max: 700 }));

describe("fitPicture", () => {
  it("shows a point where the lens says, and finds it in the image again", () => {
    const lens = fc.record({
      fx: fc.double({ min: 50, max: 900, noNaN: true }),
      fy: fc.double({ min: 50, max: 900, noNaN: true }),
      cx: fc.double({ min: -50, max: 800, noNaN: true }),
      cy: fc.double({ min: -50, max: 800, noNaN: true }),
    });
    const ray = fc.tuple(
      fc.double({ min: -1, max: 1, noNaN: true }),
      fc.double({ min: -1, max: 1, noNaN: true }),
    );
    fc.assert(
      fc.property(sides, lens, ray, ([width, height], lens, [x, y]) => {
        const picture = fitPicture(white(width, height), infoOf(width, height, lens), SIZE);
        const { fx, fy, cx, cy, isKnown } = picture.lens;
        const [u, v] = picture.toImage(fx * x + cx, fy * y + cy);
        expect(isKnown).toBe(true);
        expect(u).toBeCloseTo(lens.fx * x + lens.cx, 6);
        expect(v).toBeCloseTo(lens.fy * y + lens.cy, 6);
      }),
      { numRuns: 60 },
    );
  });

  it("leaves a ramp the ramp it was: pixels are where toImage says", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 40, max: 640 }),
        fc.integer({ min: 40, max: 640 }),
        (width, height) => {
          const [stepU, stepV] = [200 / width, 200 / height];
          const ramp = imageOf(width, height, (u, v) => [20 + stepU * u, 20 + stepV * v, 0]);
          const { pixels, toImage } = fitPicture(ramp, undefined, SIZE);
          for (const [u, v] of [
            [160, 120],
            [155, 110],
            [170, 133],
          ] as const) {
            const at = 3 * (v * 320 + u);
            const [imageU, imageV] = toImage(u, v);
            if (imageU < 1 || imageV < 1 || imageU > width - 2 || imageV > height - 2) continue;
            // Rounded down once in the ramp, to the nearest once in the picture.
            expect(Math.abs(pixels[at]! - (19.5 + stepU * imageU))).toBeLessThan(1.6);
            expect(Math.abs(pixels[at + 1]! - (19.5 + stepV * imageV))).toBeLessThan(1.6);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("fills a 4:3 image's picture whole, and puts grey beside any other's", () => {
    expect(fitPicture(white(640, 480), undefined, SIZE).pixels.every((byte) => byte === 255)).toBe(
      true,
    );
    const { pixels } = fitPicture(white(640, 360), undefined, SIZE);
    const rows = Array.from({ length: 240 }, (_, row) => [
      ...pixels.subarray(960 * row, 960 * (row + 1)),
    ]);
    const isAll = (row: number[], value: number) => row.every((byte) => byte === value);
    expect(rows.slice(0, 30).every((row) => isAll(row, GREY))).toBe(true);
    expect(rows.slice(30, 210).every((row) => isAll(row, 255))).toBe(true);
    expect(rows.slice(210).every((row) => isAll(row, GREY))).toBe(true);
  });

  it("is always of the model's size, and touches two sides of it", () => {
    fc.assert(
      fc.property(sides, ([width, height]) => {
        const { pixels } = fitPicture(white(width, height), undefined, SIZE);
        expect(pixels).toHaveLength(3 * 320 * 240);
        const isWhite = (u: number, v: number) => pixels[3 * (v * 320 + u)] === 255;
        const us = Array.from({ length: 320 }, (_, u) => u);
        const vs = Array.from({ length: 240 }, (_, v) => v);
        const wide = [0, 319].every((u) => vs.some((v) => isWhite(u, v)));
        const tall = [0, 239].every((v) => us.some((u) => isWhite(u, v)));
        expect(wide || tall).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    ["squashed to half its height", 640, 240],
    ["squashed to a square", 480, 480],
    ["squashed to half its width", 320, 480],
    ["stretched", 960, 480],
  ])("undoes what CameraInfo says was done to a 4:3 image: %s", (_, width, height) => {
    // A ramp across and down, as an image of 640x480 with square pixels would show it.
    const ramp = imageOf(width, height, (u, v) => [
      Math.round((255 * u) / width),
      Math.round((255 * v) / height),
      0,
    ]);
    const info = infoOf(width, height, { fx: (576 * width) / 640, fy: (576 * height) / 480 });
    const { pixels, lens } = fitPicture(ramp, info, SIZE);
    expect(lens.fx / lens.fy).toBeCloseTo(1, 2);
    expect(lens.fx).toBeCloseTo(288, 0);
    // No grey beside it: the picture is filled.
    const at = (u: number, v: number) => [...pixels.subarray(3 * (320 * v + u)).subarray(0, 3)];
    for (const [u, v] of [
      [0, 0],
      [319, 239],
      [80, 200],
    ] as const) {
      const [red = 0, green = 0, blue] = at(u, v);
      expect(Math.abs(red - (255 * u) / 320)).toBeLessThan(3);
      expect(Math.abs(green - (255 * v) / 240)).toBeLessThan(3);
      expect(blue).toBe(0);
    }
  });

  it("says how much an image may have been stretched that no CameraInfo speaks of", () => {
    const doubt = (width: number, height: number, info?: CameraInfo) =>
      fitPicture(white(width, height), info, SIZE).mayBeStretched;
    expect(doubt(640, 480)).toBe(0);
    expect(doubt(480, 480)).toBeCloseTo(Math.log(4 / 3), 6);
    expect(doubt(640, 360)).toBeCloseTo(Math.log(4 / 3), 6);
    expect(doubt(640, 360, infoOf(640, 360))).toBe(0);
  });

  it("takes pixels for square whose focal lengths differ as a real calibration's do", () => {
    const { lens } = fitPicture(white(640, 480), infoOf(640, 480, { fx: 600, fy: 608 }), SIZE);
    expect(lens).toMatchObject({ fx: 300, fy: 304 });
  });

  it("averages the area that a pixel covers", () => {
    const checks = imageOf(640, 480, (u, v) => [
      (u + v) % 2 ? 200 : 0,
      u % 2 ? 80 : 60,
      v % 2 ? 1 : 0,
    ]);
    const { pixels } = fitPicture(checks, undefined, SIZE);
    expect([...new Set(pixels.filter((_, index) => index % 3 === 0))]).toEqual([100]);
    expect([...new Set(pixels.filter((_, index) => index % 3 === 1))]).toEqual([70]);
    expect([...new Set(pixels.filter((_, index) => index % 3 === 2))]).toEqual([1]);
  });

  it("takes the usual lens where there is no CameraInfo", () => {
    const { lens } = fitPicture(white(640, 480), undefined, SIZE);
    expect(lens).toEqual({ fx: 288, fy: 288, cx: 159.5, cy: 119.5, isKnown: false });
  });

  it("does not take the CameraInfo of another image", () => {
    expect(() => fitPicture(white(640, 480), infoOf(500, 400), SIZE)).toThrow(CameraModelError);
  });

  it("leaves an image of the model's size as it is, without a copy", () => {
    const image = white(320, 240);
    expect(fitPicture(image, undefined, SIZE).pixels).toBe(image.data);
  });
});
