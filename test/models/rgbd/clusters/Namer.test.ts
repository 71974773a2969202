import { describe, expect, it } from "vitest";
import type { ObjectRef } from "../../../../src/language/index.js";
import { detectorNamer, readNames } from "../../../../src/models/rgbd/clusters/Namer.js";

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
  ])("%s", (_, text, expected) => expect(read(text)).toEqual(expected));
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
