import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { askQuestion, fieldsAnswer, KINDS, parseAnswer } from "../../src/language/index.js";
import { gripper, mug } from "./objects.js";

const distance = askQuestion("distance", gripper, mug);
const isLeft = askQuestion("left_predicate", gripper, mug);
const taller = askQuestion("tall_choice", gripper, mug);
const side = askQuestion("left_right", gripper, mug);

describe("fieldsAnswer", () => {
  it("reads a number with its unit as the parser reads the same length in words", () => {
    const kinds = [...KINDS.values()].filter(({ shape }) => shape === "quantity");
    const number = fc.oneof(
      fc.integer({ min: -3000, max: 3000 }),
      fc.integer({ min: -30_000, max: 30_000 }).map((thousandths) => thousandths / 1000),
    );
    const unit = fc.constantFrom("m", "cm", "mm", "in", "ft", "metres", "Inches");
    fc.assert(
      fc.property(fc.constantFrom(...kinds), number, unit, ({ kind, arity }, value, unit) => {
        const question = askQuestion(kind, gripper, arity === 2 ? mug : undefined);
        const inWords = parseAnswer(`${value} ${unit}`, question);
        expect(fieldsAnswer({ visible: true, value, unit }, question)).toEqual(inWords);
        expect(fieldsAnswer({ value: String(value), unit }, question)).toEqual(inWords);
      }),
    );
  });

  it.each([
    [{ visible: true, answer: "yes" }, isLeft, { shape: "yes_no", yes: true, confidence: 0.95 }],
    [{ answer: false }, isLeft, { shape: "yes_no", yes: false, confidence: 0.95 }],
    [{ answer: "the red mug" }, taller, { shape: "choice", choice: "object", confidence: 0.95 }],
    [{ answer: "right" }, side, { shape: "class", relation: "right", confidence: 0.95 }],
  ])("reads %j as a value, as sure as plain words", (fields, question, value) => {
    expect(fieldsAnswer(fields, question)).toEqual({ value });
    if (typeof fields.answer === "string") {
      expect(parseAnswer(fields.answer, question)).toEqual({ value });
    }
  });

  it("takes what is not visible for a missing object, whatever the other fields hold", () => {
    for (const question of [distance, isLeft, taller, side]) {
      const fields = { visible: false, value: 0, unit: "m", answer: "yes" };
      expect(fieldsAnswer(fields, question)?.refusal?.reason).toBe("no_object");
    }
  });

  it.each([
    [{ value: 0.42 }, distance],
    [{ value: 300, unit: "px" }, distance],
    [{ value: "between 2 and 3", unit: "m" }, distance],
    [{ value: 1e308, unit: "km" }, distance],
    [{ answer: "probably yes" }, isLeft],
    [{ answer: "both" }, taller],
    [{ answer: "up" }, side],
    [{ answer: "It is a mug." }, { kind: "open" as const, text: "What is it?" }],
    [{}, distance],
  ])("leaves %j to the parser of words", (fields, question) => {
    expect(fieldsAnswer(fields, question)).toBeUndefined();
  });
});
