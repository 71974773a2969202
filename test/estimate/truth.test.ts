import { describe, expect, it } from "vitest";
import { mulberry32 } from "../../src/base/index.js";
import type { FramePose } from "../../src/camera/index.js";
import { truthFor } from "../../src/estimate/index.js";
import { answerSchema } from "../../src/language/answerSchema.js";
import { finiteAnswer } from "../../src/language/index.js";
import { createVlm } from "../../src/models/index.js";
import { question, SIGNAL, twoThings } from "../models/rgbd/scenes.js";

describe("truthFor", () => {
  it.each([
    ["before", 1],
    ["behind", -1],
  ])("does not judge what was computed from TF frames %s the camera", async (_, side) => {
    const { frame } = twoThings(mulberry32(21));
    const poses = new Map<string, FramePose>(
      ["tool", "part"].map((name, i) => [
        name,
        { ok: true, pose: { position: [0.1 * i, 0, 0.5 * side], rotation: [0, 0, 0, 1] } },
      ]),
    );
    const subject = { name: "tool", phrase: "the tool", frame: "tool" };
    const object = { name: "part", phrase: "the part", frame: "part" };
    await using vlm = await createVlm("rgbd", { signal: SIGNAL });
    const seen = { ...frame, poses };
    const [answer] = await vlm.ask(seen, [question("distance", subject, object)], SIGNAL);
    expect(answer?.value).toMatchObject({ valueM: expect.closeTo(0.1, 9) });
    const filter = { medianWindow: 1 };
    const measurement = { name: "reach", kind: "distance", subject, object, filter } as never;
    const kept = answer && finiteAnswer(answer);
    expect(truthFor(kept ?? {}, measurement, seen)).toBeUndefined();
    // So it is after --resume.
    const read = answerSchema.parse(JSON.parse(JSON.stringify(kept)));
    expect(truthFor(read, measurement, seen)).toBeUndefined();
  });
});
