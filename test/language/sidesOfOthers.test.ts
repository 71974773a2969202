import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { askQuestion, parseAnswer, type QuestionKind } from "../../src/language/index.js";
import { mug } from "./objects.js";
import { readM } from "./readM.js";

/** An axis: its kind, words for both ways, and sides of other things beside a statement. */
const AXES = [
  {
    kind: "right_difference",
    ways: ["to the right of", "to the left of"],
    nouns: ["left", "right", "left-hand", "right-hand"],
    over: ["to the left of", "to the right of"],
  },
  {
    kind: "above_difference",
    ways: ["above", "below"],
    nouns: ["upper", "lower"],
    over: ["over", "under", "above", "below"],
  },
  {
    kind: "behind_difference",
    ways: ["behind", "in front of"],
    nouns: ["front", "back", "rear"],
    over: ["behind", "in front of"],
  },
] as const;
const THINGS = ["edge of the table", "corner of the table", "side of the table", "shelf", "drawer"];
const ASIDES: readonly ((
  side: string,
  over: string,
  thing: string,
) => readonly [string, string])[] = [
  (side, _, thing) => [`The gripper is 40 cm from the ${side} ${thing} and`, ""],
  (side, _, thing) => [`The gripper is near the ${side} ${thing} and`, ""],
  (side, _, thing) => [`The gripper, on the ${side} ${thing}, is`, ""],
  (side, _, thing) => [`From the ${side} ${thing} it is 70 cm; the gripper is`, ""],
  (side, _, thing) => ["The gripper is", `, which stands on the ${side} ${thing}.`],
  (side, _, thing) => ["The gripper is", `, 70 cm from the ${side} ${thing}.`],
  (_, over) => [`The gripper is ${over} the lamp and`, ""],
  (_, over) => [`The gripper, ${over} the table, is`, ""],
  (side) => [`The ${side} finger of the gripper is`, ""],
  (side) => [`Held by the ${side} arm, the gripper is`, ""],
  (side) => [`The gripper of the ${side} robot is`, ""],
];

describe("the side of another thing", () => {
  const cases = fc.constantFrom(...AXES).chain((axis) =>
    fc.record({
      kind: fc.constant<QuestionKind>(axis.kind),
      way: fc.constantFrom(0, 1),
      ways: fc.constant(axis.ways),
      aside: fc
        .tuple(
          fc.constantFrom(...ASIDES),
          fc.constantFrom<string>(...axis.nouns),
          fc.constantFrom<string>(...axis.over),
          fc.constantFrom(...THINGS),
        )
        .map(([make, side, over, thing]) => make(side, over, thing)),
      cm: fc.integer({ min: 11, max: 39 }),
    }),
  );

  it("never turns a sign", () => {
    let read = 0;
    fc.assert(
      fc.property(cases, ({ kind, way, ways, aside: [before, after], cm }) => {
        const text = `${before} ${cm} cm ${ways[way]} the mug${after || "."}`;
        const valueM = readM(kind, text);
        if (valueM === undefined) return;
        read++;
        expect(valueM, text).toBeCloseTo((way === 0 ? cm : -cm) / 100, 9);
      }),
      { numRuns: 300 },
    );
    expect(read).toBeGreaterThan(60);
  });

  it.each<[QuestionKind, string, number | undefined]>([
    [
      "right_difference",
      "The gripper is 40 cm from the left edge of the table and 10 cm to the right of the mug.",
      0.1,
    ],
    ["above_difference", "The gripper hovers over the table, 5 cm below the mug.", -0.05],
    ["above_difference", "The gripper is just over 5 cm below the mug.", -0.05],
    ["behind_difference", "The gripper is by the back wall, 5 cm in front of the mug.", -0.05],
    ["left_difference", "The gripper is 5 cm to the left side.", 0.05],
    ["left_difference", "The gripper is 5 cm from the mug, on the right-hand shelf.", undefined],
  ])("decides nothing: %s %j", (kind, text, metres) => {
    const valueM = readM(kind, text);
    if (metres === undefined) expect(valueM).toBeUndefined();
    else expect(valueM).toBeCloseTo(metres, 9);
  });
});

describe("a height above the floor", () => {
  it("is none above the table, unless the floor is asked for", () => {
    const text = "The mug is 80 cm above the floor.";
    const asked = askQuestion("elevation", mug);
    expect(parseAnswer(text, asked).value).toBeUndefined();
    expect(parseAnswer("The mug is 80 cm above the table.", asked).value).toBeDefined();
    const ofFloor = { ...asked, text: "How high is the mug above the floor?" };
    expect(parseAnswer(text, ofFloor).value).toMatchObject({ valueM: 0.8 });
    const onFloor = { ...asked, support: { name: "floor", phrase: "the floor" } };
    expect(parseAnswer(text, onFloor).value).toMatchObject({ valueM: 0.8 });
  });
});
