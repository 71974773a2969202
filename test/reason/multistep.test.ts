import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  MULTI_STEP_KINDS,
  MULTI_STEP_PHRASINGS,
  type MultiStepQuestion,
  readMultiStep,
  wordMultiStep,
} from "../../src/reason/index.js";

const NAMES = [
  "the red mug",
  "the left-hand can",
  "the small green box",
  "the nearer egg",
  "the robot gripper",
];

const question: fc.Arbitrary<MultiStepQuestion> = fc
  .record({
    kind: fc.constantFrom(...MULTI_STEP_KINDS),
    names: fc.shuffledSubarray(NAMES, { minLength: 4 }),
    within: fc.constantFrom("5 cm", "1.5 m", "12 mm", "40 cm"),
    count: fc.integer({ min: 3, max: 4 }),
  })
  .map(({ kind, names: [from, ...things], within, count }) => {
    const phrasing = MULTI_STEP_PHRASINGS[kind][0]!;
    const isFree = kind === "nearest" || kind === "stacking_order" || kind === "reach_count";
    const many = kind === "reach_path" ? 2 : isFree ? count : 3;
    return {
      kind,
      things: things.slice(0, many),
      ...(phrasing.includes("{from}") && { from: from! }),
      ...(phrasing.includes("{x}") && { within }),
    };
  });

describe("multi-step questions", () => {
  it("are asked in at least five ways each, with the same slots", () => {
    const slots = (phrasing: string) =>
      [
        ...new Set(
          [...phrasing.matchAll(/\{(\w+)\}/g)].map(([, slot]) => (slot === "or" ? "and" : slot)),
        ),
      ].sort();
    for (const phrasings of Object.values(MULTI_STEP_PHRASINGS)) {
      expect(new Set(phrasings).size).toBeGreaterThanOrEqual(5);
      for (const phrasing of phrasings) expect(slots(phrasing)).toEqual(slots(phrasings[0]!));
    }
  });

  it("read back from any of their phrasings", () => {
    fc.assert(
      fc.property(question, fc.nat(4), (asked, phrasing) => {
        const lower = (text: string) => text.toLowerCase();
        const read = readMultiStep(wordMultiStep(asked, phrasing))!;
        expect({ ...read, things: read.things.map(lower) }).toEqual(asked);
      }),
      { numRuns: 500 },
    );
  });

  it("are not seen in simple questions", () => {
    expect(readMultiStep("How far is the mug from the can?")).toBeUndefined();
  });
});
