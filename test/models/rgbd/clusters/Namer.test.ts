import { describe, expect, it } from "vitest";
import type { ObjectRef } from "../../../../src/language/index.js";
import { detectorNamer } from "../../../../src/models/rgbd/clusters/Namer.js";
import { readNames } from "../../../../src/models/rgbd/clusters/readNames.js";

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
