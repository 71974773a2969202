import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { askQuestion, parseAnswer, spokenWords } from "../../src/language/index.js";
import { readTextCalls } from "../../src/reason/endpoint/textProtocol.js";
import { gripper, mug } from "./objects.js";

/** Every known way to mark thoughts: what begins them and what ends them. */
const MARKS = [
  ["<think>", "</think>"],
  ["<thinking>", "</thinking>"],
  ["<thinking>", "</think>"],
  ["<Think>", "</Think>"],
  ["<reasoning>", "</reasoning>"],
  ["<thought>", "</thought>"],
  ["<seed:think>", "</seed:think>"],
  ["[THINK]", "[/THINK]"],
  ["◁think▷", "◁/think▷"],
  ["<|begin_of_thought|>", "<|end_of_thought|>"],
  ["<|START_THINKING|>", "<|END_THINKING|>"],
  ["<|channel|>analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>"],
  ["<|start|>assistant<|channel|> analysis<|message|>", "<|channel|>final<|message|>"],
] as const;

const distance = askQuestion("distance", gripper, mug);
const words = fc.string({ unit: "grapheme" }).filter((text) => !/[<[◁]/.test(text));

describe.each(MARKS)("thoughts between %s and %s", (open, close) => {
  it.each([
    ["in front of the answer", `${open}90 cm?${close} 30 cm`],
    ["whose beginning the prompt already had", `90 cm? Or so.${close}30 cm`],
    ["more than once", `${open}9 m${close}${open}90 cm${close}30 cm`],
    ["with words in front of them", `Let me see.\n${open}90 cm${close}\n30 cm`],
  ])("%s are left out", (_, text) => {
    expect(spokenWords(text)).toBe("30 cm");
    expect(parseAnswer(text, distance).value).toMatchObject({ valueM: 0.3 });
  });

  it("without an end leave nothing said, however long they are", () => {
    for (const text of [`${open}It is 90 cm`, `\n ${open}${"Hm. ".repeat(10_000)}It is 90 cm`]) {
      expect(spokenWords(text)).toBeUndefined();
      expect(parseAnswer(text, distance).refusal).toMatchObject({ reason: "unclear" });
    }
  });

  it("that begin after the answer and have no end leave the answer", () => {
    const text = `30 cm. ${open}Or is it 90 cm`;
    expect(spokenWords(text)).toBe("30 cm.");
    expect(parseAnswer(text, distance).value).toMatchObject({ valueM: 0.3 });
  });

  it("before a refusal give it no number", () => {
    const { refusal } = parseAnswer(`${open} 90 cm ${close} I cannot tell.`, distance);
    expect(refusal).toMatchObject({ reason: "refused" });
  });

  it("hold no calls of a reasoner", () => {
    const said = readTextCalls(
      `${open}ASK: How tall is the can?${close}\nASK: How tall is the mug?`,
    );
    expect(said).toEqual([{ tool: "ask", question: "How tall is the mug?" }]);
    expect(readTextCalls(`${open}ASK: How tall is the can?`)).toEqual([]);
  });

  it("change nothing, whatever they are, in what is read of the words after them", () => {
    fc.assert(
      fc.property(words, words, (thought, said) => {
        const spoken = spokenWords(said) ?? "";
        expect(spoken).toBe(said.trim());
        for (const text of [`${open}${thought}${close}${said}`, `${thought}${close}${said}`]) {
          expect(spokenWords(text)).toBe(spoken);
          expect(parseAnswer(text, distance)).toEqual(parseAnswer(said, distance));
          expect(readTextCalls(text)).toEqual(readTextCalls(said));
        }
      }),
    );
  });
});

describe("spokenWords", () => {
  it("drops the marks around a solution and at the end of a turn", () => {
    expect(spokenWords("<|begin_of_solution|>30 cm<|end_of_solution|>")).toBe("30 cm");
    expect(spokenWords("30 cm<|im_end|>\n")).toBe("30 cm");
  });

  it("finds nothing more to drop in what it returns", () => {
    const mark = fc.constantFrom(...MARKS.flat(), "<|end|>", "<|im_end|>", "İ", " ", "<|e", "nd|>");
    const text = fc.array(fc.oneof(mark, fc.string({ maxLength: 5 })), { maxLength: 12 });
    fc.assert(
      fc.property(text, (parts) => {
        const spoken = spokenWords(parts.join(""));
        if (spoken !== undefined) expect(spokenWords(spoken)).toBe(spoken);
      }),
    );
  });
});
