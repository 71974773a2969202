import { describe, expect, it } from "vitest";
import { castFrame } from "../../geometry/synthetic/castFrame.js";
import type { Solid } from "../../geometry/synthetic/Solid.js";
import { A, B, lengthIn } from "./scenes.js";

/** A camera at a wrist sees what it is near to, and cuts off the rest. */
const FOCAL = 450;
const SENSOR = { noiseM: 0.0005 };
const CAN: Solid = {
  id: 2,
  shape: "cylinder",
  radius: 0.03,
  halfHeight: 0.04,
  center: [0, 0, 0.04],
};

/** The thing beside the can, seen from the front; `u` is where its middle lies, pixels. */
function beside(thing: Solid, u: number) {
  const eye = [0, -0.4, 0.25] as const;
  const target = [0, 0, 0.05] as const;
  const awayM = Math.hypot(0.4, 0.2);
  const x = ((u - 320) / FOCAL) * awayM;
  const placed = { ...thing, center: [x, 0, thing.center[2]] } as Solid;
  const frame = castFrame(
    { table: [1, 0.6], solids: [placed, CAN] },
    { eye, target, focal: FOCAL },
    SENSOR,
  );
  return { frame, x };
}

const BOX: Solid = {
  id: 1,
  shape: "box",
  half: [0.06, 0.04, 0.04],
  yaw: 0.4,
  center: [0, 0, 0.04],
};
const BOX_WIDTH_M = 2 * (0.06 * Math.cos(0.4) + 0.04 * Math.sin(0.4));

describe("a thing of which the image cuts off any share", () => {
  it.each([600, 630, 650, 670, 685])(
    "may be wider than what is seen: middle at %d px",
    async (u) => {
      const { frame, x } = beside(BOX, u);
      const width = await lengthIn(frame, "width");
      expect(width.valueM).toBeLessThan(BOX_WIDTH_M - 0.005);
      expect(Math.abs(width.valueM - BOX_WIDTH_M)).toBeLessThan(3 * width.sigmaM);
      const aside = await lengthIn(frame, "right_difference", A, B);
      expect(Math.abs(aside.valueM - x)).toBeLessThan(3 * aside.sigmaM);
    },
  );

  it.each([0.15, 0.18, 0.24, 0.3])("may be higher than what is seen: %d m", async (heightM) => {
    const half = heightM / 2;
    const solid: Solid = {
      id: 1,
      shape: "cylinder",
      radius: 0.03,
      halfHeight: half,
      center: [0, 0, half],
    };
    const view = { eye: [0, -0.3, 0.2], target: [0, 0, -0.05], focal: FOCAL } as const;
    const frame = castFrame({ table: [1, 0.6], solids: [solid] }, view, SENSOR);
    const height = await lengthIn(frame, "height");
    expect(height.valueM).toBeLessThan(heightM - 0.005);
    expect(Math.abs(height.valueM - heightM)).toBeLessThan(3 * height.sigmaM);
  });

  it.each([
    [0.1, 0.2],
    [0.1, 0.25],
    [0.15, 0.2],
    [0.15, 0.25],
  ])(
    "is not sure to narrow where something nearer hides it: %d m, middle at %d m",
    async (half, x) => {
      const box: Solid = {
        id: 1,
        shape: "box",
        half: [half, 0.03, 0.06],
        yaw: 0,
        center: [x, 0, 0.06],
      };
      const nearer: Solid = {
        ...{ id: 3, shape: "box", yaw: 0 },
        half: [0.04, 0.015, 0.06],
        center: [0.22, -0.1, 0.06],
      };
      const frame = castFrame(
        { table: [1, 0.6], solids: [box, nearer] },
        { eye: [0, -0.4, 0.25], target: [0, 0, 0.05], focal: 600 },
        SENSOR,
      );
      const width = await lengthIn(frame, "width");
      expect(width.valueM).toBeLessThan(2 * half - 0.05);
      expect(Math.abs(width.valueM - 2 * half)).toBeLessThan(3 * width.sigmaM);
    },
  );

  it("is as high as its top shows it where only a side is cut off", async () => {
    const { frame } = beside(BOX, 600);
    const height = await lengthIn(frame, "height");
    expect(height.valueM).toBeCloseTo(0.08, 2);
    expect(height.sigmaM).toBeLessThan(0.005);
  });
});
