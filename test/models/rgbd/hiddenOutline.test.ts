import { describe, expect, it } from "vitest";
import type { DepthView } from "../../../src/models/rgbd/DepthView.js";
import { hiddenOutline } from "../../../src/models/rgbd/hiddenOutline.js";
import { pinhole } from "../../../src/models/rgbd/Sources.js";

const SIZE = 160;
/** A square thing ends here, and something nearer begins that goes on to the image's border. */
const BORDER_PX = 12;

/**
 * @param pixelAt of a pixel, from the border that is hidden: along the side and away from it
 * @param leftOutPx so much of the thing beside what hides it is not in its mask
 */
function outlineAt(pixelAt: (along: number, inwards: number) => number, leftOutPx = 0) {
  const depthM = new Float32Array(SIZE * SIZE).fill(2);
  const thing: number[] = [];
  for (let along = 0; along < SIZE; along++)
    for (let inwards = 0; inwards < BORDER_PX; inwards++) depthM[pixelAt(along, inwards)] = 0.5;
  for (let along = 60; along < 90; along++)
    for (let inwards = BORDER_PX; inwards < BORDER_PX + 30; inwards++) {
      depthM[pixelAt(along, inwards)] = 1;
      if (inwards >= BORDER_PX + leftOutPx) thing.push(pixelAt(along, inwards));
    }
  const view: DepthView = {
    ...{ width: SIZE, height: SIZE, depthM, rays: new Float32Array(2 * SIZE * SIZE) },
    info: pinhole({ width: SIZE, height: SIZE }, 60),
    ...{ colorScale: 1, scratch: new Uint8Array(SIZE * SIZE) },
  };
  const pixels = Uint32Array.from(thing).sort();
  return hiddenOutline(view, pixels, pixels, 0, 1 + leftOutPx);
}

describe("hiddenOutline", () => {
  it("follows what hides a thing to the image's border alike on all sides", () => {
    const last = SIZE - 1;
    const outlines = {
      left: outlineAt((along, inwards) => along * SIZE + inwards),
      right: outlineAt((along, inwards) => along * SIZE + last - inwards),
      above: outlineAt((along, inwards) => inwards * SIZE + along),
      below: outlineAt((along, inwards) => (last - inwards) * SIZE + along),
    };
    // Nothing tells where it ends: as far as anything is followed, 100 px of an image 640 wide.
    for (const side of ["left", "right", "above", "below"] as const) {
      expect(outlines[side].reachPx[side]).toBe(25);
      expect(outlines[side].hiddenShare).toBe(0.25);
    }
  });

  it("follows it too from where a coarse mask leaves out some of the thing", () => {
    const { reachPx, hiddenShare } = outlineAt((along, inwards) => along * SIZE + inwards, 3);
    expect(reachPx.left).toBe(25);
    expect(hiddenShare).toBeGreaterThan(0.25);
  });
});
