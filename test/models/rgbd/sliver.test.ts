import { describe, expect, it } from "vitest";
import type { Vec3 } from "../../../src/base/index.js";
import { askQuestion } from "../../../src/language/index.js";
import { rgbd } from "../../../src/models/index.js";
import { castFrame } from "../../geometry/synthetic/castFrame.js";
import type { Solid } from "../../geometry/synthetic/Solid.js";
import { SIGNAL } from "./scenes.js";

const TABLE = { name: "table", phrase: "the table", labels: [4] };
const THING = { name: "thing", phrase: "the thing", labels: [1] };
const CAN = { name: "can", phrase: "the can", labels: [2] };

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
    await using model = rgbd();
    const question = { ...askQuestion("horizontal_distance", THING, CAN), support: TABLE };
    const [answer] = await model.ask(frame, [question], SIGNAL);
    if (answer?.value?.shape !== "quantity") throw new Error(answer?.text);
    const { valueM, sigmaM } = answer.value;
    expect(Math.abs(valueM - 0.25)).toBeLessThan(3 * sigmaM);
  });
});
