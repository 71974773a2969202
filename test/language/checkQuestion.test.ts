import { describe, expect, it } from "vitest";
import { askQuestion, parseAnswer, QuestionError } from "../../src/language/index.js";
import { gripper, mug } from "./objects.js";

/** As a program without types would call it. */
const parse = parseAnswer as (text: unknown, question: unknown) => unknown;

describe("parseAnswer called without types", () => {
  it.each([
    [
      undefined,
      "Expected a question to be an object (askQuestion makes one), but it is undefined.",
    ],
    [
      "distance",
      'Expected a question to be an object (askQuestion makes one), but it is "distance".',
    ],
    [{ kind: "distance" }, "Expected the question's text to be a string, but it is undefined."],
    [{ kind: "far", text: "How far?" }, /kind to be "open" or one of the 43 kinds .* is "far"/],
    [{ kind: "distance", text: "How far?" }, /question's subject to be an object/],
    [{ kind: "distance", text: "How far?", subject: "mug" }, /question's subject to be an object/],
    [{ kind: "height", text: "How tall?", subject: { name: "mug" } }, /phrase: string/],
    [{ kind: "distance", text: "How far?", subject: gripper }, /question's object to be an object/],
  ])("says what it expected of the question: %j", (question, message) => {
    expect(() => parse("35 cm", question)).toThrow(QuestionError);
    expect(() => parse("35 cm", question)).toThrow(message);
  });

  it("says that the answer is no text", () => {
    const question = askQuestion("distance", gripper, mug);
    expect(() => parse({ distance: 0.35 }, question)).toThrow("answer to be a string");
  });
});
