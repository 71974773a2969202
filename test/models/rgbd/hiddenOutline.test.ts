import fc from "fast-check";
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
  const pixels = Uint32Array.from(thing).sort();
  return hiddenOutline(viewOf(depthM), pixels, pixels, 0, 1 + leftOutPx);
}

function viewOf(depthM: Float32Array): DepthView {
  return {
    ...{ width: SIZE, height: SIZE, depthM, rays: new Float32Array(2 * SIZE * SIZE) },
    info: pinhole({ width: SIZE, height: SIZE }, 60),
    ...{ colorScale: 1, scratch: new Uint8Array(SIZE * SIZE) },
  };
}

/** The outline of what is seen where `isSeen`, before what is farther away, and behind what is where `isNearer`. */
function outlineWhere(
  isSeen: (u: number, v: number) => boolean,
  isNearer: (u: number, v: number) => boolean = () => false,
) {
  const depthM = new Float32Array(SIZE * SIZE).fill(2);
  const thing: number[] = [];
  for (let v = 0; v < SIZE; v++)
    for (let u = 0; u < SIZE; u++) {
      if (isNearer(u, v)) depthM[v * SIZE + u] = 0.8;
      else if (isSeen(u, v)) thing.push(v * SIZE + u);
    }
  for (const pixel of thing) depthM[pixel] = 1;
  const pixels = Uint32Array.from(thing);
  return { count: thing.length, outline: hiddenOutline(viewOf(depthM), pixels, pixels, 0, 1) };
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

  it("bounds how far what is convex goes on beyond the edge that cuts it off", () => {
    const halfAxis = fc.double({ min: 6, max: 22, noNaN: true });
    const turned = fc.double({ min: 0, max: Math.PI, noNaN: true });
    fc.assert(
      fc.property(
        fc.tuple(
          halfAxis,
          halfAxis,
          turned,
          fc.boolean(),
          fc.double({ min: -0.9, max: 0.9, noNaN: true }),
        ),
        ([a, b, angle, isRound, beyond]) => {
          const [c, s] = [Math.cos(angle), Math.sin(angle)];
          const reaches = isRound ? Math.hypot(a * c, b * s) : a * Math.abs(c) + b * Math.abs(s);
          // So much of it is beyond the right edge, seen from its middle.
          const middle = SIZE - 0.5 + beyond * reaches;
          const { count, outline } = outlineWhere((u, v) => {
            const [x, y] = [u - middle, v - SIZE / 2];
            const [along, across] = [(c * x + s * y) / a, (c * y - s * x) / b];
            return isRound
              ? Math.hypot(along, across) <= 1
              : Math.max(Math.abs(along), Math.abs(across)) <= 1;
          });
          fc.pre(count > 60);
          const [cut] = outline.cuts;
          const goesOnPx = middle + reaches - (SIZE - 0.5);
          expect(cut?.isAside).toBe(true);
          // A line of pixels is wide to a pixel, and so are the three next to the edge.
          expect(cut?.reachPx).toBeGreaterThan(0.8 * goesOnPx - 4);
        },
      ),
    );
  });

  it("does not take for its own shape how it narrows behind something nearer", () => {
    const isSeen = (u: number, v: number) => u >= 20 && v >= 20 && v < 40;
    const reachOf = (isNearer: (u: number, v: number) => boolean) =>
      outlineWhere(isSeen, isNearer).outline.cuts.map(({ reachPx }) => reachPx);
    for (const fromPx of [SIZE - 4, SIZE - 12, 30]) {
      expect(reachOf((u, v) => u >= fromPx && v >= 25)).toEqual([Infinity]);
      expect(reachOf((u, v) => u >= fromPx && v < 35)).toEqual([Infinity]);
    }
  });
});
