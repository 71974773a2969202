import { describe, expect, it } from "vitest";
import { matchObject } from "../../src/language/index.js";
import { bottle, can, gripper, mug } from "./objects.js";

const handle = { name: "mug_handle", phrase: "the handle of the red mug" };
const blueMug = { name: "blue_mug", phrase: "the blue mug" };

describe("matchObject", () => {
  it.each([
    ["the red mug", mug],
    ["Red Mugs", mug],
    ["gripper", gripper],
    ["the gripper's tip", gripper],
    ["a bottle", bottle],
    ["tomato cans", can],
    ["mug_handle", handle],
    ["the red mug's handle", handle],
  ])("finds %j", (words, object) => {
    expect(matchObject(words, [gripper, mug, can, bottle, handle])).toEqual({
      match: "one",
      object,
    });
  });

  it("reports all candidates of an ambiguous name", () => {
    expect(
      matchObject(
        "the mug",
        [mug, blueMug].map((o, i) => ({ ...o, name: `thing_${i}` })),
      ),
    ).toMatchObject({
      match: "ambiguous",
      candidates: [{ phrase: "the red mug" }, { phrase: "the blue mug" }],
    });
  });

  it("prefers the object whose whole phrase is said", () => {
    const plain = { name: "m", phrase: "the mug" };
    expect(matchObject("the mug", [{ ...mug, name: "r" }, plain])).toEqual({
      match: "one",
      object: plain,
    });
  });

  it("does not take a bottle for a mug because both are blue", () => {
    expect(matchObject("the blue bottle", [blueMug])).toEqual({ match: "none" });
    expect(matchObject("", [mug])).toEqual({ match: "none" });
  });
});
