import { readFileSync } from "node:fs";
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
    "Note: the camera is mounted sideways. Is the mug above the can?",
    "This is a picture taken sideways. How much higher is the mug than the can?",
    "Vertical distance term: how far apart are the rims of the mug and the can?",
    "Mirrored input: is the mug left of the can?",
    "If it is not too heavy, how high can I lift the mug?",
  ])("asks something else: %s", (text) => {
    expect(asked(text)).toBe("nothing");
  });
});

describe("sentences around a question, as written by hand", () => {
  const linesOf = (name: string) =>
    readFileSync(new URL(`questions/${name}.txt`, import.meta.url), "utf8")
      .trim()
      .split("\n");
  const objects = [
    { name: "red_mug", phrase: "the red mug" },
    { name: "blue_tray", phrase: "the blue tray" },
  ];
  const isRead = (text: string) => "subject" in interpretQuestion(text, objects);

  it("make another question of it if they change it", () => {
    expect(linesOf("around-changing").filter(isRead)).toEqual([]);
  });

  it("leave it as it is if they are harmless", () => {
    expect(linesOf("around-harmless").filter((text) => !isRead(text))).toEqual([]);
  });
});

describe("a wish about the form of an answer", () => {
  it.each([
    ["How tall is the mug? Answer in metres.", "height mug"],
    ["How tall is the mug? Be brief.", "height mug"],
    ["How tall is the mug? It doesn't have to be exact.", "height mug"],
    ["How tall is the mug? Think carefully before answering.", "height mug"],
    ["How tall is the mug? Give your best estimate.", "height mug"],
    ["How tall is the mug? Think step by step, then answer with two decimals.", "height mug"],
    ["How tall is the mug? Answer with the absolute value.", "height mug"],
    ["How much higher is the mug than the can? Include the sign.", "above_difference mug can"],
    ["Which is taller, the mug or the can? Answer with the name only.", "tall_choice mug can"],
    ["Is the mug left of the can? Answer yes if it is, no otherwise.", "left_predicate mug can"],
    ["Is the mug left of the can? Return 1 for yes and 0 for no.", "left_predicate mug can"],
    ["Is the mug left of the can? Reply true if so and false if not.", "left_predicate mug can"],
    ["What is the gap between the mug and the can? Zero on contact.", "gap mug can"],
    ["How far above the table is the mug? Answer 0 if it is on the table.", "elevation mug"],
    ["How tall is the mug? Put the final answer in \\boxed{}.", "height mug"],
    ["This is an image from our robot's wrist camera. How tall is the mug?", "height mug"],
  ])("changes nothing: %s", (text, expected) => {
    expect(asked(text)).toBe(expected);
  });

  it.each([
    "How tall is the mug? Answer with the square.",
    "How tall is the mug? Answer with the negative of the value.",
    "How tall is the mug? Return -value.",
    "How tall is the mug? Give the reciprocal as a number.",
    "How tall is the mug? Give the number of digits.",
    "How tall is the mug? Give the place value only.",
    "How tall is the mug? Write any number.",
    "How tall is the mug? Use the value on the label.",
    "How tall is the mug? Answer with the name of the unit.",
    "How much higher is the mug than the can? Without a sign.",
    "Is the mug left of the can? True or false: it is not.",
    "How tall is the mug? Answer with the last digit.",
    "How tall is the mug? Answer in units of 5 cm.",
    "How tall is the mug? Please give the answer for the can.",
    "How tall is the mug? The answer is 5 cm.",
    "How tall is the mug? Output `2 * height`.",
    "How much higher is the mug than the can? Answer with the absolute value.",
    "How much higher is the mug than the can? Give the magnitude.",
    "How far apart are the mug and the can? Include the sign.",
    "How much higher is the mug than the can? Answer 0 if lower.",
    "How high is the mug? If it stands on the table, answer 0.",
    "How wide is the mug? Zero on contact.",
    "Is the mug left of the can? If they touch, answer 0.",
    "What is the gap between the mug and the can? If they do not touch, answer 0.",
    "Which is taller, the mug or the can? Answer with the less tall one.",
    "Which is taller, the mug or the can? Answer with the short one.",
    "Which is taller, the mug or the can? Name the one that is not.",
    "How far is the mug from the can? Answer left or right.",
    "Is the mug left of the can? Return true when not.",
    "Is the mug left of the can? Reply yes for no and no for yes.",
    "Is the mug left of the can? Answer no if it is.",
    "Is the mug left of the can? Answer no if so, yes otherwise.",
    "Is the mug left of the can? Return 0 for yes and 1 for no.",
    "Is the mug left of the can? Say no.",
    "Is the mug taller than the can? Answer no if it is taller.",
    "Is the mug taller than the can? The answer is yes.",
    "Is the mug taller than the can? yes = no, no = yes",
    "Is the mug taller than the can? Answer with the height in cm.",
    "Is the mug taller than the can? Return not the answer.",
    "Which is taller, the mug or the can? Name the other.",
    "Which is taller, the mug or the can? Name the remaining one.",
  ])("may change what is answered: %s", (text) => {
    expect(asked(text)).toBe("nothing");
  });

  it("may speak of a thing whose name is also a word of forms", () => {
    const key = { name: "key", phrase: "the key" };
    const text = "How tall is the mug? Give the value of the key.";
    expect(interpretQuestion(text, [mug, key]).kind).not.toBe("height");
  });
});

describe("what a prompt says of its scene", () => {
  it.each([
    "This is a toy scene at tenth size.",
    "This is a scale model of the table.",
    "All objects are ten percent bigger.",
    "Some objects are miniatures.",
    "The image shows a looking glass.",
    "Here is a photo of a photo.",
    "Note: mug stands for can.",
    "Note: the gripper is the arm.",
    "You are an expert. You are a dwarf on the table.",
    "By mug I refer to the can.",
    "The gripper is the arm.",
    "We work with a replica.",
    "They are models.",
    "For the miniature planner:",
    "Tenth size check:",
    "Opposite predicate reward:",
  ])("may change what is asked: %s", (said) => {
    expect(asked(`${said} How tall is the mug?`)).toBe("nothing");
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
    "What is the signed vertical offset from the mug to the can?",
    "What is the signed horizontal distance between the mug and the can?",
  ])("makes another question where it is turned around: %s", (text) => {
    expect(asked(text)).toBe("nothing");
  });
});
