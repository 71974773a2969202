import { describe, expect, it } from "vitest";
import { askQuestion, parseAnswer } from "../../src/language/index.js";

const gripper = { name: "gripper", phrase: "the robot gripper" };
const mug = { name: "mug", phrase: "the red mug" };
const read = (answer: string) => parseAnswer(answer, askQuestion("distance", gripper, mug));
const metres = (answer: string) => {
  const { value } = read(answer);
  return value?.shape === "quantity" ? value.valueM : undefined;
};

describe("an answer with a length that nobody means", () => {
  it.each([
    ...["3 5 cm", "The distance is 0. 35 m.", "1, 5 m", "0, 35 m", "1 ,5 m", "1. 2 m", "1 . 2 m"],
    ...["2 . 5 cm", "0 . 3 5 m", "1 2 cm", "1 0 cm", "1 00 cm", "30, 5 cm", "0:35 m", "0;35 m"],
    "0/35 m",
  ])("may be a piece of a number: %s", (answer) => {
    expect(read(answer).value).toBeUndefined();
  });

  it.each([
    "The distance is anything but 35 cm.",
    "!= 35 cm",
    "!35 cm",
    "d != 35 cm",
    "\\neq 35 cm",
    "$d \\ne 35$ cm",
    "35 cm ❌",
    "35 cm ✗",
    "~~35 cm~~",
    "<!-- 35 cm -->",
    "不是35cm",
    "没有35cm",
    "35 cm ではない",
    "Bad answer: 35 cm",
    "Example answer: 35 cm",
    "e.g. 35 cm",
    "35 cm. I made that up.",
  ])("is denied, or an example: %s", (answer) => {
    expect(read(answer).value).toBeUndefined();
  });

  it.each([
    "Neither object is visible. The distance is 35 cm.",
    "There is no gripper in the image. The distance is 35 cm.",
    "I cannot see the mug. The distance is 35 cm.",
    "35 cm. There is no mug.",
    "35 cm. The mug is not in the image.",
    "The mug is not visible; 35 cm.",
    "No mug. 35 cm",
    "The mug is absent. 35 cm.",
    "35 cm, but I can't see the mug.",
  ])("is of what is not seen: %s", (answer) => {
    expect(read(answer).refusal?.reason).toBe("no_object");
  });

  it.each([
    '{"error":"mug not visible","distance_cm":35}',
    '{"distance_m":0.35,"pair":["mug","tray"]}',
    '{"distance_cm":35,"from":"camera","to":"mug"}',
    '{"distance_m":0.35,"object":"blue tray"}',
    '{"distance_cm":35,"visible":false}',
    '{"found":false,"distance_cm":35}',
    '{"distance_cm":35,"valid":false}',
    '{"distance_cm":35,"status":"fail"}',
  ])("is taken back by the field beside it: %s", (answer) => {
    expect(read(answer).value).toBeUndefined();
  });
});

describe("an answer with a length that is meant", () => {
  it.each([
    ["~~35 cm~~ 60 cm", 0.6],
    ["1 1/2 ft", 0.4572],
    ["3/4 of a meter", 0.75],
    ["距離: 35 cm", 0.35],
    ["1,200 mm", 1.2],
    ["The mug's handle is not visible. The distance is 35 cm.", 0.35],
    ["I can't be exact, but about 30 cm.", 0.3],
    ["There is no obstacle between them. The distance is 35 cm.", 0.35],
    ['{"visible": true, "distance_cm": 35}', 0.35],
    ['{"from":"gripper","to":"mug","distance_cm":35}', 0.35],
    ['{"distance_cm":35,"error":null}', 0.35],
    ["❌ Not 30 cm. The distance is 35 cm ✅", 0.35],
  ])("is read: %s", (answer, valueM) => {
    expect(metres(answer)).toBeCloseTo(valueM, 6);
  });
});
