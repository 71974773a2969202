import { describe, expect, it } from "vitest";
import { decodeDepth, depthImageOf } from "../../../src/camera/index.js";
import { askQuestion } from "../../../src/language/index.js";
import { rgbd } from "../../../src/models/index.js";
import { castFrame } from "../../geometry/synthetic/castFrame.js";
import type { Solid } from "../../geometry/synthetic/Solid.js";
import { SIGNAL } from "./scenes.js";

const TABLE = { name: "table", phrase: "the table", labels: [4] };
const thing = (id: number) => ({ name: `thing ${id}`, phrase: `the thing ${id}`, labels: [id] });
const can = (id: number, x: number): Solid => ({
  ...{ id, shape: "cylinder", radius: 0.03, halfHeight: 0.05 },
  center: [x, 0, 0.05],
});

describe("depth that is bowed as a whole", () => {
  it.each([-0.015, -0.01, 0.01, 0.015])("widens heights: by %d at the corners", async (share) => {
    const solids = [can(1, 0), can(2, 0.36)];
    const pose = { eye: [0, -0.6, 0.6], target: [0, 0, 0.05] } as const;
    const frame = castFrame({ table: [0.6, 0.5], solids }, pose, { noiseM: 0.0005 });
    if (!frame.depth) throw new Error("a cast frame has depth");
    const { depthM, width, height } = await decodeDepth(frame.depth);
    const bowedM = depthM.map((z, i) => {
      const [x, y] = [(2 * (i % width)) / width - 1, (2 * Math.floor(i / width)) / height - 1];
      return z * (1 + (share * (x * x + y * y)) / 2);
    });
    const depth = depthImageOf({ width, height, depthM: bowedM });
    await using model = rgbd();
    const question = { ...askQuestion("vertical_distance", thing(1), thing(2)), support: TABLE };
    const [answer] = await model.ask({ ...frame, depth }, [question], SIGNAL);
    if (answer?.value?.shape !== "quantity") throw new Error(answer?.text);
    expect(Math.abs(answer.value.valueM)).toBeLessThan(2 * answer.value.sigmaM);
  });
});
