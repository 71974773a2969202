import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AnswerReading, askQuestion, parseAnswer } from "../../src/language/index.js";
import { gripper, mug } from "./objects.js";

const distance = askQuestion("distance", gripper, mug);

function read(text: string): AnswerReading["value"] {
  const { value, refusal } = parseAnswer(text, distance);
  if (!value) throw new Error(`${JSON.stringify(text)}: ${refusal.reason}: ${refusal.detail}`);
  return value;
}

const ONES =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const TENS = " ten twenty thirty forty fifty sixty seventy eighty ninety".split(" ");

function inWords(n: number): string {
  if (n < 20) return ONES[n]!;
  if (n < 100) return `${TENS[Math.floor(n / 10)]}${n % 10 > 0 ? `-${ONES[n % 10]}` : ""}`;
  const rest = n % 100 > 0 ? ` and ${inWords(n % 100)}` : "";
  return `${ONES[Math.floor(n / 100)]} hundred${rest}`;
}

/** Whole centimetres in every style that docs/answer-parser.md names. */
const STYLES: readonly ((cm: number) => string)[] = [
  (cm) => `${cm} cm`,
  (cm) => `${cm}cm`,
  (cm) => `${cm} centimetres`,
  (cm) => `${cm} centimeter(s)`,
  (cm) => `${(cm / 100).toFixed(2)} m`,
  (cm) => `${(cm / 100).toFixed(2)} meters`,
  (cm) => `${cm * 10} mm`,
  (cm) => `${(cm * 10).toLocaleString("en-US")} mm`,
  (cm) => `${cm},0 cm`,
  (cm) => `${cm / 100}e0 m`,
  (cm) => `${cm / 10} × 10^{-1} m`,
  (cm) => `${inWords(cm)} centimetres`,
  (cm) =>
    `${inWords(Math.floor(cm / 100))} point ${[...String(cm % 100).padStart(2, "0")].map((digit) => ONES[Number(digit)]).join(" ")} metres`,
  (cm) => `${cm}/100 of a metre`,
  (cm) => `${cm} (cm)`,
  (cm) => `$${cm}\\,\\text{cm}$`,
  (cm) => `\\boxed{${cm}\\ \\mathrm{cm}}`,
  (cm) => `\\scalar{${cm}} \\distance_unit{cm}`,
  (cm) => `**\\scalar{${cm / 100}} \\distance_unit{meters}**`,
  (cm) => `<answer>${cm} cm</answer>`,
  (cm) => `<answer>${cm} cm`,
  (cm) => `**${cm} cm**`,
  (cm) => `Answer: ${cm} cm`,
  (cm) => `Distance (cm): ${cm}`,
  (cm) => `Distance in centimetres: ${cm}`,
  (cm) => `{"distance_cm": ${cm}}`,
  (cm) => `{"distanceInMeters": ${cm / 100}}`,
  (cm) => `{"distance": {"value": ${cm}, "unit": "cm"}}`,
  (cm) => `{"distance": "${cm} cm"}`,
  (cm) => `| distance |\n|---|\n| ${cm} cm |`,
];

/** Every style, with the length that it says. */
const styled = fc
  .record({ cm: fc.integer({ min: 1, max: 999 }), style: fc.constantFrom(...STYLES) })
  .map(({ cm, style }) => ({ metres: cm / 100, text: style(cm) }));

/** What may stand before and after an answer without being one. */
const BEFORE = [
  "",
  "<think>The mug is about 9 cm tall. Perhaps 20 cm? No.</think>",
  "<|im_start|>assistant\n",
  "ASSISTANT: ",
  "Region [0] and Region [1] are the gripper and the mug.\n\n",
  "I see 2 objects. They are 130 pixels apart.\n",
  "The red mug is 9.5 cm tall.\n\n",
  "Step 1: Find the gripper at (120, 300).\nStep 2: Find the mug.\n",
  "距離について: ",
  "Sure! 😀\n",
  "> As a vision model, I look at shadows and sizes.\n\n",
];
const AFTER = [
  "",
  "\n",
  "</s>",
  "<|im_end|>",
  "\n\nConfidence: 80%",
  "\n\nNote: the image has 640 x 480 pixels.",
  "\n\nThe red mug is 9.5 cm tall.",
  "\n\nI am 90 % sure of this.",
  "\n(see Figure 2)",
];
const noise = fc.record({
  before: fc.constantFrom(...BEFORE),
  after: fc.constantFrom(...AFTER),
});

describe("parseAnswer on every style", () => {
  it("gives a length back, however it is written", () => {
    for (const style of STYLES) {
      for (const cm of [1, 7, 35, 142, 250, 999]) {
        const text = style(cm);
        expect(read(text), text).toMatchObject({ valueM: expect.closeTo(cm / 100, 9) });
      }
    }
    fc.assert(
      fc.property(styled, ({ metres, text }) => {
        expect(read(text)).toMatchObject({ valueM: expect.closeTo(metres, 9) });
      }),
      { numRuns: 1000 },
    );
  });

  it("gives the same length and sigma, whatever stands around it", () => {
    fc.assert(
      fc.property(styled, noise, ({ text }, { before, after }) => {
        expect(read(before + text + after)).toEqual(read(text));
      }),
      { numRuns: 1500 },
    );
  });

  it("reads a tolerance, however it is said", () => {
    const ways = [
      "{x} cm ± {y} cm",
      "{x} ± {y} cm",
      "{x} cm (± {y} cm)",
      "{x}cm +/- {y}cm",
      "{x} cm, plus or minus {y} cm",
      "{x} cm, give or take {y} cm",
      "{x} cm (give or take {y} cm)",
      "{x} cm with an uncertainty of {y} cm",
      "{x} cm with an error of about {y} cm",
      "{x} cm with a margin of error of ±{y} cm",
    ];
    fc.assert(
      fc.property(
        fc.integer({ min: 20, max: 99 }),
        fc.integer({ min: 1, max: 8 }),
        fc.constantFrom(...ways),
        (x, y, way) => {
          const text = way.replace("{x}", `${x}`).replace("{y}", `${y}`);
          const value = read(text);
          if (value?.shape !== "quantity") throw new Error(text);
          expect(value.valueM, text).toBeCloseTo(x / 100, 9);
          expect(value.sigmaM, text).toBeGreaterThanOrEqual(y / 100 / Math.sqrt(3) - 1e-9);
          expect(value.sigmaM, text).toBeLessThan(y / 100 + 0.02 * (x / 100));
        },
      ),
    );
  });

  it("reads a range, however it is said, as its middle", () => {
    const ways = [
      "{a}–{b} cm",
      "{a}..{b} cm",
      "{a} … {b} cm",
      "{a}~{b}cm",
      "from {a} cm up to {b} cm",
      "from {a} to {b} cm",
      "between {a} and {b} cm",
      "anywhere between {a} cm and {b} cm",
      "\\scalar{{a}-{b}} \\distance_unit{cm}",
    ];
    fc.assert(
      fc.property(
        fc.integer({ min: 20, max: 50 }),
        fc.integer({ min: 1, max: 20 }),
        fc.constantFrom(...ways),
        (a, width, way) => {
          const text = way.replace("{a}", `${a}`).replace("{b}", `${a + width}`);
          expect(read(text), text).toMatchObject({
            valueM: expect.closeTo((a + width / 2) / 100, 9),
          });
        },
      ),
    );
  });

  it("believes an estimate no more than the range that is said beside it", () => {
    const ways = [
      "I estimate {v} cm, but it could be anything from {a} cm to {b} cm.",
      "It could be anywhere between {a} and {b} cm; I'd guess {v} cm.",
      "{v} cm ({a}–{b} cm)",
      "{v} cm, plausible range {a}-{b} cm",
      "{v} cm, though anything from {a} to {b} cm is possible.",
      "The distance is {v} cm. The true value may lie between {a} cm and {b} cm.",
      "{v} cm, at least {a} cm and at most {b} cm",
      "{v} cm; 95% CI: {a} cm to {b} cm",
      "Between {a} and {b} cm, most likely {v} cm.",
    ];
    fc.assert(
      fc.property(
        fc.integer({ min: 20, max: 50 }),
        fc.integer({ min: 5, max: 15 }),
        fc.integer({ min: 5, max: 60 }),
        fc.constantFrom(...ways),
        (value, below, above, way) => {
          const text = way
            .replace("{v}", `${value}`)
            .replace("{a}", `${value - below}`)
            .replace("{b}", `${value + above}`);
          const answer = read(text);
          if (answer?.shape !== "quantity") throw new Error(`${text}: no length`);
          expect(answer.valueM, text).toBeCloseTo(value / 100, 9);
          expect(answer.sigmaM, text).toBeGreaterThan((below + above) / 100 / Math.sqrt(12) - 1e-9);
        },
      ),
    );
  });

  it("is no less sure of a length for what is said of other things", () => {
    const alone = read("The gripper is 30 cm from the mug.");
    for (const more of [
      "The table extends up to 2 m.",
      "The camera is accurate up to 3 m.",
      "The bowl could be as far as 1 m from it.",
      "The mug is up to 10 cm tall.",
      "The table is between 20 cm and 2 m long.",
      "The mug is at least 8 cm tall; the gripper at most 50 cm long.",
    ]) {
      expect(read(`The gripper is 30 cm from the mug. ${more}`), more).toEqual(alone);
    }
  });

  it("takes what an error reaches up to for the error", () => {
    for (const text of [
      "30 cm, with an error of up to 8 cm",
      "30 cm (uncertainty up to 8 cm)",
      "The distance is 30 cm. The uncertainty is as high as 8 cm.",
      "30 cm; uncertainty: 5-8 cm",
      "30 cm, error between 5 and 8 cm",
    ]) {
      const sigmaM = Math.hypot(0.08, 0.1 / Math.sqrt(12), 0.006);
      expect(read(text), text).toMatchObject({ sigmaM: expect.closeTo(sigmaM, 9) });
    }
    const sigmaM = Math.hypot(0.3 / Math.sqrt(12), 0.1 / Math.sqrt(12), 0.006);
    for (const range of [
      "The distance is 30 cm, with high uncertainty: 20 to 50 cm.",
      "The distance is 30 cm. Uncertainty: 20 to 50 cm.",
    ]) {
      expect(read(range), range).toMatchObject({ sigmaM: expect.closeTo(sigmaM, 9) });
    }
  });

  it("counts a range once, where it is declared or said again, and one before the answer", () => {
    const range = read("25 to 35 cm");
    for (const text of [
      "The mug is to the right. Final answer: \\boxed{25 to 35 cm}",
      "The mug is to the right of the gripper. <answer>25 to 35 cm</answer>",
      "The gripper is 25-35 cm from the mug. So the distance is 25-35 cm.",
    ]) {
      expect(read(text), text).toEqual(range);
    }
    const sigmaM = Math.hypot(0.4 / Math.sqrt(12), 0.1 / Math.sqrt(12), 0.006);
    const declared = read("Between 20 and 60 cm. <answer>30 cm</answer>");
    expect(declared).toMatchObject({ valueM: 0.3, sigmaM: expect.closeTo(sigmaM, 9) });
  });

  it("reads lengths in two units, however they are joined", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 11 }),
        fc.constantFrom(
          "{f} feet {i} inches",
          "{f} ft, {i} in",
          "{f} ft. {i} in.",
          "{f}'{i}\"",
          "{f}′ {i}″",
          "{f} feet and {i} inches",
        ),
        (feet, inches, way) => {
          const text = way.replace("{f}", `${feet}`).replace("{i}", `${inches}`);
          const metres = feet * 0.3048 + inches * 0.0254;
          expect(read(text), text).toMatchObject({ valueM: expect.closeTo(metres, 9) });
        },
      ),
    );
    expect(read("5ft6")).toMatchObject({ valueM: expect.closeTo(1.6764, 9) });
    expect(read("1m20")).toMatchObject({ valueM: expect.closeTo(1.2, 9) });
  });
});
