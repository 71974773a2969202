import { describe, expect, it } from "vitest";
import type { Vec3 } from "../../../src/base/index.js";
import { type CameraFrame, decodeDepth, depthImageOf } from "../../../src/camera/index.js";
import { castFrame } from "../../geometry/synthetic/castFrame.js";
import type { Solid } from "../../geometry/synthetic/Solid.js";
import { A, B, lengthIn } from "./scenes.js";

/** A camera 0.7 m away that looks down by an angle. */
function seen(solids: readonly Solid[], downDeg: number): CameraFrame {
  const down = (downDeg * Math.PI) / 180;
  const target: Vec3 = [0, 0, 0.05];
  const eye: Vec3 = [0, -0.7 * Math.cos(down), 0.05 + 0.7 * Math.sin(down)];
  return castFrame({ table: [0.6, 0.5], solids }, { eye, target }, { noiseM: 0.0005 });
}

const cylinder = (id: number, radius: number, heightM: number, fromM = 0): Solid => ({
  ...{ id, shape: "cylinder", radius, halfHeight: heightM / 2 },
  center: [0, 0, fromM + heightM / 2],
});
const box = (id: number, half: Vec3, fromM = 0): Solid => ({
  ...{ id, shape: "box", half, yaw: 0.2 },
  center: [0, 0, fromM + half[2]],
});

describe("what hides its own foot from a camera above", () => {
  it.each<[string, readonly Solid[], number, number]>([
    ["a can", [cylinder(1, 0.035, 0.12)], 89.9, 0.12],
    ["a box whose walls are a few pixels", [box(1, [0.04, 0.04, 0.06])], 83, 0.12],
    ["a box whose walls are not seen", [box(1, [0.04, 0.04, 0.025])], 86, 0.05],
    ["a stand", [box(1, [0.015, 0.015, 0.075]), box(1, [0.06, 0.06, 0.01], 0.15)], 69, 0.17],
    ["a mushroom", [cylinder(1, 0.015, 0.1), cylinder(1, 0.05, 0.02, 0.1)], 60, 0.12],
  ])("is not sure of a wrong height: %s", async (_, solids, downDeg, heightM) => {
    const frame = seen(solids, downDeg);
    const height = await lengthIn(frame, "height");
    const elevation = await lengthIn(frame, "elevation");
    expect(Math.abs(height.valueM - heightM)).toBeLessThan(3 * height.sigmaM);
    expect(elevation.valueM).toBeLessThan(3 * elevation.sigmaM);
  });

  it.each([45, 60, 73, 85])(
    "is not sure of a wrong middle: a plate's, %d° down",
    async (downDeg) => {
      const can: Solid = {
        id: 2,
        shape: "cylinder",
        radius: 0.03,
        halfHeight: 0.05,
        center: [0.15, 0, 0.05],
      };
      const frame = seen([cylinder(1, 0.06, 0.008), cylinder(1, 0.1, 0.01, 0.008), can], downDeg);
      const { valueM, sigmaM } = await lengthIn(frame, "vertical_distance", A, B);
      expect(Math.abs(valueM - 0.041)).toBeLessThan(3 * sigmaM);
    },
  );

  it.each<[string, readonly Solid[], number, number]>([
    ["is carried", [cylinder(1, 0.04, 0.09, 0.04)], 37, 0.04],
    ["stands on a box", [box(2, [0.06, 0.06, 0.05]), cylinder(1, 0.035, 0.09, 0.1)], 60, 0.1],
    ["stands on the table", [cylinder(1, 0.04, 0.09)], 60, 0],
  ])("is another than what shows its walls down to its end: a can that %s", async (...scene) => {
    const [, solids, downDeg, elevationM] = scene;
    const { valueM, sigmaM } = await lengthIn(seen(solids, downDeg), "elevation");
    expect(Math.abs(valueM - elevationM)).toBeLessThan(0.006);
    expect(sigmaM).toBeLessThan(0.008);
  });
});

describe("depth that is missing at both ends of a thing", () => {
  it.each([0, 0.05, 0.15])("widens what is said of its width: %d of it at each", async (share) => {
    const frame = seen([box(1, [0.07, 0.03, 0.04])], 35);
    const { depth, labels } = frame;
    if (!depth || !labels) throw new Error("a cast frame has depth and labels");
    const { depthM, width, height } = await decodeDepth(depth);
    const columns = labels.data.reduce<number[]>((all, id, i) => {
      if (id === 1) all.push(i % width);
      return all;
    }, []);
    const [left, right] = [Math.min(...columns), Math.max(...columns)];
    const lost = share * (right - left);
    const holed = depthM.map((z, i) => {
      const column = i % width;
      const isLost = column < left + lost || column > right - lost;
      return labels.data[i] === 1 && isLost ? Number.NaN : z;
    });
    const shiny = { ...frame, depth: depthImageOf({ width, height, depthM: holed }) };
    const { valueM, sigmaM } = await lengthIn(shiny, "width");
    const whole = await lengthIn(frame, "width");
    expect(Math.abs(valueM - whole.valueM)).toBeLessThan(3 * sigmaM);
    if (share === 0) expect(sigmaM).toBeLessThan(0.004);
  });
});
