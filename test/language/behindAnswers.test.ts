import { describe, expect, it } from "vitest";
import { askQuestion, parseAnswer } from "../../src/language/index.js";
import { gripper, mug } from "./objects.js";
import { readM } from "./readM.js";

const ANSWERS = ["35 cm.", "**35 cm**.", "The distance is 35 cm.", "Answer: 35 cm."];
const behind = (sentences: readonly string[]) =>
  sentences.flatMap((sentence) => ANSWERS.map((answer) => `${answer} ${sentence}`));

describe("a sentence behind an answer", () => {
  it.each(
    behind([
      "This was estimated from the mug's typical height.",
      "This estimate was made from the image alone.",
      "It was obtained by comparing the mug's width with the gap.",
      "This is measured from the fingertips to the nearest point of the mug.",
      "This is the straight-line distance between the two objects.",
      "There is a toy car behind the mug.",
      "A painting hangs on the wall behind the table.",
      "No obstacles lie between them.",
      "No part of the mug is hidden.",
      "The true value may be slightly different.",
      "The true value may differ by a few centimeters.",
      "I used the mug's height as a reference.",
      "I hope this helps!",
      "Yes. To the left.",
      "Take this with a grain of salt.",
      "Take this number with caution.",
      "That's about the length of a sheet of paper.",
      "That's the shortest line between the two.",
      "The background is blurry.",
      "The mug has not moved.",
      "It has a handle on the right.",
      "Good luck with your robot!",
      "The nearest object to the gripper is the tray.",
      "Therefore, the gripper has to move forward.",
      "For an accurate measurement, a depth sensor would be needed.",
      "Would you like the answer in inches as well?",
    ]),
  )("changes nothing: %s", (text) => {
    expect(readM("distance", text)).toBeCloseTo(0.35, 6);
  });

  it.each(
    behind([
      "This was measured from the table to the mug.",
      "This was measured in the first image.",
      "This estimate was made for another mug.",
      "It was different a moment ago.",
      "This is a toy mug.",
      "There is a painting of a mug, not a mug.",
      "The mug is a miniature.",
      "No, it is not.",
      "No measurement was possible.",
      "I just picked a number.",
      "The red mug is elsewhere, though.",
      "A ruler would show closer to 50.",
      "I took the wrong mug.",
      "There is no basis for that.",
      "This is the width of the table.",
      "This is in image space.",
      "Or is it 60 cm?",
      "Strike that.",
      "Don't believe it.",
      "It's nonsense.",
      "You should not use this value.",
      "Hmm, let me reconsider.",
      "It is measured along the x axis only.",
      "In real life it would be much larger.",
      "The scene is rendered at 1:10.",
      "The question gave this value.",
      "I confused the mug with the can.",
      "They are much farther apart in truth.",
      "The gripper has since been moved.",
      "There is no way to know.",
      "Note: this is for the second mug.",
      "Source: my imagination.",
      "The mug is only drawn on the table.",
      "The camera shows a mirror image.",
    ]),
  )("takes it back: %s", (text) => {
    expect(readM("distance", text)).toBeUndefined();
  });

  it.each([
    "**0.42 m** Hmm, but the gripper is already holding the mug",
    "**0.42 m**, although the gripper already touches the mug.",
    "\\boxed{42 cm} But the gripper has already grasped the mug.",
    "0.42 m. The gripper is holding the mug.",
  ])("contradicts it: %s", (text) => {
    expect(readM("distance", text)).toBeUndefined();
  });

  it.each([
    ["30 cm. I could be off by 10 cm.", 0.1],
    ["30 cm, but it could be off by up to 10 cm.", 0.1],
    ["30 cm. The true distance may differ by as much as 15 cm.", 0.15],
  ])("gives its error: %s", (text, halfRangeM) => {
    const { value } = parseAnswer(text, askQuestion("distance", gripper, mug));
    const quantity = value?.shape === "quantity" ? value : undefined;
    expect(quantity?.valueM).toBe(0.3);
    expect(quantity?.sigmaM).toBeGreaterThan(halfRangeM / Math.sqrt(3));
  });
});
