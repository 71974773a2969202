import { describe, expect, it } from "vitest";
import type { Vec3 } from "../../../src/base/index.js";
import { castFrame } from "../../geometry/synthetic/castFrame.js";
import type { Solid } from "../../geometry/synthetic/Solid.js";
import { A, B, lengthIn } from "./scenes.js";

describe("a thing of which a sliver is seen beside what hides it", () => {
  it.each([0.008, 0.014, 0.02])("may be much larger: %d m are seen", async (seenM) => {
    const half: Vec3 = [0.06, 0.06, 0.06];
    const hiddenTo = half[0] - seenM;
    const wall: Vec3 = [0.2, 0.01, 0.09];
    const solids: readonly Solid[] = [
      { id: 1, shape: "box", half, yaw: 0, center: [0, 0.1, half[2]] },
      { id: 3, shape: "box", half: wall, yaw: 0, center: [hiddenTo - wall[0], 0, wall[2]] },
      { id: 2, shape: "cylinder", radius: 0.03, halfHeight: 0.05, center: [0.25, 0.1, 0.05] },
    ];
    // The eye, the end of the wall and what is seen beside it lie in one line.
    const pose = { eye: [hiddenTo, -0.7, 0.3], target: [0.05, 0.1, 0.05] } as const;
    const frame = castFrame({ table: [0.6, 0.5], solids }, pose, { noiseM: 0.0005 });
    const { valueM, sigmaM } = await lengthIn(frame, "horizontal_distance", A, B);
    expect(Math.abs(valueM - 0.25)).toBeLessThan(3 * sigmaM);
  });
});
