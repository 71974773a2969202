import { describe, expect, it } from "vitest";
import {
  askQuestion,
  KINDS,
  phrasings,
  QuestionError,
  type QuestionKind,
} from "../../src/language/index.js";
import { gripper, mug } from "./objects.js";

describe("phrasings", () => {
  it.each([...KINDS.keys()])("gives %s at least six different wordings", (kind) => {
    expect(new Set(phrasings(kind)).size).toBeGreaterThanOrEqual(6);
  });

  it("has a place for each object of the kind, and no other", () => {
    for (const { kind, arity } of KINDS.values()) {
      for (const wording of phrasings(kind)) {
        const places = [...wording.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
        expect(places.toSorted(), wording).toEqual(arity === 2 ? ["A", "B"] : ["A"]);
      }
    }
  });

  it("words no two kinds alike", () => {
    const all = [...KINDS.keys()].flatMap((kind) => phrasings(kind));
    expect(new Set(all).size).toBe(all.length);
  });
});

describe("askQuestion", () => {
  it("asks for a distance in the canonical words", () => {
    expect(askQuestion("distance", gripper, mug)).toEqual({
      kind: "distance",
      subject: gripper,
      object: mug,
      text: "What is the distance between the robot gripper and the red mug?",
    });
  });

  it("leaves the second object out where the kind asks about one", () => {
    expect(askQuestion("height", mug)).toEqual({
      kind: "height",
      subject: mug,
      text: "How tall is the red mug?",
    });
  });

  it("takes any whole number as a seed of the wording", () => {
    const count = phrasings("gap").length;
    const text = (phrasing: number) => askQuestion("gap", gripper, mug, { phrasing }).text;
    expect(text(1)).toBe("How much free space is there between the robot gripper and the red mug?");
    expect(text(count + 1)).toBe(text(1));
    expect(text(-1)).toBe(text(count - 1));
  });

  it("begins with a capital when the object's phrase comes first", () => {
    const index = phrasings("left_predicate").findIndex((wording) => wording.startsWith("{A}"));
    const { text } = askQuestion("left_predicate", gripper, mug, { phrasing: index });
    expect(text).toMatch(/^The robot gripper is /);
  });

  it("names the kinds to a program without types", () => {
    const ask = () => askQuestion("left_of" as QuestionKind, gripper, mug);
    expect(ask).toThrow(QuestionError);
    expect(ask).toThrow(/"left_of" is no kind of question.*left_predicate/);
  });

  it("does not take a phrase for a pattern", () => {
    const odd = { name: "odd", phrase: "the $& {B} thing" };
    expect(askQuestion("height", odd).text).toBe("How tall is the $& {B} thing?");
  });

  it("names the object that is missing or too many", () => {
    expect(() => askQuestion("distance", gripper)).toThrow(QuestionError);
    expect(() => askQuestion("distance", gripper)).toThrow(/name the second object/);
    expect(() => askQuestion("height", gripper, mug)).toThrow(/drop the second/);
  });
});
