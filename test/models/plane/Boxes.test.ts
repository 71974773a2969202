import { describe, expect, it } from "vitest";
import type { CameraFrame } from "../../../src/camera/index.js";
import type { SpatialVlm } from "../../../src/models/index.js";
import { type BoxFormat, isBox, readBoxes, vlmBoxes } from "../../../src/models/plane/Boxes.js";
import { cpuMs } from "../../support/cpuMs.js";

const REFS = [
  { name: "mug", phrase: "the red mug" },
  { name: "tray", phrase: "the blue tray" },
] as const;
const SIZE = { width: 640, height: 480 } as const;

function read(text: string, format: BoxFormat = "xyxy_1000") {
  return readBoxes(text, REFS, format, SIZE, "model", 0.1).map((it) =>
    isBox(it) ? it.map(Math.round) : it.reason,
  );
}

describe("boxes in a model's words", () => {
  const both = [
    [64, 96, 128, 192],
    [320, 240, 640, 480],
  ];
  it.each([
    [
      "an object by phrases",
      '{"the red mug": [100, 200, 200, 400], "the blue tray": [500, 500, 1000, 1000]}',
    ],
    [
      "in a fence, after words",
      'Here are the boxes:\n```json\n{"red mug": [100, 200, 200, 400], "Blue tray": [500, 500, 1000, 1000]}\n```',
    ],
    [
      "a list with labels, as Qwen gives it",
      '[{"bbox_2d": [100, 200, 200, 400], "label": "red mug"}, {"bbox_2d": [500, 500, 1000, 1000], "label": "the blue tray"}]',
    ],
    [
      "by the task's names, in lists",
      '{"mug": [[100, 200, 200, 400]], "tray": {"box": [500, 500, 1000, 1000]}}',
    ],
    [
      "the same box twice",
      '[{"label": "mug", "box": [100, 200, 200, 400]}, {"label": "mug", "box": [100, 200, 200, 400]}, {"label": "tray", "box": [500, 500, 1000, 1000]}]',
    ],
  ])("%s", (_, text) => expect(read(text)).toEqual(both));

  it.each([
    ["yxyx_1000", "[200, 100, 400, 200]"],
    ["xyxy_px", "[64, 96, 128, 192]"],
    ["xyxy_1", "[0.1, 0.2, 0.2, 0.4]"],
  ] as const)("in %s", (format, box) =>
    expect(read(`{"the red mug": ${box}}`, format)[0]).toEqual([64, 96, 128, 192]),
  );

  it.each([
    ["null: it is not there", '{"the red mug": null}', "no_object"],
    ["an empty list", '{"the red mug": []}', "no_object"],
    ["left out", "{}", "unclear"],
    ["no JSON", "I see a red mug on the left.", "unclear"],
    ["JSON that breaks off", '{"the red mug": [100, 200, 300', "unclear"],
    ["two boxes", '{"red mug": [[0, 0, 100, 100], [500, 500, 600, 600]]}', "ambiguous"],
    [
      "one name twice in an object, of which JSON.parse takes the last",
      '{"red mug": [0, 0, 100, 100], "red mug": [500, 500, 600, 600]}',
      "ambiguous",
    ],
    [
      "one name twice inside, beside a box",
      '[{"label": "mug", "box": [0, 0, 9, 9]}, {"label": "tray", "label": "mug", "box": [5, 5, 6, 6]}]',
      "ambiguous",
    ],
    [
      "another box in a correction",
      '{"red mug": [0, 0, 100, 100]} Wait, that is the can. {"red mug": [500, 500, 600, 600]}',
      "ambiguous",
    ],
    ["outside of the image", '{"the red mug": [100, 200, 1200, 400]}', "unclear"],
    ["inside out", '{"the red mug": [400, 200, 100, 400]}', "unclear"],
    ["another format: 0..1", '{"the red mug": [0.1, 0.2, 0.3, 0.4]}', "unclear"],
    ["three numbers", '{"the red mug": [100, 200, 300]}', "unclear"],
  ])("%s is refused", (_, text, reason) => expect(read(text)[0]).toBe(reason));

  it.each([
    ["as a number", '[{"bbox_2d": [100, 200, 200, 400], "label": "red mug", "confidence": 0.05}]'],
    ["as a score", '{"red mug": {"box": [100, 200, 200, 400], "score": 0.05}}'],
    ["in percent", '{"red mug": {"box": [100, 200, 200, 400], "confidence": "5 %"}}'],
    ["before it", '[{"label": "red mug", "probability": 0.05, "box": [100, 200, 200, 400]}]'],
  ])("a box that the model itself does not believe is refused: %s", (_, text) => {
    const [found] = readBoxes(text, REFS, "xyxy_1000", SIZE, "model", 0.1);
    expect(found).toEqual({
      reason: "no_object",
      detail:
        "model says 0.05 of how sure it is of its box of the red mug, less than 0.1 (min_score)",
    });
    expect(read(text.replace("0.05", "0.95").replace("5 %", "95 %"))[0]).toEqual(both[0]);
  });

  it("a box that the model does not believe is no rival of another one", () => {
    const text =
      '[{"label": "mug", "box": [100, 200, 200, 400], "score": 0.9}, {"label": "mug", "box": [5, 5, 60, 60], "score": 0.04}]';
    expect(read(text)[0]).toEqual(both[0]);
  });

  it("stays quick on many brackets", async () => {
    const spentMs = await cpuMs(() =>
      expect(read("[".repeat(30_000))).toEqual(["unclear", "unclear"]),
    );
    expect(spentMs).toBeLessThan(2000);
  });
});

it("says of a model that reads no free text just that", async () => {
  const refusal = { reason: "unsupported_question", detail: "m reads no free text" } as const;
  const vlm: SpatialVlm = {
    ...{ id: "m", fingerprint: "m", concurrency: 1, needs: [] },
    ask: async (_, questions) =>
      questions.map((question) => ({ question, model: "m", text: "", latencyMs: 0, refusal })),
    close: async () => {},
  };
  const data = new Uint8Array(12);
  const size = { width: 2, height: 2, step: 6 };
  const image = { kind: "raw", encoding: "rgb8", ...size, isBigEndian: false, data } as const;
  const frame: CameraFrame = { camera: "c", stampNs: 0n, frameId: "f", episode: "e", image };
  const found = await vlmBoxes(vlm, "xyxy_1000", 0.1).find(
    frame,
    REFS,
    new AbortController().signal,
  );
  expect(found).toEqual([refusal, refusal]);
});
