import { describe, expect, it } from "vitest";
import type { ObjectRef } from "../../../../src/language/index.js";
import { readNames } from "../../../../src/models/rgbd/clusters/Namer.js";

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
