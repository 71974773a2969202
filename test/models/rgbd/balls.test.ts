import { describe, expect, it } from "vitest";
import { askQuestion, type SpatialQuestion } from "../../../src/language/index.js";
import { rgbd } from "../../../src/models/index.js";
import { castFrame } from "../../geometry/synthetic/castFrame.js";
import type { Solid } from "../../geometry/synthetic/Solid.js";
import { SIGNAL } from "./scenes.js";

const BALL = { name: "ball", phrase: "the ball", labels: [1] };
const CAN = { name: "can", phrase: "the can", labels: [2] };
const TABLE = { name: "table", phrase: "the table", labels: [4] };
const RADIUS_M = 0.045;
const ball = (x: number): Solid => ({
  ...{ id: 1, shape: "sphere", radius: RADIUS_M },
  center: [x, 0, RADIUS_M],
});

async function told(solids: readonly Solid[], eyeZ: number, question: SpatialQuestion) {
  const pose = { eye: [0, -0.45, eyeZ], target: [0, 0, 0.05] } as const;
  const frame = castFrame({ table: [0.9, 0.5], solids }, pose, { noiseM: 0.0005 });
  await using model = rgbd();
  const [answer] = await model.ask(frame, [{ ...question, support: TABLE }], SIGNAL);
  if (answer?.value?.shape !== "quantity") throw new Error(answer?.text);
  return answer.value;
}

describe("a ball", () => {
  it.each([-0.22, -0.1, 0, 0.17])("is as wide %d m beside the optical axis", async (x) => {
    const { valueM } = await told([ball(x)], 0.5, askQuestion("width", BALL));
    expect(Math.abs(valueM - 2 * RADIUS_M)).toBeLessThan(0.0025);
  });

  it.each([0.15, 0.35, 0.8])("ends where its back does, seen from %d m", async (eyeZ) => {
    const can: Solid = {
      ...{ id: 2, shape: "cylinder", radius: 0.03, halfHeight: 0.06 },
      center: [0.02, 0.16, 0.06],
    };
    const gap = await told([ball(0), can], eyeZ, askQuestion("gap", BALL, CAN));
    const middlesM = Math.hypot(0.02, 0.16);
    expect(Math.abs(gap.valueM - (middlesM - RADIUS_M - 0.03))).toBeLessThan(0.006);
  });
});
