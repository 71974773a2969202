import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Vec3 } from "../../src/base/index.js";
import {
  type CameraInfo,
  CameraModelError,
  pixelRays,
  projectPoint,
  scaleCameraInfo,
} from "../../src/camera/index.js";

function camera(model: string, coefficients: readonly number[], width = 640, height = 480) {
  const distortion = { model, coefficients };
  return { width, height, fx: 500, fy: 505, cx: 322, cy: 238, distortion } satisfies CameraInfo;
}

const POINTS: readonly Vec3[] = [
  [0.1, -0.2, 1],
  [0.5, 0.3, 0.9],
  [-0.4, 0.35, 1.2],
  [0.02, 0.01, 3],
];

/** Pixels that OpenCV 4 gives for POINTS (projectPoints, fisheye.projectPoints). */
const OPENCV = [
  {
    model: "plumb_bob",
    coefficients: [-0.28, 0.07, 0.0002, -0.0003, 0.01],
    pixels: [371.2943, 138.4154, 570.6432, 388.7583, 163.9446, 377.6752, 325.3333, 239.6833],
  },
  {
    model: "rational_polynomial",
    coefficients: [0.4, -2.5, 0.0005, -0.0001, 1.4, 0.28, -2.3, 1.35],
    pixels: [372.2595, 136.4834, 606.259, 410.3796, 152.4954, 387.8406, 325.3334, 239.6834],
  },
  {
    model: "equidistant",
    coefficients: [-0.02, 0.01, -0.004, 0.0006],
    pixels: [371.1443, 138.7285, 567.0865, 386.5224, 165.6068, 376.2125, 325.3333, 239.6833],
  },
];

describe("projectPoint", () => {
  it("is a pinhole without distortion", () => {
    expect(projectPoint(camera("plumb_bob", [0, 0, 0, 0, 0]), [0.2, -0.1, 2])).toEqual([
      372,
      238 - 505 * 0.05,
    ]);
    expect(projectPoint(camera("", []), [0, 0, 1])).toEqual([322, 238]);
  });

  it.each(OPENCV)("agrees with OpenCV for $model", ({ model, coefficients, pixels }) => {
    const found = POINTS.flatMap((point) => projectPoint(camera(model, coefficients), point));
    for (const [index, pixel] of pixels.entries()) expect(found[index]).toBeCloseTo(pixel, 3);
  });

  it("gives no pixel for what is behind the camera", () => {
    expect(projectPoint(camera("", []), [0, 0, 0])).toEqual([Number.NaN, Number.NaN]);
    expect(projectPoint(camera("", []), [0.1, 0, -1])).toEqual([Number.NaN, Number.NaN]);
  });

  it("gives no pixel where a barrel model folds back into the image", () => {
    const barrel = camera("plumb_bob", [-0.3, 0, 0, 0, 0]);
    expect(projectPoint(barrel, [0.8, 0, 1])[0]).toBeGreaterThan(322);
    expect(projectPoint(barrel, [3, 0, 1])).toEqual([Number.NaN, Number.NaN]);
  });

  it("names a distortion model that is not known", () => {
    const odd = camera("double_sphere", [0.1]);
    expect(() => projectPoint(odd, [0, 0, 1])).toThrow(CameraModelError);
    expect(() => projectPoint(odd, [0, 0, 1])).toThrow(/"double_sphere".*plumb_bob/);
  });
});

describe("pixelRays", () => {
  const wide = camera("plumb_bob", [-0.35, 0.15, 0.001, -0.001, 0], 320, 240);
  const lenses: CameraInfo[] = [
    ...OPENCV.map(({ model, coefficients }) => camera(model, coefficients)),
    { ...wide, fx: 160, fy: 160, cx: 160, cy: 120 },
    camera("", []),
    camera("equidistant", [0, 0, 0, 0]),
  ];

  it.each(lenses)("is the inverse of projectPoint (lens %#)", (info) => {
    const { width, height } = info;
    const rays = pixelRays(info, width, height);
    const pixel = fc.record({
      u: fc.integer({ min: 0, max: width - 1 }),
      v: fc.integer({ min: 0, max: height - 1 }),
      z: fc.double({ min: 0.1, max: 20, noNaN: true }),
    });
    fc.assert(
      fc.property(pixel, ({ u, v, z }) => {
        const at = 2 * (v * width + u);
        const [foundU, foundV] = projectPoint(info, [z * rays[at]!, z * rays[at + 1]!, z]);
        expect(foundU).toBeCloseTo(u, 3);
        expect(foundV).toBeCloseTo(v, 3);
      }),
    );
  });

  it("is NaN where the lens sees nothing, never a wrong ray", () => {
    // The barrel's image circle ends within the image.
    const barrel = { ...camera("plumb_bob", [-0.3, 0, 0, 0, 0]), fx: 200, fy: 200 };
    const rays = pixelRays(barrel, 640, 480);
    expect(rays[0]).toBeNaN();
    for (let index = 0; index < 640 * 480; index += 97) {
      const [x, y] = [rays[2 * index]!, rays[2 * index + 1]!];
      if (Number.isNaN(x)) continue;
      const [u, v] = projectPoint(barrel, [x, y, 1]);
      expect(u).toBeCloseTo(index % 640, 3);
      expect(v).toBeCloseTo(Math.floor(index / 640), 3);
    }
  });

  it("is computed once for each info and size", () => {
    const info = camera("", []);
    expect(pixelRays(info, 640, 480)).toBe(pixelRays(info, 640, 480));
    expect(pixelRays(info, 320, 240)).not.toBe(pixelRays(info, 640, 480));
  });

  it("scales the intrinsics of an image that is smaller by an integer factor", () => {
    const info = camera("", []);
    const full = pixelRays(info, 640, 480);
    const half = pixelRays(info, 320, 240);
    // A half-size pixel looks between the four that it covers.
    expect(half[0]).toBeCloseTo((full[0]! + full[2]!) / 2, 6);
    expect(half[1]).toBeCloseTo((full[1]! + full[2 * 640 + 1]!) / 2, 6);
    const back = scaleCameraInfo(scaleCameraInfo(info, 320, 240), 640, 480);
    expect(back.cx).toBeCloseTo(info.cx, 9);
  });

  it("refuses an image of another shape", () => {
    expect(() => pixelRays(camera("", []), 300, 240)).toThrow(/640x480.*300x240/);
    expect(() => pixelRays(camera("", []), 640, 360)).toThrow(CameraModelError);
  });
});
