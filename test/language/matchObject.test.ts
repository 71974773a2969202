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
    ["the robot's gripper", gripper],
    ["the small red coffee mug", mug],
    ["the scarlet mug", mug],
    ["the mug on the table", mug],
    ["the red one", mug],
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

  it.each([
    ...[
      "green mug",
      "red can",
      "black gripper",
      "blue mug",
      "black mug",
      "plastic bottle",
      "other mug",
    ],
    ...[
      "gripper's tip",
      "gripper finger",
      "left finger of the gripper",
      "mug's rim",
      "rim of the mug",
    ],
    ...["lid of the red mug", "edge of the table", "bottom of the red mug"],
    ...["shadow of the red mug", "reflection of the red mug", "picture of the red mug"],
    ...["photo of the mug", "drawing of the mug", "red mug in the drawing", "red mug in pixels"],
    ...["human holding the red mug", "robot", "red mug the gripper", "red mug 10 cm", "mug not"],
  ])("takes %j for no known thing", (words) => {
    expect(matchObject(`the ${words}`, [gripper, mug, can, bottle])).toEqual({ match: "none" });
  });

  it("does not take a thing for its part", () => {
    const spout = { name: "spout", phrase: "the spout of the kettle" };
    expect(matchObject("the kettle", [spout])).toEqual({ match: "none" });
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
