import { describe, expect, it } from "vitest";
import {
  type CameraFrame,
  invertPose,
  NO_IMAGE,
  type PixelBox,
} from "../../../src/camera/index.js";
import { askQuestion, onSupport } from "../../../src/language/index.js";
import { plane } from "../../../src/models/index.js";
import { opticalPose } from "../../../src/sim/scene/cameraPose.js";

const SIZE = 400;
const LAST = SIZE - 1;
const refOf = (name: string) => ({ name, phrase: `the ${name}`, classIds: [name] });
const [IT, CAN] = [refOf("it"), refOf("can")];
const TABLE = { name: "table", phrase: "the table", frame: "world", heightM: 0 };

/** What a camera that is rolled by so many quarter turns, clockwise, sees of boxes. */
function rolled(boxes: Readonly<Record<string, PixelBox>>, turns: number): CameraFrame {
  const pose = opticalPose({
    ...{ target: [0, 0, 0], distanceM: 0.9, azimuthRad: 0 },
    ...{ pitchRad: 0.6, rollRad: (turns * Math.PI) / 2 },
  });
  const turn = ([left, top, right, bottom]: PixelBox): PixelBox => [
    ...([top, LAST - right, bottom, LAST - left] as const),
  ];
  const detections = Object.entries(boxes).map(([classId, upright]) => {
    const box = Array.from({ length: turns }).reduce<PixelBox>(turn, upright);
    const [left, top, right, bottom] = box;
    return {
      ...{ classId, score: 0.9, centerX: (left + right) / 2, centerY: (top + bottom) / 2 },
      ...{ sizeX: right - left, sizeY: bottom - top },
    };
  });
  const distortion = { model: "plumb_bob", coefficients: [] };
  const middle = LAST / 2;
  return {
    ...{ camera: "c", stampNs: 1n, frameId: "c", episode: "e", image: NO_IMAGE, detections },
    info: { width: SIZE, height: SIZE, fx: 400, fy: 400, cx: middle, cy: middle, distortion },
    poses: new Map([["world", { ok: true, pose: invertPose(pose) }]]),
  };
}

describe("plane with a camera that is rolled", () => {
  it.each([
    ["stands by itself", { it: [100, 100, 160, 190] }],
    ["is behind or on another one", { it: [100, 100, 160, 190], hider: [90, 170, 180, 240] }],
    [
      "is behind a chain of others",
      { it: [100, 100, 160, 190], b: [90, 170, 180, 240], c: [80, 230, 200, 290] },
    ],
    ["is hidden at its side", { it: [100, 100, 160, 190], hider: [150, 90, 200, 240] }],
    ["has one box with a neighbour", { it: [60, 100, 160, 190], neighbour: [110, 120, 160, 190] }],
  ] as const)("measures what %s as it does upright", async (_, boxes) => {
    const all = { ...boxes, can: [250, 120, 300, 200] } as const;
    const questions = onSupport(
      (["height", "elevation", "distance"] as const).map((kind) =>
        kind === "distance" ? askQuestion(kind, IT, CAN) : askQuestion(kind, IT),
      ),
      TABLE,
    );
    const lengths = async (turns: number) => {
      await using model = plane({ boxSigmaPx: 1.5 });
      const answers = await model.ask(rolled(all, turns), questions, new AbortController().signal);
      return answers.flatMap(({ value, text }) => {
        if (value?.shape !== "quantity") throw new Error(text);
        return [value.valueM, value.sigmaM];
      });
    };
    const upright = await lengths(0);
    for (const turns of [1, 2, 3])
      for (const [i, value] of (await lengths(turns)).entries())
        expect(value, `${turns} quarter turns`).toBeCloseTo(upright[i] ?? Number.NaN, 3);
  });
});
