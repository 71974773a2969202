import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CameraInfo, Pose } from "../../src/camera/index.js";
import type { Look } from "../../src/consistency/Evidence.js";
import { judgeJump } from "../../src/consistency/judgeJump.js";
import { maskEdges } from "../../src/consistency/maskEdges.js";
import { maskedThings } from "../../src/consistency/maskedThings.js";
import { smallView } from "../../src/consistency/SmallView.js";
import { PLAIN_LOOK } from "./plainLook.js";

const [WIDTH, HEIGHT, FOCAL] = [160, 120, 144];
const MUG = 2;
const ids = Uint16Array.from({ length: WIDTH * HEIGHT }, (_, i) => {
  const [x, y] = [i % WIDTH, Math.floor(i / WIDTH)];
  return Math.abs(x - 80) < 12 && Math.abs(y - 60) < 12 ? MUG : 0;
});

/** A table so far away, m, and on it a mug whose mask is always the same. */
function lookAt(
  tableM: number,
  more: { readonly rest?: Pose; readonly focal?: number } = {},
): Look {
  const { rest, focal = FOCAL } = more;
  const depthM = Float32Array.from(ids, (id) => (id === MUG ? 0.9 * tableM : tableM));
  const view = smallView(
    { width: WIDTH, height: HEIGHT, depthM },
    { width: WIDTH, height: HEIGHT, ids },
  );
  if (!view) throw new Error("a table is a plane");
  const info: CameraInfo = {
    ...{ width: WIDTH, height: HEIGHT, fx: focal, fy: focal, cx: 79.5, cy: 59.5 },
    distortion: { model: "", coefficients: [] },
  };
  return {
    ...{ ...PLAIN_LOOK, timeS: 0, seen: new Map(), asked: new Set([MUG]), ...(rest && { rest }) },
    masked: maskedThings(
      view,
      info,
      maskEdges(view, () => true),
      [],
    ),
  };
}

const restAt = (tableM: number): Pose => ({ position: [0, 0, tableM], rotation: [0, 0, 0, 1] });
const noisy = fc.double({ min: -0.002, max: 0.002, noNaN: true });
const some = (tableM: number) =>
  fc.array(
    noisy.map((offM) => tableM + offM),
    { minLength: 3, maxLength: 8 },
  );
const factor = fc.double({ min: 1.15, max: 1.5, noNaN: true });
const split = factor.chain((by) => fc.record({ near: some(0.5), far: some(0.5 * by) }));

describe("a mask that stays where it is and as large", () => {
  it("shows that depth has another scale, where the camera is told to stand still or nothing is told", () => {
    fc.assert(
      fc.property(split, fc.boolean(), ({ near, far }, isTold) => {
        const rest = isTold ? { rest: restAt(0.5) } : {};
        const looks = [...near, ...far].map((tableM) => lookAt(tableM, rest));
        expect(judgeJump(looks)).toMatchObject({ kind: "jump", id: MUG, of: "depth" });
      }),
      { numRuns: 20 },
    );
  });

  it("shows nothing where the transforms say that the camera moved so far", () => {
    fc.assert(
      fc.property(split, ({ near, far }) => {
        const looks = [...near, ...far].map((tableM) => lookAt(tableM, { rest: restAt(tableM) }));
        expect(judgeJump(looks)).toBeUndefined();
      }),
      { numRuns: 20 },
    );
  });

  it("shows nothing where the distance changes step by step, as a camera at a wrist rises", () => {
    const looks = Array.from({ length: 12 }, (_, i) => lookAt(0.5 + 0.01 * i));
    expect(judgeJump(looks)).toBeUndefined();
  });

  it("shows another lens, whatever is told", () => {
    const looks = Array.from({ length: 8 }, (_, i) =>
      lookAt(0.5, { rest: restAt(0.5 + 0.1 * i), focal: i < 4 ? FOCAL : 1.3 * FOCAL }),
    );
    expect(judgeJump(looks)).toMatchObject({ kind: "jump", of: "lens" });
  });
});
