import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  askQuestion,
  KINDS,
  kindInfo,
  parseAnswer,
  type QuestionKind,
  RELATIONS,
} from "../../src/language/index.js";
import { cpuMs } from "../support/cpuMs.js";
import { bottle, can, gripper, mug } from "./objects.js";

const distance = askQuestion("distance", gripper, mug);

function metres(text: string, kind: QuestionKind = "distance"): number {
  const object = kindInfo(kind).arity === 2 ? mug : undefined;
  const { value, refusal } = parseAnswer(text, askQuestion(kind, gripper, object));
  if (value?.shape !== "quantity")
    throw new Error(`${text}: ${refusal?.reason} ${refusal?.detail}`);
  return value.valueM;
}

/** Units with the metres in one of them, by international definition. */
const UNITS = [
  { metres: 1, words: ["m", "meter", "meters", "metres", "M"] },
  { metres: 0.01, words: ["cm", "centimeters", "centimetres", "CM", "cms"] },
  { metres: 0.001, words: ["mm", "millimeters", "millimetres"] },
  { metres: 0.0254, words: ["inches", "inch", '"', "″", "in"] },
  { metres: 0.3048, words: ["ft", "feet", "foot", "'", "′"] },
  { metres: 0.9144, words: ["yards", "yd"] },
] as const;

const unit = fc
  .constantFrom(...UNITS)
  .chain((of) => fc.constantFrom(...of.words).map((word) => ({ word, metres: of.metres })));

/** A number as a value and as it may be written. */
const number = fc.oneof(
  fc.integer({ min: 1, max: 999 }).map((value) => ({ value, text: `${value}` })),
  fc
    .integer({ min: 1000, max: 999_999 })
    .map((value) => ({ value, text: value.toLocaleString("en-US") })),
  fc.tuple(fc.nat(99), fc.integer({ min: 1, max: 99 })).map(([whole, hundredths]) => {
    const text = `${whole}.${String(hundredths).padStart(2, "0")}`;
    return { value: Number(text), text };
  }),
  fc.tuple(fc.nat(99), fc.integer({ min: 1, max: 9 })).map(([whole, tenths]) => ({
    value: whole + tenths / 10,
    text: `${whole},${tenths}`,
  })),
  fc
    .tuple(fc.integer({ min: 1, max: 20 }), fc.constantFrom(2, 4, 8), fc.constantFrom(" ", "-"))
    .map(([whole, parts, joint]) => ({
      value: whole + 1 / parts,
      text: `${whole}${joint}1/${parts}`,
    })),
);

const length = fc
  .tuple(number, unit)
  .map(([{ value, text }, of]) => {
    const attached = of.word.length === 1 && !/\w/.test(of.word);
    return { metres: value * of.metres, text: `${text}${attached ? "" : " "}${of.word}` };
  })
  // "1,234 cm" is 12.34 m or 1.234 cm.
  .filter(({ metres, text }) => metres <= 100 && !/,\d{3} c/i.test(text));

const frame = fc.constantFrom(
  "{}",
  "{}.",
  "The distance is {}.",
  "the robot gripper is {} away from the red mug",
  "About {}, I would say.",
  "**{}**",
  "Answer: {}",
  "The final answer is {}.",
  "### Result\n\n- Distance: {}\n",
  "\\boxed{{}}",
  "$\\boxed{\\text{{}}}$",
  "First I find the 2 objects, Region [0] and Region [1]. Therefore, the distance is {}.",
  "1. Look at region 3.\n2. Compare.\n\nThe distance between them is roughly {}",
  "The mug is 17 mm tall. The distance between them is {}.",
  "The 43 pixels between them mean a distance of {}.",
  "  \n\t The distance is {} \n\n",
  "Ich denke… 距離は? 🤖 The distance is {}!",
);

describe("parseAnswer on quantities", () => {
  it("reads a length back from any number, unit and surrounding text", () => {
    fc.assert(
      fc.property(length, frame, ({ metres: truth, text }, around) => {
        expect(metres(around.replace("{}", () => text))).toBeCloseTo(truth, 9);
      }),
      { numRuns: 2000 },
    );
  });

  it("has the truth within what rounding allows, however coarsely it is said", () => {
    const said = fc.record({
      truth: fc.double({ min: 0.01, max: 20, noNaN: true }),
      of: fc.constantFrom(...UNITS),
      decimals: fc.nat(2),
    });
    fc.assert(
      fc.property(said, ({ truth, of, decimals }) => {
        const rounded = (truth / of.metres).toFixed(decimals);
        const { value } = parseAnswer(`${rounded} ${of.words[1]}`, distance);
        if (value?.shape !== "quantity") throw new Error(rounded);
        const halfStep = value.sigmaM * Math.sqrt(3);
        expect(Math.abs(value.valueM - truth)).toBeLessThanOrEqual(halfStep + 1e-9);
      }),
    );
  });

  it("reads every range as its middle", () => {
    const bounds = fc.tuple(fc.integer({ min: 10, max: 80 }), fc.integer({ min: 1, max: 19 }));
    const shape = fc.constantFrom(
      "{a}-{b} {u}",
      "{a}–{b}{u}",
      "{a} to {b} {u}",
      "between {a} and {b} {u}",
      "from {a} {u} to {b} {u}",
      "{a} {u} - {b} {u}",
      "between about {a} {u} and {b} {u}",
    );
    fc.assert(
      fc.property(
        bounds,
        shape,
        fc.constantFrom(...UNITS.slice(0, 3)),
        ([low, width], text, of) => {
          const said = text
            .replace("{a}", `${low}`)
            .replace("{b}", `${low + width}`)
            .replaceAll("{u}", of.words[0]);
          const { value } = parseAnswer(said, distance);
          if (value?.shape !== "quantity") throw new Error(said);
          expect(value.valueM).toBeCloseTo((low + width / 2) * of.metres, 9);
          expect(value.sigmaM).toBeGreaterThanOrEqual((width * of.metres) / Math.sqrt(12) - 1e-12);
        },
      ),
    );
  });

  it("takes a conversion in brackets that is right, and refuses one that is wrong", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 11, max: 300 }),
        fc.double({ min: 1.5, max: 5, noNaN: true }),
        (cm, factor) => {
          const inches = (scale: number) => ((cm / 2.54) * scale).toFixed(1);
          expect(metres(`${cm} cm (${inches(1)} inches)`)).toBeCloseTo(cm / 100, 9);
          const wrong = parseAnswer(`${cm} cm (${inches(factor)} inches)`, distance);
          expect(wrong.refusal?.reason).toBe("contradiction");
        },
      ),
    );
  });

  it("takes no result of a computation for the width that was said before", () => {
    const said =
      "Region [0] is 2.2 meters in width. Then, divide the width by 2 to get the distance from the edge to the wall. " +
      "2.2 x 2 is 4.4 feet. So, Region [0] is 4.4 feet from the edge.";
    const region = { name: "region", phrase: "Region [0]" };
    const { value } = parseAnswer(said, askQuestion("width", region));
    expect(value).toMatchObject({ valueM: expect.closeTo(2.2, 9) });
  });

  it("mirrors signed kinds", () => {
    for (const [kind, way, back] of [
      ["left_difference", "to the left", "to the right"],
      ["right_difference", "to the right", "to the left"],
      ["above_difference", "higher", "lower"],
      ["below_difference", "lower", "higher"],
      ["behind_difference", "farther away", "closer"],
      ["front_difference", "closer to the camera", "farther from the camera"],
    ] as const) {
      expect(metres(`It is 5 cm ${way}.`, kind), kind).toBeCloseTo(0.05, 9);
      expect(metres(`It is 5 cm ${back}.`, kind), kind).toBeCloseTo(-0.05, 9);
      expect(metres(`The red mug is 5 cm ${back}.`, kind), kind).toBeCloseTo(0.05, 9);
      expect(metres("-5 cm", kind), kind).toBeCloseTo(-0.05, 9);
    }
  });

  it.each([
    ["<html><head><title>502 Bad Gateway</title></head></html>", "no_number"],
    ['{"distance_m": ', "no_number"],
    ["null", "refused"],
    ["The distance is about 400 px (pixels).", "pixels"],
    ['{"distance_px": 120}', "pixels"],
    ["about 3", "no_unit"],
    ["(0.12, 0.40, 0.88 m)", "no_unit"],
    ["It's more than a metre away.", "range_too_wide"],
    ["The red mug is not visible in this picture.", "no_object"],
    ["There is no mug.", "no_object"],
    ["I am unable to measure distances in images.", "refused"],
    ["1e400 m", "no_number"],
    ["1e-400 m", "no_number"],
    ["0e612 foot", "no_number"],
    ["20 square meters", "no_number"],
    ["5 meters per second", "no_number"],
    ["There are 5 in total.", "no_number"],
    ["10 m × 5 m", "unclear"],
    ["It spans narrower than -0cm.", "unclear"],
  ])("refuses %j: %s", (text, reason) => {
    const { refusal } = parseAnswer(text, distance);
    expect(refusal?.reason).toBe(reason);
    expect(refusal?.detail).not.toBe("");
  });
});

describe("parseAnswer on what models really write", () => {
  it.each([
    [
      "To estimate the distance, I'll use visual cues.\n\n1. **Mug size**: A standard coffee mug is about 9–10 cm tall.\n2. **Pixel ratio**: The mug spans about 60 pixels, so 1 pixel ≈ 0.16 cm.\n3. **Separation**: The gripper is about 180 pixels from the mug.\n\n**Estimated distance: ~29 cm (about 11.4 inches)**\n\nNote that this is a rough estimate.",
      0.29,
    ],
    [
      "The gripper is directly above the mug, about 10 cm higher than it. The horizontal distance is about 5 cm. So the total distance is sqrt(10^2 + 5^2) ≈ 11 cm.",
      0.11,
    ],
    [
      "The gripper is at (0.30, 0.12, 0.85) m and the mug is at (0.10, 0.05, 0.90) m. The distance is sqrt(0.04 + 0.0049 + 0.0025) = 0.22 m.",
      0.22,
    ],
    [
      '{\n  "question": "How far is it?",\n  "answer": {"value": 0.42, "unit": "meters"},\n  "reasoning": "The table is 1.2 m wide."\n}',
      0.42,
    ],
    ['{"value": 42, "units": "centimeters", "bbox": [120, 200, 300, 400]}', 0.42],
    ["0.42 meters\n\nExplanation: The mug is 10 cm tall and appears 4 times that far away.", 0.42],
    [
      "The distance from the camera to the mug is 80 cm and to the gripper is 60 cm; the distance between the gripper and the mug is 35 cm.",
      0.35,
    ],
    [
      "Without camera intrinsics it's impossible to determine the exact distance. However, based on typical mug sizes, it's likely 20–30 cm.",
      0.25,
    ],
  ])("reads %j", (text, truth) => {
    expect(metres(text)).toBeCloseTo(truth, 9);
  });
});

describe("parseAnswer on words", () => {
  it("reads a choice by either phrase, for every choice kind", () => {
    for (const relation of RELATIONS) {
      const question = askQuestion(`${relation}_choice`, can, bottle);
      expect(parseAnswer("The tomato can.", question).value).toMatchObject({ choice: "subject" });
      expect(parseAnswer("It's the bottle", question).value).toMatchObject({ choice: "object" });
    }
  });

  it("reads our own statements of every relation as yes, no and class", () => {
    const opposites = [
      ["left_right", "to the left of", "to the right of"],
      ["above_below", "above", "below"],
      ["behind_front", "behind", "in front of"],
      ["tall_short", "taller than", "shorter than"],
      ["wide_thin", "wider than", "narrower than"],
      ["big_small", "larger than", "smaller than"],
    ] as const;
    for (const [kind, first, second] of opposites) {
      const [one, other] = kindInfo(kind).relations as ["left", "right"];
      for (const [phrase, relation] of [
        [first, one],
        [second, other],
      ] as const) {
        const forth = `The can is ${phrase} the bottle.`;
        const back = `The glass bottle is ${phrase} the tomato can.`;
        const opposite = relation === one ? other : one;
        const classed = (text: string) => parseAnswer(text, askQuestion(kind, can, bottle)).value;
        expect(classed(forth), forth).toMatchObject({ shape: "class", relation });
        expect(classed(back), back).toMatchObject({ shape: "class", relation: opposite });
        const asked = (text: string) =>
          parseAnswer(text, askQuestion(`${relation}_predicate`, can, bottle)).value;
        expect(asked(forth), forth).toMatchObject({ yes: true });
        expect(asked(back), back).toMatchObject({ yes: false });
        const chosen = (text: string) =>
          parseAnswer(text, askQuestion(`${relation}_choice`, can, bottle)).value;
        expect(chosen(forth), forth).toMatchObject({ choice: "subject" });
        expect(chosen(back), back).toMatchObject({ choice: "object" });
      }
    }
  });

  it("leaves the words of both phrases aside when it looks for the chosen one", () => {
    const red = { name: "a", phrase: "the red mug" };
    const blue = { name: "b", phrase: "the blue mug" };
    const question = askQuestion("left_choice", red, blue);
    expect(parseAnswer("The blue one.", question).value).toMatchObject({ choice: "object" });
    expect(parseAnswer("The mug.", question).refusal?.reason).toBe("unclear");
  });

  it("does not take a relation in an object's name for the answer", () => {
    const left = { name: "a", phrase: "the left cup" };
    const question = askQuestion("left_right", left, mug);
    expect(parseAnswer("The left cup is to the right of the mug.", question).value).toMatchObject({
      relation: "right",
    });
  });

  it.each([
    ["Yes and no.", "unclear"],
    ["Yes. The mug is to the left of the gripper.", "contradiction"],
    ["I cannot determine that.", "refused"],
    ["There is no mug in the picture.", "no_object"],
    ["", "unclear"],
    ["42", "unclear"],
  ])("refuses %j to a yes/no question: %s", (text, reason) => {
    const { refusal } = parseAnswer(text, askQuestion("left_predicate", gripper, mug));
    expect(refusal?.reason).toBe(reason);
  });
});

describe("parseAnswer on anything", () => {
  const questions = [...KINDS.values()].map(({ kind, arity }) =>
    askQuestion(kind, gripper, arity === 2 ? mug : undefined),
  );

  it("never throws, and never gives a value that is no number", () => {
    const scrap = fc.constantFrom(
      "5",
      "cm",
      "1/0",
      "-",
      "–",
      "and",
      "between",
      "\\boxed{",
      "}",
      "**",
      "Answer:",
      '"',
      "'",
      "yes",
      "no",
      "left",
      "the red mug",
      "(",
      ")",
      "[",
      "1e9",
      "0.",
      ".5",
      ",",
      "\n",
      "to",
      "or",
      "±",
      "half",
      "a",
      "point",
      "hundred",
      "×",
      "10",
      "^",
      "{",
      ":",
      "unit",
      "not",
      "less than",
      "½",
      "\\frac{1}{2}",
      "<think>",
      "</think>",
      "gripper",
    );
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 200 }),
      fc.array(scrap, { maxLength: 40 }).map((parts) => parts.join(" ")),
      fc.array(scrap, { maxLength: 40 }).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(
        text,
        fc.constantFrom(...questions, { kind: "open" as const, text: "?" }),
        (said, question) => {
          const { value, refusal } = parseAnswer(said, question);
          expect(value === undefined).toBe(refusal !== undefined);
          if (value?.shape === "quantity") {
            expect(Number.isFinite(value.valueM)).toBe(true);
            expect(value.sigmaM).toBeGreaterThan(0);
            expect(value.sigmaM).toBeLessThan(Number.POSITIVE_INFINITY);
          }
        },
      ),
      { numRuns: 3000 },
    );
  });

  it("reads a number of 5000 digits by its first", () => {
    expect(metres(`${"0.35".padEnd(5000, "0")} m`)).toBeCloseTo(0.35);
    expect(parseAnswer("1".repeat(5000), distance).refusal?.reason).toBe("no_unit");
  });

  it.each([
    "1",
    "1.",
    "1,",
    "1 ",
    "a ",
    "5 cm ",
    "5 cm, ",
    "5 cm (",
    "between 5 and ",
    "\\boxed{",
    "**",
    "Answer: ",
    "\n",
    " ",
    "not ",
    "left ",
    "the red mug ",
    "mug left gripper ",
    "I cannot ",
    "1/",
    '{"unit": ',
    ", so ",
    "is no a",
    "~",
    "$",
    "\\frac{",
    "<think>",
    "'",
    "-",
    "5 cm = ",
    "=",
    "--> ",
    "d_{",
    '<distance unit="cm">5',
    "no wait, ",
    "with a gap of ",
    "the gripper (top left) ",
    "while I can't measure, ",
    "is the mug's height less than ",
    "vertically, ",
    "10^",
    "1",
    "１",
    "½",
  ])("reads 100 000 characters of %j in time", async (part) => {
    const hostile = part.repeat(Math.ceil(100_000 / part.length));
    for (const kind of ["distance", "left_predicate", "tall_choice", "left_right"] as const) {
      const spentMs = await cpuMs(() => {
        const reading = parseAnswer(hostile, askQuestion(kind, gripper, mug));
        expect(reading.value ?? reading.refusal).toBeDefined();
      });
      expect(spentMs).toBeLessThan(1500);
    }
  });
});
