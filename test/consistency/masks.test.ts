import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mulberry32 } from "../../src/base/index.js";
import { type CameraFrame, NO_IMAGE } from "../../src/camera/index.js";
import { judge as verdictOn } from "../../src/consistency/judge.js";
import { lookAt } from "../../src/consistency/lookAt.js";

const WIDTH = 160;
const HEIGHT = 120;
const IMAGES = 8;
const TASK = { objects: new Map() };

type Move = (x: number, y: number) => readonly [number, number];

const judge = (...evidence: Parameters<typeof verdictOn>) => verdictOn(...evidence).found;

interface Scene {
  readonly seed: number;
  /** Share of pixels without depth, and noise of the others, m. */
  readonly holes: number;
  readonly noiseM: number;
}

const scenes: fc.Arbitrary<Scene> = fc.record({
  seed: fc.nat(),
  holes: fc.double({ min: 0, max: 0.2, noNaN: true }),
  noiseM: fc.double({ min: 0, max: 0.003, noNaN: true }),
});

/** Blocks on a table that is seen aslant, in another order in each image; `move` is where a mask's pixel is from. */
async function foundIn({ seed, holes, noiseM }: Scene, move: Move, grown = 0) {
  const random = mulberry32(seed);
  const looks = [];
  for (let image = 0; image < IMAGES; image++) {
    const blocks = Array.from({ length: 5 }, (_, i) => ({
      left: 12 + 28 * i + Math.floor(8 * random()),
      top: 20 + Math.floor(50 * random()),
      width: 10 + Math.floor(6 * random()),
      height: 14 + Math.floor(12 * random()),
    }));
    const idAt = (x: number, y: number, more: number): number =>
      1 +
      blocks.findIndex(
        ({ left, top, width, height }) =>
          x >= left - more && x < left + width + more && y >= top - more && y < top + height + more,
      );
    const depth = new Uint16Array(WIDTH * HEIGHT);
    const labels = new Uint8Array(WIDTH * HEIGHT);
    for (let y = 0; y < HEIGHT; y++) {
      for (let x = 0; x < WIDTH; x++) {
        const tableM = 1 / (0.7 + 0.006 * y);
        const isBlock = idAt(x, y, 0) > 0;
        const depthM = tableM - (isBlock ? 0.07 : 0) + noiseM * 2 * (random() - 0.5);
        depth[y * WIDTH + x] = random() < holes ? 0 : Math.round(1000 * depthM);
        const [u, v] = move(x, y);
        labels[y * WIDTH + x] = idAt(u, v, grown);
      }
    }
    const raw = { kind: "raw", width: WIDTH, height: HEIGHT, isBigEndian: false } as const;
    const bytes = new Uint8Array(depth.buffer);
    const frame: CameraFrame = {
      ...{ camera: "cam", stampNs: BigInt(image) * 1_000_000_000n, frameId: "cam", episode: "1" },
      image: NO_IMAGE,
      depth: { ...raw, encoding: "16UC1", step: 2 * WIDTH, data: bytes },
      labels: { ...raw, encoding: "mono8", step: WIDTH, data: labels },
      info: {
        ...{ width: WIDTH, height: HEIGHT, fx: 140, fy: 140, cx: 79.5, cy: 59.5 },
        distortion: { model: "", coefficients: [] },
      },
    };
    const look = await lookAt(frame, TASK, undefined, { timeS: image, looksAtColors: false });
    if (look) looks.push(look);
  }
  return judge(looks);
}

const runs = { numRuns: 15 };

describe("judge, by masks and depth", () => {
  it("accuses nothing where masks fit, whatever the noise and the holes", async () => {
    const property = fc.asyncProperty(scenes, async (scene) => {
      expect(await foundIn(scene, (x, y) => [x, y])).toBeUndefined();
    });
    await fc.assert(property, runs);
  });

  it("accuses nothing where masks are too large or too small", async () => {
    const property = fc.asyncProperty(
      scenes,
      fc.integer({ min: -3, max: 3 }),
      async (scene, px) => {
        expect(await foundIn(scene, (x, y) => [x, y], px)).toBeUndefined();
      },
    );
    await fc.assert(property, runs);
  });

  it("accuses nothing where masks are a little aside, as rgbd puts them right", async () => {
    const small = fc.integer({ min: -3, max: 3 });
    const property = fc.asyncProperty(scenes, small, small, async (scene, x0, y0) => {
      expect(await foundIn(scene, (x, y) => [x - x0, y - y0])).toBeUndefined();
    });
    await fc.assert(property, runs);
  });

  it("finds masks that are aside, and by how much", async () => {
    const far = fc.integer({ min: 7, max: 20 }).chain((px) => fc.constantFrom(px, -px));
    const near = fc.integer({ min: -10, max: 10 });
    const property = fc.asyncProperty(scenes, far, near, async (scene, x0, y0) => {
      const found = await foundIn(scene, (x, y) => [x - x0, y - y0]);
      expect(found).toMatchObject({ kind: "masks", placement: { kind: "shifted" } });
      if (found?.kind !== "masks" || found.placement.kind !== "shifted") return;
      expect(Math.abs(found.placement.x + x0)).toBeLessThanOrEqual(3);
      expect(Math.abs(found.placement.y + y0)).toBeLessThanOrEqual(3);
    });
    await fc.assert(property, runs);
  });

  it.each<[string, Move]>([
    ["mirrored", (x, y) => [WIDTH - 1 - x, y]],
    ["upside down", (x, y) => [x, HEIGHT - 1 - y]],
    ["turned by 180°", (x, y) => [WIDTH - 1 - x, HEIGHT - 1 - y]],
    ["squeezed", (x, y) => [Math.floor((x - WIDTH / 2) / 0.7 + WIDTH / 2), y]],
  ])("finds masks that are %s", async (kind, move) => {
    const property = fc.asyncProperty(scenes, async (scene) => {
      expect(await foundIn(scene, move)).toMatchObject({ kind: "masks", placement: { kind } });
    });
    await fc.assert(property, runs);
  });
});
