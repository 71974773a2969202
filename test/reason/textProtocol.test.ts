import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readTextCalls } from "../../src/reason/endpoint/textProtocol.js";

const ask = { tool: "ask", question: "How tall is the mug?" };

describe("readTextCalls", () => {
  it.each([
    ["ASK: How tall is the mug?", ask],
    ["- **Ask**: How tall is the mug?", ask],
    ["1. ASK: `How tall is the mug?`", ask],
    ["> ask： How tall is the mug?", ask],
    ["Let me see.\n\nASK: How tall is the mug?\n", ask],
    [
      '<tool_call>\n{"name": "ask", "arguments": {"question": "How tall is the mug?"}}\n</tool_call>',
      ask,
    ],
    ['```json\n{"tool": "ask", "question": "How tall is the mug?"}\n```', ask],
    ['{"ask": "How tall is the mug?"}', ask],
    ['[{"ask": {"question": "How tall is the mug?"}}]', ask],
    ["CALCULATE: 2 * (a1 + a2)", { tool: "calculate", expression: "2 * (a1 + a2)" }],
    ["CALCULATE: -a1", { tool: "calculate", expression: "-a1" }],
    ["CONCLUDE: yes", { tool: "conclude", answer: "yes", because: "" }],
    ["CONCLUDE: yes | they agree", { tool: "conclude", answer: "yes", because: "they agree" }],
    [
      "CONCLUDE: yes because they agree",
      { tool: "conclude", answer: "yes", because: "they agree" },
    ],
    ["CONCLUDE: the left-hand can", { tool: "conclude", answer: "the left-hand can", because: "" }],
  ])("reads %j", (text, call) => {
    expect(readTextCalls(text)).toEqual([call]);
  });

  it.each([
    ['{"name": "ask", "arguments": {"quest', /only the beginning/],
    ['{"name": "look", "arguments": {}}', /no tool look/],
    ["ASK:", /question/],
  ])("says what is wrong with %j", (text, problem) => {
    expect(readTextCalls(text)).toEqual([
      { tool: "unreadable", said: expect.any(String), problem: expect.stringMatching(problem) },
    ]);
  });

  it.each(["", "I would ask the other model.", "<think>ASK: How tall is", "{}", "null", "[1]"])(
    "finds no call in %j",
    (text) => expect(readTextCalls(text)).toEqual([]),
  );

  it("never throws, and takes whatever stands after ASK for the question", () => {
    fc.assert(fc.property(fc.string({ maxLength: 300 }), (text) => void readTextCalls(text)));
    const question = fc.stringMatching(/^[A-Za-z][A-Za-z0-9 ,.'-]{0,60}[a-z]\?$/);
    fc.assert(
      fc.property(question, (said) => {
        expect(readTextCalls(`ASK: ${said}`)).toEqual([{ tool: "ask", question: said }]);
      }),
    );
  });
});
