import { describe, expect, it } from "vitest";
import type { Vec3 } from "../../../src/base/index.js";
import { askQuestion } from "../../../src/language/index.js";
import { rgbd } from "../../../src/models/index.js";
import { castFrame } from "../../geometry/synthetic/castFrame.js";
import { SIGNAL } from "./scenes.js";

const THING = { name: "thing", phrase: "the thing", labels: [1] };

describe("the width of a ball", () => {
  it.each([-0.22, -0.1, 0, 0.17])("is the same %d m beside the optical axis", async (asideM) => {
    const radius = 0.045;
    const center: Vec3 = [asideM, 0, radius];
    const solids = [{ id: 1, shape: "sphere", radius, center }] as const;
    const pose = { eye: [0, -0.45, 0.5], target: [0, 0, 0.05] } as const;
    const frame = castFrame({ table: [0.9, 0.5], solids }, pose, { noiseM: 0.0005 });
    await using model = rgbd();
    const [answer] = await model.ask(frame, [askQuestion("width", THING)], SIGNAL);
    if (answer?.value?.shape !== "quantity") throw new Error(answer?.text);
    expect(Math.abs(answer.value.valueM - 2 * radius)).toBeLessThan(0.0025);
  });
});
