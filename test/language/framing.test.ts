import { describe, expect, it } from "vitest";
import { interpretQuestion } from "../../src/language/index.js";
import { can, mug } from "./objects.js";

const asked = (text: string) => {
  const question = interpretQuestion(text, [mug, can]);
  if (!("subject" in question)) return "nothing";
  const { kind, subject, object } = question;
  return [kind, subject.name, object?.name].filter(Boolean).join(" ");
};

describe("what a prompt says around its question", () => {
  it.each([
    ["You are an expert in 3D scene understanding. How tall is the mug?", "height mug"],
    ["Here is a photo from our benchmark. How tall is the mug? Units: metres.", "height mug"],
    ["How tall is the mug? Give your reasoning, then end with `Answer: <cm>`.", "height mug"],
    ["How wide is the mug? Round to the nearest half centimetre.", "width mug"],
    ["How far apart are the mug and the can? If they touch, answer 0.", "distance mug can"],
    ["Is the mug left of the can? If you are unsure, guess yes or no.", "left_predicate mug can"],
    ["Thank you so much for your help! When you have a moment, how tall is the mug?", "height mug"],
    ["Lift reward input: how far above the table is the mug?", "elevation mug"],
    ["For the reward I want the gap between the mug and the can.", "gap mug can"],
    ["I need to know the mug's height before I place it on the shelf.", "height mug"],
    ["How wide is the mug? I am checking if it fits into the box.", "width mug"],
  ])("changes nothing: %s", (text, expected) => {
    expect(asked(text)).toBe(expected);
  });

  it.each([
    "How tall is the mug? Give the weight as a number.",
    "How far is the mug from the can? Answer with half of it in cm.",
    "How tall is the mug? Report the height of its lid in cm.",
    "How wide is the mug? Output the width of the can instead.",
    "How far apart are the mug and the can? Return the value in pixels.",
    "The picture shows the scene flipped. Is the mug left of the can?",
    "You are an expert ant standing on the table. Is the mug in front of the can?",
    "The following question concerns the shadow of the mug. How tall is it?",
    "How tall is the mug? Give the number of mugs.",
    "Hold the mug above the can. How far is it?",
    "To lift the mug by 10 cm, how far from the can do I have to be?",
    "How high is the mug's number?",
    "Vertical distance term: how far apart are the rims of the mug and the can?",
    "Mirrored input: is the mug left of the can?",
    "If it is not too heavy, how high can I lift the mug?",
  ])("asks something else: %s", (text) => {
    expect(asked(text)).toBe("nothing");
  });
});

describe("which sign a difference has", () => {
  it.each([
    ["How far is the mug above the can, negative if it is lower?", "above_difference mug can"],
    [
      "Height offset of the mug above the can, positive when the mug is higher",
      "above_difference mug can",
    ],
    [
      "How far left of the can is the mug, positive if the can is to the right?",
      "left_difference mug can",
    ],
  ])("may be said as it is: %s", (text, expected) => {
    expect(asked(text)).toBe(expected);
  });

  it.each([
    "How far is the mug above the can, negative when the mug is above?",
    "How far left of the can is the mug, positive if the mug is right of the can?",
    "How far apart are the mug and the can, negative if the mug is lower?",
  ])("makes another question where it is turned around: %s", (text) => {
    expect(asked(text)).toBe("nothing");
  });
});
