import { describe, expect, it } from "vitest";
import { type CameraFrame, decodeDepth, type FramePose } from "../../../src/camera/index.js";
import { type ObjectRef, onSupport } from "../../../src/language/index.js";
import { createVlm } from "../../../src/models/index.js";
import { castFrame } from "../../geometry/synthetic/castFrame.js";
import type { Solid } from "../../geometry/synthetic/Solid.js";
import { A, B, question, SIGNAL, unsupported } from "./scenes.js";

const EYE = [0, -0.8, 0.6] as const;
/** The table, by its TF frame as well, 2 cm under its top. */
const TABLE: ObjectRef = {
  ...{ name: "table", phrase: "the table", labels: [4] },
  ...{ frame: "cell", heightM: 0.02 },
};
const SOLIDS: readonly Solid[] = [
  { id: 1, shape: "sphere", radius: 0.05, center: [-0.15, 0, 0.05] },
  { id: 2, shape: "sphere", radius: 0.04, center: [0.15, 0.05, 0.04] },
];

/** An image whose depth is `factor` times as long as it should be. */
async function frameOf(factor: number): Promise<CameraFrame> {
  const frame = castFrame(
    { solids: SOLIDS, table: [0.5, 0.4] },
    { eye: [...EYE], target: [0, 0, 0] },
  );
  if (!frame.depth) throw new Error("no depth");
  const { width, height, depthM } = await decodeDepth(frame.depth);
  const data = new Uint8Array(depthM.map((depth) => depth * factor).buffer);
  const turn = (Math.PI / 2 + Math.atan2(EYE[2], -EYE[1])) / 2;
  const down = 0.02;
  const cell: FramePose = {
    ok: true,
    pose: {
      // Straight below the table's middle, at which the camera looks.
      position: [
        0,
        down * Math.cos(Math.atan2(EYE[2], -EYE[1])),
        Math.hypot(EYE[1], EYE[2]) + down * Math.sin(Math.atan2(EYE[2], -EYE[1])),
      ],
      rotation: [Math.sin(turn), 0, 0, Math.cos(turn)],
    },
  };
  return {
    ...frame,
    depth: {
      kind: "raw",
      encoding: "32FC1",
      width,
      height,
      step: 4 * width,
      isBigEndian: false,
      data,
    },
    poses: new Map([["cell", cell]]),
  };
}

async function answerOf(factor: number, table = TABLE) {
  await using model = await createVlm("rgbd");
  const asked = onSupport([unsupported(question("distance", A, B))], table);
  const [answer] = await model.ask(await frameOf(factor), asked, SIGNAL);
  return answer;
}

describe("rgbd, whose support has a height in TF", () => {
  it.each([0.25, 0.3048, 0.5, 2, 2.54, 4])("refuses depth of %d times the unit", async (factor) => {
    expect((await answerOf(factor))?.refusal).toMatchObject({
      reason: "contradiction",
      detail: expect.stringMatching(/0\.60 m over the table by the transforms .* by the depth/),
    });
  });

  it.each([1, 0.9, 1.1])("measures with depth of %d times the unit", async (factor) => {
    expect((await answerOf(factor))?.value).toMatchObject({ shape: "quantity" });
  });

  it("says nothing of it where the task gives no height", async () => {
    const { heightM: _, ...unknown } = TABLE;
    expect((await answerOf(2, unknown))?.value).toMatchObject({ shape: "quantity" });
  });
});
