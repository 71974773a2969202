import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { askQuestion, parseAnswer, type QuestionKind } from "../../src/language/index.js";
import { gripper, mug } from "./objects.js";

function read(kind: QuestionKind, text: string) {
  const { value } = parseAnswer(text, askQuestion(kind, gripper, mug));
  if (value?.shape === "yes_no") return value.yes;
  return value?.shape === "choice" ? value.choice : undefined;
}

/** Kinds whose subject has the larger length if they hold, with their word and the size's. */
const SIZES: readonly (readonly [QuestionKind, word: string, size: string])[] = [
  ["tall_predicate", "taller", "tall"],
  ["wide_predicate", "wider", "wide"],
  ["big_predicate", "bigger", "tall"],
  ["above_predicate", "higher", "above the table"],
  ["behind_predicate", "farther from the camera", "from the camera"],
];
const SMALLER: readonly (readonly [QuestionKind, word: string, size: string])[] = [
  ["short_predicate", "shorter", "tall"],
  ["thin_predicate", "narrower", "wide"],
  ["small_predicate", "smaller", "wide"],
  ["below_predicate", "lower", "above the table"],
  ["front_predicate", "closer to the camera", "from the camera"],
];
const TEXTS: readonly ((
  verdict: string,
  word: string,
  size: string,
  a: string,
  b: string,
) => string)[] = [
  (yes, _, size, a, b) => `${yes}. The gripper is ${a} ${size} and the mug is ${b} ${size}.`,
  (yes, word, size, a, b) =>
    `${yes}, the gripper is ${word} than the mug. The gripper is ${a} ${size}. The mug is about ${b} ${size}.`,
  (yes, word, _, a, b) => `${yes}, the gripper (${a}) is ${word} than the mug (${b}).`,
];

describe("a verdict beside the lengths of both things", () => {
  const lengths = fc.tuple(fc.integer({ min: 11, max: 19 }), fc.integer({ min: 31, max: 59 }));

  it("is refused where they say the opposite", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          ...SIZES.map((it) => [...it, true] as const),
          ...SMALLER.map((it) => [...it, false] as const),
        ),
        fc.constantFrom(...TEXTS),
        lengths,
        ([kind, word, size, larger], say, [small, large]) => {
          const [a, b] = larger ? [small, large] : [large, small];
          const text = say("Yes", word, size, `${a} cm`, `${b} cm`);
          expect(read(kind, text), text).toBeUndefined();
        },
      ),
    );
  });

  it.each<[QuestionKind, string, boolean | string | undefined]>([
    ["tall_predicate", "Yes: the gripper is 12 cm tall and the mug is 8 cm tall.", true],
    ["tall_predicate", "Yes: the gripper is 8 cm tall and the mug is 12 cm tall.", undefined],
    ["tall_predicate", "No. The gripper is 8 cm tall and the mug is 12 cm tall.", false],
    ["tall_predicate", "No. The gripper is 12 cm tall and the mug is 8 cm tall.", undefined],
    ["tall_predicate", "No. The gripper is 8.4 cm tall and the mug is 8 cm tall.", false],
    ["short_predicate", "Yes, it's shorter: about 7 cm versus 10 cm.", true],
    ["short_predicate", "Yes, it's shorter: about 10 cm versus 7 cm.", undefined],
    ["tall_choice", "The gripper is taller: 8 cm versus 12 cm.", undefined],
    ["tall_choice", "The gripper is taller: 12 cm versus 8 cm.", "subject"],
    ["tall_predicate", "Yes, the gripper is taller. The mug is 12 cm wide.", true],
  ])("counts with them: %s %j", (kind, text, said) => {
    expect(read(kind, text)).toBe(said);
  });
});

describe("a verdict in other orders", () => {
  it.each<[QuestionKind, string, boolean | string]>([
    ["front_predicate", "No, the gripper is farther from the camera than the mug is.", false],
    ["small_predicate", "No, it's actually the mug that is smaller.", false],
    ["thin_predicate", "No, the gripper is wider: it could open around the whole mug.", false],
    ["left_choice", "Positioned to the left is the gripper.", "subject"],
    ["below_predicate", "No doubt about it: the gripper is below the mug.", true],
    ["tall_predicate", "It's hard to tell, but the gripper seems taller than the mug.", true],
    ["tall_predicate", "The gripper is taller: no.", false],
  ])("is read: %s %j", (kind, text, said) => {
    expect(read(kind, text)).toBe(said);
  });
});

describe("a verdict of something else", () => {
  it.each<[QuestionKind, string]>([
    ["left_predicate", "Yes, the mug is in the picture."],
    ["left_predicate", "Yes, I can see the mug in the image."],
    ["tall_predicate", "Yes, the mug is on the table."],
    ["above_predicate", "The gripper is above, below the lamp."],
    ["above_choice", "The gripper is above, below the lamp."],
    ["tall_choice", "The gripper is taller: no."],
    ["tall_predicate", "It is hard to tell, but the mug is visible."],
    ["front_predicate", "Yes, the gripper is nearer than the lamp is."],
  ])("is refused: %s %j", (kind, text) => {
    expect(read(kind, text)).toBeUndefined();
  });
});
