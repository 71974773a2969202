import { describe, expect, it } from "vitest";
import type { ReasoningTruth } from "../../../src/dataset/index.js";
import { judgeAnswer } from "../../../src/evaluate/index.js";

const among = ["the red mug", "the green can", "the left-hand can"];
const yes: ReasoningTruth = { shape: "yes_no", yes: true, choices: 2 };
const mug: ReasoningTruth = { shape: "name", name: "the red mug", among, choices: 3 };
const scalene: ReasoningTruth = {
  shape: "word",
  word: "scalene",
  among: ["equilateral", "isosceles", "scalene"],
  choices: 3,
};
const two: ReasoningTruth = { shape: "number", value: 2, choices: 4 };
const order: ReasoningTruth = { shape: "order", names: among, choices: 6 };

describe("judgeAnswer", () => {
  it.each([
    [yes, "yes"],
    [yes, "Yes, they do."],
    [mug, "the red mug"],
    [mug, "Mug"],
    [mug, "The red mug is the nearest."],
    [scalene, "Scalene."],
    [scalene, "a scalene triangle"],
    [two, "2"],
    [two, "two"],
    [two, "Two of them."],
    [order, "the red mug, the green can, the left-hand can"],
    [order, "red mug < green can < left-hand can"],
  ])("takes %j for right: %s", (truth, answer) => {
    expect(judgeAnswer(truth, answer)).toBe(true);
  });

  it.each([
    [yes, "no"],
    [yes, "0.3 m"],
    [yes, ""],
    [mug, "the green can"],
    [mug, "the can"],
    [mug, "the fork"],
    [scalene, "isosceles or scalene"],
    [two, "3"],
    [two, "2 or 3"],
    [two, "many"],
    [order, "the green can, the red mug, the left-hand can"],
    [order, "the red mug, the green can"],
  ])("takes %j for not right: %s", (truth, answer) => {
    expect(judgeAnswer(truth, answer)).toBe(false);
  });
});
