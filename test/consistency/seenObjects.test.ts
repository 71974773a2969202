import { describe, expect, it } from "vitest";
import type { CameraInfo } from "../../src/camera/index.js";
import { maskPixels } from "../../src/consistency/maskPixels.js";
import type { SmallView } from "../../src/consistency/SmallView.js";
import { seenObjects } from "../../src/consistency/seenObjects.js";

const [WIDTH, HEIGHT] = [160, 120];
const INFO: CameraInfo = {
  ...{ width: WIDTH, height: HEIGHT, fx: 140, fy: 140, cx: 79.5, cy: 59.5 },
  distortion: { model: "plumb_bob", coefficients: [] },
};
const [ID, FRONT_M, BEHIND_M] = [1, 0.3, 0.6];

/** How far the square of a thing is seen to be whose mask reaches two pixels over its edge. */
function seenM(depthOf: (x: number, y: number) => number, behindM = BEHIND_M): number | undefined {
  const [ids, depthM] = [new Uint16Array(WIDTH * HEIGHT), new Float32Array(WIDTH * HEIGHT)];
  for (let i = 0; i < ids.length; i++) {
    const [x, y] = [(i % WIDTH) - 80, Math.floor(i / WIDTH) - 60];
    const reach = Math.max(Math.abs(x), Math.abs(y));
    if (reach <= 12) ids[i] = ID;
    depthM[i] = reach <= 10 ? depthOf(x, y) : behindM;
  }
  const nearer = depthM.map((z) => (z > 0 ? behindM / z - 1 : Number.NaN));
  const plane = [0, 0, 1 / behindM] as const;
  const pixels = maskPixels(ids);
  const view: SmallView = { width: WIDTH, height: HEIGHT, ids, pixels, depthM, nearer, plane };
  return seenObjects(view, INFO, { x: 0, y: 0 }, () => true).get(ID)?.middle[2];
}

describe("seenObjects", () => {
  it("sees a thing where it is, although its mask reaches over its edge", () => {
    expect(seenM(() => FRONT_M)).toBeCloseTo(FRONT_M, 3);
  });

  it("sees it through holes in its depth", () => {
    expect(seenM((x, y) => ((x + y) % 3 === 0 ? 0 : FRONT_M))).toBeCloseTo(FRONT_M, 3);
  });

  it("sees a thing of some depth in another unit, too, and not what is behind it", () => {
    const inMm = (x: number) => 1000 * (FRONT_M + 0.004 * (x + 10));
    expect(seenM(inMm, 1000 * BEHIND_M)).toBeCloseTo(307, -1);
  });

  it("sees nothing of one that is too near for the sensor, and not what is behind its edge", () => {
    expect(seenM(() => 0)).toBeUndefined();
  });
});
