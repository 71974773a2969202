import { describe, expect, it } from "vitest";
import type { CameraFrame } from "../../../../src/camera/index.js";
import type { ObjectRef } from "../../../../src/language/index.js";
import { detectorNamer, vlmNamer } from "../../../../src/models/rgbd/clusters/Namer.js";
import { readNames } from "../../../../src/models/rgbd/clusters/readNames.js";
import type { SpatialVlm } from "../../../../src/models/SpatialVlm.js";

const REFS: readonly ObjectRef[] = [
  { name: "mug", phrase: "the red mug" },
  { name: "tray", phrase: "the blue tray" },
];
const read = (text: string) =>
  readNames(text, REFS, 5, "model").map((it) => (typeof it === "number" ? it : it.reason));

describe("what a model says of numbered things", () => {
  it.each([
    ["as asked for", "the red mug: 2\nthe blue tray: 4", [1, 3]],
    ["without articles, as a list", "1. red mug: 2\n2. blue tray: 4", [1, 3]],
    ["in sentences", "The red mug is in box 2. The blue tray is box number 4.", [1, 3]],
    ["as JSON", '{"the red mug": 2, "the blue tray": 4}', [1, 3]],
    ["with markdown", "- **the red mug**: 2\n- **the blue tray**: #4", [1, 3]],
    ["by the task's names", "mug: 2, tray: 4", [1, 3]],
    ["one is absent", "the red mug: 0\nthe blue tray: 4", ["no_object", 3]],
    ["one is left out", "the blue tray: 4", ["unclear", 3]],
    ["a number that is not there", "the red mug: 7\nthe blue tray: 4", ["unclear", 3]],
    ["one number twice", "the red mug: 4\nthe blue tray: 4", ["ambiguous", "ambiguous"]],
    ["two numbers", "the red mug: 2\nthe red mug: 3\nthe blue tray: 4", ["ambiguous", 3]],
    ["lengths are no numbers of boxes", "the red mug: 0.42 m\nthe blue tray: 4", ["unclear", 3]],
    ["nothing", "I cannot see numbers.", ["unclear", "unclear"]],
    ["with remarks in brackets", "the red mug: 2 (80 % sure), the blue tray: 4", [1, 3]],
  ])("%s", (_, text, expected) => expect(read(text)).toEqual(expected));

  it.each(["2 or 3", "2, 3", "2/3", "2 cm tall", "2 %", "2?", "2 boxes away from the tray", "-2"])(
    "is not read where it is no statement: %s",
    (said) => expect(read(`the red mug: ${said}\nthe blue tray: 4`)).toEqual(["unclear", 3]),
  );

  it.each(["the green mug", "not the red mug", "next to the mug", "Is the red mug"])(
    "is not read of %s",
    (said) => expect(read(`${said}: 2\nthe blue tray: 4`)).toEqual(["unclear", 3]),
  );

  it("is read from columns parted by tabs", () =>
    expect(read("the red mug\t2\nthe blue tray\t4")).toEqual([1, 3]));

  it("is not read of a list of all things, which tells no mug from another", () =>
    expect(read("Box 1: a can\nBox 2: a mug\nBox 4: the blue tray")).toEqual(["unclear", 3]));

  it.each([
    ["a second number", "3 and 5"],
    ["a second number after a semicolon", "3;5"],
    ["a doubt in brackets", "3 (or 5)"],
    ["a doubt in brackets, in words", "3 (not sure)"],
    ["a correction in brackets", "3 (no, 2)"],
    ["little confidence", "3 (20 % sure)"],
    ["half a confidence", "3 (half sure)"],
    ["less confidence", "3 (lower confidence)"],
    ["a belief", "3 (I think)"],
    ["a likelihood", "3 (probably)"],
    ["confidence by a word of size", "3 (confidence: very small)"],
    ["another thing in brackets", "3 (the blue can)"],
    ["another thing behind it", "3, which is the tall can"],
    ["a correction behind it", "3, or possibly 5"],
    ["what is not seen", "3 (closest match, not visible)"],
    ["a cross", "3 ❌"],
  ])("is not read beside %s", (_, said) => {
    expect(read(`the red mug: ${said}\nthe blue tray: 4`)).toEqual(["unclear", 3]);
    expect(read(`the blue tray: 4\nthe red mug: ${said}`)).toEqual(["unclear", 3]);
  });

  it.each([
    ["There is no red mug.", ["unclear", 3]],
    ["The red mug may be hidden.", ["unclear", 3]],
    ["The red mug: nothing", ["unclear", 3]],
    ["The red mug: N/A", ["unclear", 3]],
    ["Confidence: 20%", ["unclear", "unclear"]],
    ["Certainty: 10 %", ["unclear", "unclear"]],
    ["Confidence: 5", ["unclear", "unclear"]],
    ["I looked at the red mug, which has 1 handle.", ["unclear", 3]],
    ["Is the red mug 2?", ["unclear", 3]],
    ["Correction: the red mug: 5", ["unclear", "unclear"]],
    ["Wait, these are the wrong way round.", ["unclear", "unclear"]],
    ["No, it is 5.", ["unclear", "unclear"]],
    ["or", ["unclear", "unclear"]],
    ["I can't see the image.", ["unclear", "unclear"]],
    ["These are guesses.", ["unclear", "unclear"]],
    ["Box 2: a green can", ["unclear", 3]],
    ["a bottle: 2", ["unclear", 3]],
    ["For instance:", ["unclear", "unclear"]],
    ["The question was:", ["unclear", "unclear"]],
    ["I am making these up.", ["unclear", "unclear"]],
    ["The picture failed to load.", ["unclear", "unclear"]],
    ["The red mug and the blue tray could be exchanged.", ["unclear", "unclear"]],
    ["Final answer: 5", ["unclear", "unclear"]],
    ["❌", ["unclear", "unclear"]],
    ["I will answer in this form: the red mug: 2", ["unclear", "unclear"]],
    ["If I understand it correctly.", ["unclear", "unclear"]],
  ])("is not read before or behind a doubt: %s", (said, expected) => {
    expect(read(`the red mug: 2\nthe blue tray: 4\n${said}`)).toEqual(expected);
    expect(read(`${said}\nthe red mug: 2\nthe blue tray: 4`)).toEqual(expected);
  });

  it.each([
    "Example:\nthe red mug: 2\nthe blue tray: 4",
    "Suppose:\nthe red mug: 2\nthe blue tray: 4",
    "If the red mug is 2, the blue tray is 4.",
    "<think>\nthe red mug: 2\nthe blue tray: 4",
    "the red mug, the blue tray: 4",
    "",
    "<html><body><h1>502 Bad Gateway</h1></body></html>",
    "the red mug: 2\n".repeat(10_000),
    `the red mug: 2\nthe blue tray: 4\na heading ${"=".repeat(4000)}`,
    '{"example": [{"name": "the red mug", "number": 2}, {"name": "the blue tray", "number": 4}]}',
    '{"example": {"the red mug": 2, "the blue tray": 4}}',
    '[{"name": "the red mug", "id": 1, "box": 2}, {"name": "the blue tray", "id": 2, "box": 4}]',
  ])("is not read of an example, a thought, or what is no answer: %.60s", (text) =>
    expect(read(text)).toEqual(["unclear", "unclear"]),
  );

  it.each([
    "**the red mug:** 2\n**the blue tray:** 4",
    "| name | number |\n|---|---|\n| the red mug | 2 |\n| the blue tray | 4 |",
    '[{"name": "the red mug", "number": 2}, {"name": "the blue tray", "number": 4}]',
    '```json\n{"the red mug": {"number": "2"}, "the blue tray": [4]}\n```',
    "The red mug is labelled 2 and the blue tray has number 4.",
    "Box 2 is the red mug. Box 4 is the blue tray.",
    "Mark #2 (the red mug), mark #4 (the blue tray)",
    "<think>the red mug: 3? No.\nthe red mug: 3</think>the red mug: 2\nthe blue tray: 4",
    "~~the red mug: 3~~\nthe red mug: 2\nthe blue tray: 4",
    "the red mug：２\nthe blue tray：４",
    "Sure! Here are the numbers:\n\n- the red mug: 2 ✓\n- the blue tray: 4 ✓\n\nLet me know if you need more.",
    "Looking at the image, I find 5 boxes.\nthe red mug: 2 (top left)\nthe blue tray: 4 (confidence 0.9)",
    "the red mug: 2 (next to the blue tray)\nthe blue tray: 4 (a large blue tray)",
    "the red mug: 2 (the small one, sure)\nthe blue tray: 4\nConfidence: 95%",
    "{'the red mug': 2, 'the blue tray': 4}",
    '{"objects": [{"name": "the red mug", "box": 2}, {"name": "the blue tray", "box": 4}]}',
    '{"answer": {"the red mug": 2, "the blue tray": 4}}',
    '{"objects": {"mug": {"number": 2}, "tray": {"number": 4}}}',
    '[{"number": 2, "name": "the red mug"}, {"box": "4", "object": "the blue tray"}]',
    "<answer>the red mug: 2\nthe blue tray: (4)</answer>",
    "The image shows several objects. Final answer:\nthe red mug: 2<br>the blue tray: 4",
    "Box 1: a can\nBox 2: the red mug\nBox 4: the blue tray",
    "The red mug corresponds to box 2.\nThe blue tray is enclosed in box 4.",
    "the green can: 1\nthe red mug: 2\nthe bowl: 3\nthe blue tray: 4",
  ])("is read: %s", (text) => expect(read(text)).toEqual([1, 3]));

  it("takes the numbers of a list for no marks", () => {
    expect(read("1. the red mug\n2. the blue tray")).toEqual(["unclear", "unclear"]);
    expect(read("1: the red mug\n2: the blue tray")).toEqual(["unclear", "unclear"]);
  });

  it("tells names apart of which one is a part of another", () => {
    const refs: readonly ObjectRef[] = [
      { name: "can", phrase: "the can" },
      { name: "green_can", phrase: "the green can" },
      { name: "mug", phrase: "the red mug" },
      { name: "red_mug", phrase: "the mug" },
    ];
    const text = "the can: 2\nthe green can: 5\nthe mug: 1\nthe red mug: 3";
    expect(readNames(text, refs, 5, "model")).toEqual([1, 4, 2, 0]);
    expect(readNames("The green can is 5.", refs, 5, "model")[1]).toBe(4);
    expect(readNames("The green can is 5.", refs, 5, "model")[0]).toMatchObject({
      reason: "unclear",
    });
  });

  it("says that two objects have one phrase, also in other letters", () => {
    const refs: readonly ObjectRef[] = [
      { name: "left", phrase: "the cup" },
      { name: "right", phrase: "The Cup" },
    ];
    for (const read of readNames("the cup: 1\nThe Cup: 2", refs, 5, "model"))
      expect(read).toMatchObject({
        ...{ reason: "ambiguous", detail: /left and right are both called .*the cup/i },
      });
  });
});

describe("a language model that names things", () => {
  const frame = {
    ...{ camera: "c", stampNs: 0n, frameId: "c", episode: "e" },
    image: {
      kind: "raw",
      encoding: "rgb8",
      width: 8,
      height: 8,
      step: 24,
      data: new Uint8Array(192),
    },
  } as unknown as CameraFrame;
  const said = async (text: string, detail: string) => {
    const vlm = {
      ...{ id: "model", fingerprint: "model" },
      ask: (_: unknown, [question]: readonly unknown[]) =>
        Promise.resolve([{ question, text, refusal: { reason: "unclear", detail } }]),
    } as unknown as SpatialVlm;
    const boxes = [
      [0, 0, 3, 3],
      [4, 4, 7, 7],
    ] as const;
    const { signal } = new AbortController();
    const unused = () => Promise.reject(new Error("no picture is needed"));
    const names = await vlmNamer(vlm).names(frame, unused, boxes, REFS, signal);
    return names.map((it) => (typeof it === "number" ? it : it.detail));
  };
  const TEXT = "the red mug: 2\nthe blue tray: 1";

  it("is read though its answer decides no question", async () => {
    expect(await said(TEXT, "the answer decides nothing")).toEqual([1, 0]);
  });

  it.each([
    "the answer was cut off after 64 tokens: raise max_tokens",
    "the server's content filter cut the answer",
  ])("is not read where its last number may be half of one: %s", async (detail) => {
    expect(await said(TEXT, detail)).toEqual([detail, detail]);
  });
});

describe("a detector that names things", () => {
  const at = (classId: string, left: number) => ({
    ...{ classId, score: 0.9, centerX: left + 10, centerY: 10, sizeX: 20, sizeY: 20 },
  });
  const named = async (...found: ReturnType<typeof at>[]) => {
    const namer = detectorNamer({
      ...{ name: "detector", fingerprint: "detector", minScore: 0.1 },
      detect: () => Promise.resolve(found),
      close: () => Promise.resolve(),
    });
    const boxes = [
      [0, 0, 20, 20],
      [50, 0, 70, 20],
    ] as const;
    const image = { width: 100, height: 20, data: new Uint8Array(6000) };
    const frame = { ...{ camera: "c", stampNs: 0n, frameId: "c", episode: "e" } };
    const seen = {
      ...frame,
      image: { kind: "compressed", format: "png", data: image.data },
    } as const;
    const { signal } = new AbortController();
    const names = await namer.names(seen, () => Promise.resolve(image), boxes, REFS, signal);
    return names.map((it) => (typeof it === "number" ? it : it.reason));
  };

  it("gives each phrase the thing that fills its box", async () => {
    expect(await named(at("the red mug", 52), at("the blue tray", 3))).toEqual([1, 0]);
  });

  it("gives no thing two names", async () => {
    expect(await named(at("the red mug", 2), at("the blue tray", 3))).toEqual([
      "ambiguous",
      "ambiguous",
    ]);
  });

  it("refuses what has no box, or one around nothing", async () => {
    expect(await named(at("the red mug", 25))).toEqual(["no_object", "no_object"]);
  });
});
