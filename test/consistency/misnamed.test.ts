import { describe, expect, it } from "vitest";
import { misnamed } from "../../src/consistency/misnamed.js";

const objects = [
  { name: "gripper", phrase: "the robot gripper", labels: [1] },
  { name: "mug", phrase: "the red mug", labels: [2] },
  { name: "tray", phrase: "the blue tray", labels: [3] },
];
const found = (names: Record<number, string>) =>
  misnamed(objects, new Map(Object.entries(names).map(([id, name]) => [Number(id), name])));

describe("names that the source gives to the ids of the task", () => {
  it.each([
    [
      { 2: "blue tray", 3: "red mug" },
      { id: 2, told: "blue tray", phrase: "the red mug" },
    ],
    [{ 2: "tray" }, { id: 2, told: "tray", phrase: "the red mug" }],
    [{ 3: "red_mug" }, { id: 3, told: "red_mug", phrase: "the blue tray" }],
    [{ 2: "green mug" }, { id: 2, told: "green mug", phrase: "the red mug" }],
  ])("%j are of another thing", (names, wrong) => {
    expect(found(names)).toEqual(wrong);
  });

  it.each([
    { 1: "gripper", 2: "red_mug", 3: "Blue tray" },
    { 1: "panda_hand", 2: "red cup", 3: "plate" },
    { 2: "object_3", 3: "object_2" },
    { 2: "mug", 3: "serving tray" },
    { 2: "orange mug" },
    { 7: "blue tray" },
    {},
  ])("%j say nothing against it", (names) => {
    expect(found(names)).toBeUndefined();
  });

  it.each([
    ["the mug on the blue tray", "red mug"],
    ["the mug next to the blue tray", "red mug"],
    ["the mug with the green handle", "red mug"],
    ["the bottle of red wine", "green bottle"],
    ["the red wine bottle", "green bottle"],
  ])("%s may be called %s", (phrase, told) => {
    const thing = { name: "thing", phrase, labels: [2] };
    expect(misnamed([thing], new Map([[2, told]]))).toBeUndefined();
  });

  it("is a colour of the thing itself, wherever it lies", () => {
    const mug = { name: "mug", phrase: "the red mug on the blue tray", labels: [2] };
    expect(misnamed([mug], new Map([[2, "green mug"]]))?.told).toBe("green mug");
  });

  it("is nothing where two objects share an id", () => {
    const both = [
      { name: "mug", phrase: "the red mug", labels: [2] },
      { name: "cup", phrase: "the cup", labels: [2] },
    ];
    expect(misnamed(both, new Map([[2, "cup"]]))).toBeUndefined();
  });
});
