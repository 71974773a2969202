import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CameraInfo } from "../../src/camera/index.js";
import { maskPixels } from "../../src/consistency/maskPixels.js";
import type { SmallView } from "../../src/consistency/SmallView.js";
import { splitMasks } from "../../src/consistency/splitMasks.js";

const [WIDTH, HEIGHT] = [160, 120];
const [MUG, TABLE, OTHER] = [2, 4, 7];
const INFO: CameraInfo = {
  ...{ width: WIDTH, height: HEIGHT, fx: 140, fy: 140, cx: 79.5, cy: 59.5 },
  distortion: { model: "", coefficients: [] },
};

interface Block {
  readonly id: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly depthM: number;
}

/** Blocks before a table at 1 m; the later ones hide the earlier ones. */
function viewOf(blocks: readonly Block[], tableId = TABLE): SmallView {
  const depthM = new Float32Array(WIDTH * HEIGHT).fill(1);
  const ids = new Uint16Array(WIDTH * HEIGHT).fill(tableId);
  for (const { id, left, top, width, height, depthM: z } of blocks) {
    for (let y = top; y < top + height; y++) {
      for (let x = left; x < left + width; x++) {
        depthM[y * WIDTH + x] = z;
        ids[y * WIDTH + x] = id;
      }
    }
  }
  return {
    ...{ width: WIDTH, height: HEIGHT, depthM, ids, pixels: maskPixels(ids), plane: [0, 0, 1] },
    nearer: depthM.map((z) => 1 - z),
  };
}

const split = (view: SmallView) =>
  splitMasks(
    view,
    INFO,
    (id) => id === MUG,
    (id) => id !== TABLE,
  );

const block = (left: number, more: Partial<Block> = {}): Block => ({
  ...{ id: MUG, left, top: 50, width: 12, height: 14, depthM: 0.93 },
  ...more,
});

describe("splitMasks", () => {
  it("finds one id on two things, whether the table has an id or not, and how far they are apart", () => {
    const places = fc.record({
      left: fc.integer({ min: 4, max: 60 }),
      gap: fc.integer({ min: 14, max: 60 }),
      top: fc.integer({ min: 4, max: 100 }),
      tableId: fc.constantFrom(0, TABLE),
    });
    const property = fc.property(places, ({ left, gap, top, tableId }) => {
      const view = viewOf([block(left), block(left + 12 + gap, { top })], tableId);
      const across = ((gap + 1) * 0.93) / 140;
      const down = (Math.max(0, Math.abs(top - 50) - 13) * 0.93) / 140;
      const apartM = split(view).get(MUG) ?? 0;
      expect(Math.abs(apartM - Math.hypot(across, down))).toBeLessThan(0.03);
    });
    fc.assert(property);
  });

  it("says nothing of a thing that another one hides in the middle", () => {
    const hiders = fc.record({
      width: fc.integer({ min: 1, max: 30 }),
      depthM: fc.double({ min: 0.4, max: 0.9, noNaN: true }),
      id: fc.constantFrom(0, OTHER),
    });
    const property = fc.property(hiders, ({ width, depthM, id }) => {
      const hider = block(60, { id, width, depthM, top: 20, height: 80 });
      expect(split(viewOf([block(45, { width: width + 30 }), hider]))).toEqual(new Map());
    });
    fc.assert(property);
  });

  it.each<[string, readonly Block[]]>([
    ["of one thing", [block(60)]],
    ["of two parts that are near", [block(60), block(76)]],
    ["of a crumb beside a thing", [block(40), block(80, { width: 4, height: 3 })]],
    ["of parts that may hang together beyond the image", [block(0), block(148)]],
    ["of ids that nobody asks for", [block(40, { id: OTHER }), block(100, { id: OTHER })]],
  ])("says nothing %s", (_, blocks) => {
    expect(split(viewOf(blocks))).toEqual(new Map());
  });
});
