import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { askQuestion, kindInfo, parseAnswer, type QuantityKind } from "../../src/language/index.js";
import { gripper, mug } from "./objects.js";

function ask(kind: QuantityKind) {
  const isPair = kindInfo(kind).arity === 2;
  return askQuestion(kind, isPair ? gripper : mug, isPair ? mug : undefined);
}

/** Sentences that state the quantity of each kind, of the question's things. */
const STATEMENTS = {
  distance: [
    "The distance between the gripper and the red mug is {}.",
    "The robot gripper is {} away from the red mug.",
    "The gripper and the mug are {} apart.",
    "The red mug is {} from the robot gripper.",
  ],
  gap: [
    "The gap between the gripper and the red mug is {}.",
    "There is {} of clearance between them.",
  ],
  height: ["The red mug is {} tall.", "The height of the red mug is {}.", "It stands {} high."],
  width: ["The red mug is {} wide.", "The width of the red mug is {}.", "It measures {} across."],
  elevation: ["The red mug is {} above the table.", "The mug hovers {} off the surface."],
  vertical_distance: [
    "The vertical distance between the gripper and the mug is {}.",
    "The gripper and the mug are {} apart vertically.",
  ],
  horizontal_distance: [
    "The horizontal distance between the gripper and the mug is {}.",
    "The gripper and the mug are {} apart horizontally.",
  ],
} as const satisfies Partial<Record<QuantityKind, readonly string[]>>;
type Kind = keyof typeof STATEMENTS;
const KINDS = Object.keys(STATEMENTS) as Kind[];

/** Sentences with a length or a zero that answer none of those questions. */
const DISTRACTORS = {
  "another object's size": [
    "The blue tray is 18.5 inches tall.",
    "The table is 1.2 m wide.",
    "The box next to the red mug is 21 cm tall.",
    "The bottle, which stands behind the mug, is 24 cm tall.",
    "The other mug is 12 cm tall.",
  ],
  "another object's distance": [
    "The gripper is 77 cm from the blue tray.",
    "The nearest town is 5 km away.",
    "The distance between the tray and the bowl is 66 cm.",
    "The lamp is 44 cm above the shelf.",
  ],
  "a question": [
    "Is it more than 1.5 inches?",
    "Could the distance be 91 cm?",
    "Do you want to know whether it is 91 cm wide?",
  ],
  "a bound": [
    "It is more than 4 mm.",
    "It is wider than 4 mm.",
    "It is no less than 4 mm.",
    "It exceeds 4 mm.",
  ],
  "a premise": [
    "If the tray is 36 cm wide, one can compare.",
    "A typical bottle is 25 cm tall.",
    "Assuming a table of 1.1 m, all follows.",
  ],
  "pixels and counts": [
    "They are 120 pixels apart in the image.",
    "I see 3 objects.",
    "Confidence: 3",
    "Step 0: look at the picture.",
  ],
  "words that are no contact": [
    "They are at the same depth as the tray.",
    "There is no gap visible because the mug is hidden.",
    "The gripper is not touching the mug.",
    "The gripper might be touching the mug.",
    "The mug is touching the bowl.",
    "The gripper is directly above the mug.",
    "The mug is placed on the tray.",
  ],
} as const;
const distractor = fc.constantFrom(...Object.values(DISTRACTORS).flat());

/** Lengths that no distractor says. */
const length = fc
  .integer({ min: 31, max: 35 })
  .chain((whole) =>
    fc.constantFrom(
      { text: `${whole}.3 cm`, metres: (whole + 0.3) / 100 },
      { text: `${whole * 10 + 7} mm`, metres: (whole * 10 + 7) / 1000 },
      { text: `0.${whole}9 m`, metres: (whole * 10 + 9) / 1000 },
    ),
  );
const statement = fc
  .constantFrom(...KINDS)
  .chain((kind) =>
    fc.record({ kind: fc.constant(kind), said: fc.constantFrom(...STATEMENTS[kind]) }),
  );

describe("parseAnswer among distractors", () => {
  it.each(Object.entries(DISTRACTORS))("takes no value from %s", (_, sentences) => {
    for (const kind of KINDS) {
      for (const sentence of sentences) {
        const { value } = parseAnswer(sentence, ask(kind));
        // "More than" has no upper end; a few distractors are the kind's own.
        expect(value, `${kind}: ${sentence}`).toBeUndefined();
      }
    }
  });

  it("reads the statement, or nothing, whatever else is said before and after it", () => {
    let read = 0;
    let asked = 0;
    fc.assert(
      fc.property(
        statement,
        length,
        fc.array(distractor, { maxLength: 3 }),
        fc.array(distractor, { maxLength: 2 }),
        fc.constantFrom(" ", "\n", "\n\n"),
        fc.constantFrom("{}", "**{}**"),
        ({ kind, said }, { text, metres }, before, after, joint, mark) => {
          const answer = said.replace("{}", mark.replace("{}", text));
          // After a sentence about another thing, "it" can be that one.
          const first = said.startsWith("It ") ? [] : before;
          const { value } = parseAnswer([...first, answer, ...after].join(joint), ask(kind));
          asked += 1;
          if (value === undefined) return;
          read += 1;
          expect(value).toMatchObject({ valueM: expect.closeTo(metres, 6) });
        },
      ),
      { numRuns: 3000 },
    );
    expect(read / asked).toBeGreaterThan(0.97);
  });

  it("reads nothing that is taken back, wherever the answer stands", () => {
    const ways = ["{}", "**{}**", "Answer: {}.", "\\boxed{{}}", "<answer>{}</answer>", "It is {}."];
    const withdrawals = [
      "On reflection, that can't be right.",
      "No, that's not it.",
      "Wait, that is the blue mug.",
      "Of course, this only holds if the mug is 10 cm tall.",
      "That was true in the first frame.",
      "This is the distance to the bottle, not to the mug.",
      "That's only the vertical component.",
      "(between the mug and the bottle)",
      "(not the actual distance)",
      "Multiply by 1.5 to correct for perspective.",
      "Then again, the true value could be twice that.",
      "The depth map says otherwise.",
      "Looking again, they seem much closer.",
      "My confidence in this is near zero.",
      "The picture is a drawing, so no real distance exists.",
      "I made that number up.",
      "This is a random guess.",
      "(that's the mug's height)",
      "Correction: the mug is farther away than that.",
      "Hmm, that seems way too large.",
      "Not!",
    ];
    for (const way of ways) {
      for (const back of withdrawals) {
        for (const joint of [" ", "\n\n"]) {
          const said = `${way.replace("{}", "33.3 cm")}${joint}${back}`;
          expect(parseAnswer(said, ask("distance")).value, said).toBeUndefined();
        }
      }
    }
    for (const said of [
      "Image width: 35 cm",
      "Picture height: 35 cm",
      '{"distance_between": ["mug", "bowl"], "distance": "0.4 m"}',
    ])
      expect(parseAnswer(said, ask("distance")).value, said).toBeUndefined();
  });

  it("takes no factor's size for its product", () => {
    for (const factor of ["twice", "half", "three times"]) {
      const said = `The mug's width is about ${factor} the gripper's width (10 cm).`;
      expect(parseAnswer(said, ask("width")).value, said).toBeUndefined();
    }
  });

  it("widens sigma for a hedge, wherever it stands", () => {
    const ways = [
      "approximately **35 cm**",
      "The distance is approximately **35 cm**.",
      "I would estimate, going by the picture, **35 cm**.",
      "**35 cm** (roughly)",
      "**35 cm**\n\nThis is only a rough estimate.",
      "Approximately \\boxed{35 cm}",
      "Answer: about 35 cm",
      "35 cm. It is hard to be exact.",
      "The distance is 35 cm, although it might be off.",
      "Not entirely sure. 35 cm.",
      "not 100% sure, 35 cm",
      "I can't be completely certain. 35 cm.",
      "35 cm. Take this with a grain of salt.",
      "35 cm, but with considerable uncertainty",
      "Hard to be certain: 35 cm",
    ];
    for (const way of ways) {
      const { value } = parseAnswer(way, ask("distance"));
      expect(value, way).toMatchObject({ valueM: expect.closeTo(0.35, 9) });
      expect(value?.shape === "quantity" && value.sigmaM, way).toBeGreaterThan(0.035);
    }
  });

  it("says zero only for a number or a plain statement of contact", () => {
    const zero = { valueM: 0 };
    for (const said of [
      "0",
      "0.",
      "0 cm",
      "**0**",
      "They are touching.",
      "The gripper is touching the mug.",
    ])
      expect(parseAnswer(said, ask("gap")).value, said).toMatchObject(zero);
    const others = fc.constantFrom(
      "appears to be",
      "might be",
      "is not",
      "is almost",
      "is close to",
      "is about to be",
      "could be",
      "is hardly",
      "seems to be",
      "is probably",
    );
    const ends = fc.constantFrom("", " in the image", " from this angle", ", I think");
    fc.assert(
      fc.property(others, ends, (verb, end) => {
        const said = `The gripper ${verb} touching the mug${end}.`;
        expect(parseAnswer(said, ask("gap")).value, said).toBeUndefined();
      }),
    );
  });
});
