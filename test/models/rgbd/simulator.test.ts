import { describe, expect, it } from "vitest";
import type { Vec3 } from "../../../src/base/index.js";
import type { CameraFrame } from "../../../src/camera/index.js";
import { rgbd } from "../../../src/models/index.js";
import { TabletopSim } from "../../../src/sim/index.js";
import { question, SIGNAL } from "./scenes.js";

const GRIPPER = { name: "gripper", phrase: "the gripper", labels: [1] };
const MUG = { name: "mug", phrase: "the red mug", labels: [2] };

function positionOf(frame: CameraFrame, tfFrame: string): Vec3 {
  const pose = frame.poses?.get(tfFrame);
  if (!pose?.ok) throw new Error(`no pose of ${tfFrame}`);
  return pose.pose.position;
}

describe("rgbd in the simulator", () => {
  it("follows gripper and mug through a whole pick and place within millimetres", async () => {
    const sim = await TabletopSim.create({
      seed: 7,
      outcome: "success",
      rateHz: 2,
      width: 320,
      height: 240,
    });
    const model = rgbd();
    const errors: number[] = [];
    const approach: { truth: number; measured: number }[] = [];
    for (let step = sim.current(); !step.done; step = sim.step()) {
      const frame = step.frames[0]!;
      const [answer] = await model.ask(frame, [question("distance", GRIPPER, MUG)], SIGNAL);
      if (answer?.value?.shape !== "quantity") throw new Error(answer?.text);
      const [g, m] = [positionOf(frame, "gripper"), positionOf(frame, "red_mug")];
      const truth = Math.hypot(g[0] - m[0], g[1] - m[1], g[2] - m[2]);
      errors.push(Math.abs(answer.value.valueM - truth));
      if (truth > 0.03) approach.push({ truth, measured: answer.value.valueM });
    }
    sim.close();
    errors.sort((a, b) => a - b);
    expect(errors.length).toBeGreaterThan(15);
    expect(errors[errors.length >> 1]).toBeLessThan(0.003);
    expect(errors.at(-1)).toBeLessThan(0.015);
    // Whatever is a centimetre nearer is measured as nearer.
    for (const a of approach)
      for (const b of approach)
        if (a.truth > b.truth + 0.01) expect(a.measured).toBeGreaterThan(b.measured);
  });
});
