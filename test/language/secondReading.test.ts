import { describe, expect, it } from "vitest";
import { interpretQuestion } from "../../src/language/index.js";

const OBJECTS = ["mug", "tray"].map((name) => ({ name, phrase: `the ${name}` }));

function asked(text: string): string {
  const question = interpretQuestion(text, OBJECTS);
  if (!("subject" in question)) return question.kind;
  return [question.kind, question.subject.name, question.object?.name].filter(Boolean).join(" ");
}

describe("a question that the grammar does not understand", () => {
  it.each([
    ["The width of the mug amounts to how many centimetres?", "width mug"],
    ["My boss wants to know how far the mug is from the tray.", "distance mug tray"],
    ["To order matching foam, I need the width of the mug.", "width mug"],
    ["Since the drawer is shallow, how tall is the mug?", "height mug"],
    [
      "So the vacuum nozzle fits, how much clearance is there between the mug and the tray?",
      "gap mug tray",
    ],
    [
      "For the brochure, how much higher is the mug compared with the tray?",
      "above_difference mug tray",
    ],
    ["Our customer asks whether the tray is wider than the mug.", "wide_predicate tray mug"],
    [
      "For the brochure: relative to the tray, is the mug on the left or on the right?",
      "left_right mug tray",
    ],
  ])("is read by its cues: %s", (text, expected) => {
    expect(asked(text)).toBe(expected);
  });

  it.each([
    "As the table plane goes, what is the distance between the mug and the tray?",
    "As the crow walks, how far is the mug from the tray?",
    "How far around the tray is the mug?",
    "How far is the mug from the tray to the left?",
    "Look at the mug and the tray. How far is the mug?",
    "How far is the tray from the mug and from the mug?",
    "For the goal state, how far is the mug from the tray?",
    "Because my lens magnifies, how tall is the mug?",
    "Since up is down here, is the mug above the tray?",
    "My boss wants to know how far the mug was from the tray.",
    "To order matching foam, I need half the width of the mug.",
    "My colleague calls the mug the tray: how tall is it?",
    "Is the mug visible behind the tray?",
    "How wide is the mug for the whole stack?",
    "How much of the mug is behind the tray?",
    "Close the gap between the mug and the tray.",
    "Which has the higher number, the mug or the tray?",
  ])("stays open where a word of it may change it: %s", (text) => {
    expect(asked(text)).toBe("open");
  });

  it("is read in time that grows with its length alone", () => {
    const parts = [
      "for my mug, ",
      "is the mug and how ",
      "of the nearest ",
      "i would like the mug and ",
    ];
    const times = parts.map((part) => {
      const text = part.repeat(40).slice(0, 600);
      const start = performance.now();
      for (let run = 0; run < 3; run++) interpretQuestion(text, OBJECTS);
      return (performance.now() - start) / 3;
    });
    expect(Math.max(...times)).toBeLessThan(250);
  });
});
