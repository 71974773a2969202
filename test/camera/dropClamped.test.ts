import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mulberry32 } from "../../src/base/index.js";
import { dropClamped } from "../../src/camera/dropClamped.js";

const [WIDTH, HEIGHT, FOCAL_PX] = [96, 72, 84];

interface Box {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly heightM: number;
}

/** A table, tilted about the image's rows, with upright boxes on it when it is not; the camera is 1 m away. */
function tableM(tiltDeg: number, boxes: readonly Box[] = []): Float32Array {
  const [sin, cos] = [Math.sin((tiltDeg * Math.PI) / 180), Math.cos((tiltDeg * Math.PI) / 180)];
  return Float32Array.from({ length: WIDTH * HEIGHT }, (_, i) => {
    const x = ((i % WIDTH) - WIDTH / 2 + 0.5) / FOCAL_PX;
    const y = (Math.floor(i / WIDTH) - HEIGHT / 2 + 0.5) / FOCAL_PX;
    const hits = boxes.flatMap((box) => enteredM(box, x, y) ?? []);
    return Math.min(cos / (cos + sin * y), ...hits);
  });
}

/** Where the ray (x, y, 1) enters a box that stands on z = 1. */
function enteredM({ x: wide, y: deep, heightM }: Box, x: number, y: number): number | undefined {
  let [near, far] = [1 - heightM, 1];
  for (const [ray, [low, high]] of [
    [x, wide],
    [y, deep],
  ] as const) {
    const [a, b] = [low / ray, high / ray].sort((p, q) => p - q) as [number, number];
    [near, far] = [Math.max(near, a), Math.min(far, b)];
  }
  return near < far ? near : undefined;
}

const noisy = (depthM: Float32Array, random: () => number, noiseM: number, unitM: number) =>
  depthM.map((z) => {
    const seen = z + noiseM * z * z * 2 * (random() - 0.5);
    return unitM > 0 ? Math.round(seen / unitM) * unitM : seen;
  });

function dropped(depthM: Float32Array): Float32Array {
  const left = depthM.slice();
  dropClamped({ width: WIDTH, height: HEIGHT, depthM: left });
  return left;
}

/** How many pixels two pictures differ in. */
function differing(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + (Object.is(value, b[i]) ? 0 : 1), 0);
}

const surface = fc.record({
  seed: fc.nat(),
  noiseM: fc.constantFrom(0, 0.001, 0.003),
  unitM: fc.constantFrom(0, 0.001),
  tiltDeg: fc
    .double({ min: 15, max: 30, noNaN: true })
    .chain((tilt) => fc.constantFrom(tilt, -tilt)),
  share: fc.double({ min: 0.1, max: 0.9, noNaN: true }),
});

describe("dropClamped", () => {
  it.each(["farthest", "nearest"])(
    "drops what a limit has made the %s value, and only that",
    (end) => {
      const property = fc.property(surface, ({ seed, noiseM, unitM, tiltDeg, share }) => {
        const sound = noisy(tableM(tiltDeg), mulberry32(seed), noiseM, unitM);
        const limitM = sound.toSorted()[Math.floor(share * sound.length)] ?? 0;
        const isBeyond = (z: number) => (end === "farthest" ? z > limitM : z < limitM);
        const left = dropped(sound.map((z) => (isBeyond(z) ? limitM : z)));
        const expected = sound.map((z) => (isBeyond(z) || z === limitM ? Number.NaN : z));
        expect(differing(left, expected)).toBe(0);
      });
      fc.assert(property, { numRuns: 30 });
    },
  );

  it("leaves depth that nothing has limited, coarse as it may be", () => {
    const units = fc.constantFrom(0, 0.001, 0.01, 0.03);
    const tilts = fc.double({ min: -60, max: 60, noNaN: true });
    const property = fc.property(surface, units, tilts, ({ seed, noiseM }, unitM, tiltDeg) => {
      const sound = noisy(tableM(tiltDeg), mulberry32(seed), noiseM, unitM);
      expect(differing(dropped(sound), sound)).toBe(0);
    });
    fc.assert(property, { numRuns: 40 });
  });

  it("leaves a table that is seen from right above, with whatever stands on it", () => {
    const place = fc.double({ min: -0.5, max: 0.45, noNaN: true });
    const size = fc.double({ min: 0.02, max: 0.4, noNaN: true });
    const boxes = fc.array(
      fc.tuple(place, place, size, size, fc.double({ min: 0.005, max: 0.4, noNaN: true })).map(
        ([x, y, width, depth, heightM]): Box => ({
          x: [x, x + width],
          y: [y, y + depth],
          heightM,
        }),
      ),
      { maxLength: 8 },
    );
    const property = fc.property(boxes, fc.constantFrom(0, 0.001), (all, unitM) => {
      const sound = noisy(tableM(0, all), mulberry32(1), 0, unitM);
      expect(differing(dropped(sound), sound)).toBe(0);
    });
    // The few pixels of a low box's side at the picture's edge lead over the whole table.
    const low: Box = { x: [-0.39069, -0.37069], y: [0, 0.13375], heightM: 0.02306 };
    fc.assert(property, { numRuns: 60, examples: [[[low], 0.001]] });
  });

  it("leaves a wall of one value, and a picture without depth", () => {
    for (const value of [2, Number.NaN]) {
      const sound = new Float32Array(WIDTH * HEIGHT).fill(value);
      expect(differing(dropped(sound), sound)).toBe(0);
    }
  });
});
