import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { QuantityKind } from "../../src/language/index.js";
import { readM } from "./readM.js";

describe("plain English with a length", () => {
  it.each<[QuantityKind, string, number]>([
    ["distance", "It appears to be 21 cm away.", 0.21],
    ["distance", "It seems to be about 21 cm away.", 0.21],
    ["distance", "It looks to be roughly 21 cm.", 0.21],
    ["height", "It appears to be 10 cm tall.", 0.1],
    ["distance", "I'd estimate it at 21 cm.", 0.21],
    ["distance", "I would estimate it to be 21 cm.", 0.21],
    ["distance", "Estimated at 27 cm.", 0.27],
    ["distance", "If I had to give a single number, I'd say 45 cm.", 0.45],
    [
      "distance",
      "Great question! While I can't take exact measurements, a reasonable estimate would be **around 38 cm**.",
      0.38,
    ],
    ["distance", "I can't give an exact figure, but I'd estimate it at roughly 20 cm.", 0.2],
    ["distance", "33 cm, and I am 90% confident.", 0.33],
    ["distance", 'Here is the result:\n\n```\n{"distance_cm": 31}\n```', 0.31],
    ["distance", "Environ 30 cm.", 0.3],
    ["distance", "10^3 mm", 1],
    ["distance", "35. cm", 0.35],
    ["distance", '<distance unit="cm">35</distance>', 0.35],
    ["distance", "35 cm, no wait, 45 cm", 0.45],
    ["distance", "30 cm... no, more like 40 cm.", 0.4],
    ["distance", "=> 40 cm", 0.4],
    ["distance", '{"meters": 0.27}', 0.27],
    ["distance", '{"meters": 0.27, "centimeters": 27}', 0.27],
    ["distance", "Answer in meters: 0.35", 0.35],
    ["distance", "The distance is 35 cm with high confidence.", 0.35],
    ["distance", "With moderate confidence: 35 cm.", 0.35],
    ["distance", "Distance ≈ 35 cm ± 3 cm (68% confidence)", 0.35],
    ["distance", "35 cm, 95% confidence interval 30 to 40 cm", 0.35],
    ["distance", "It is 35 cm, no obstacles are between them.", 0.35],
    ["distance", "There remain 35 cm to the mug.", 0.35],
    ["distance", "The gripper has not reached the mug yet. 35 cm remain.", 0.35],
    ["distance", "Assuming a standard mug, the distance is 35 cm.", 0.35],
    ["distance", "The distance is 35 cm, but the exact value cannot be determined.", 0.35],
    ["distance", "0.5 metres approx.", 0.5],
    ["distance", "40 cm if measured in a straight line.", 0.4],
    [
      "distance",
      "The gripper is 27 cm from the mug, which sits on the table next to a plate.",
      0.27,
    ],
    ["distance", "30 cm: the gripper is 1.2 m from the camera, the mug 0.9 m.", 0.3],
    ["height", "The mug is 9 cm tall, much shorter than the bottle, which is 25 cm tall.", 0.09],
    [
      "horizontal_distance",
      "The horizontal distance is 25 cm, and the total distance 32 cm.",
      0.25,
    ],
    ["left_difference", "It is 20 cm to the right, 10 cm above and 5 cm behind the mug.", -0.2],
    ["left_difference", '{"left_offset_cm": 40}', 0.4],
    ["distance", "Answer (in cm): 40", 0.4],
    ["distance", "Between 35 and 45 cm, most likely 40 cm.", 0.4],
    ["distance", "40 cm would be my guess.", 0.4],
    ["distance", "The mug is on the table, about 35 cm away from the gripper.", 0.35],
    ["distance", "The gripper (black) and the mug (center) are about 45 cm apart.", 0.45],
    ["distance", "The robot arm's gripper hovers about 35 cm from the red mug on the table.", 0.35],
    ["distance", "There appears to be a distance of 35 cm between the gripper and the mug.", 0.35],
    [
      "distance",
      "The straight-line distance is 35 cm: 28 cm horizontally, 21 cm vertically.",
      0.35,
    ],
    ["distance", "350 pixels in the image, or roughly 35 cm in the real world.", 0.35],
    ["gap", "The gripper is very close to the mug, with a gap of approximately 3 cm.", 0.03],
    ["distance", "Given the mug is roughly 10 cm tall, I estimate 25 cm.", 0.25],
    ["gap", "They are close but not touching, with around 4 cm between them.", 0.04],
    ["gap", "No gap: the gripper is gripping the mug.", 0],
    ["gap", "The gap is 0 since the fingers are closed around the mug.", 0],
    ["gap", "The surfaces are about 8 cm apart.", 0.08],
    ["gap", "It's not 0 cm: there's about 2 cm of space.", 0.02],
    ["gap", "No gap – they're touching.", 0],
    ["gap", "The gripper is touching the mug. The gap is zero.", 0],
    [
      "height",
      "It appears to be a standard coffee mug, about 10 cm tall and 8 cm in diameter.",
      0.1,
    ],
    ["height", "The mug has a height of about 10 cm, which is typical for a coffee mug.", 0.1],
    ["width", "The mug is 8 cm wide, not including the handle.", 0.08],
    ["elevation", "The gripper is holding the mug about 5 cm above the table.", 0.05],
    ["elevation", "The clearance between the bottom of the mug and the table is 5 cm.", 0.05],
    ["elevation", "The mug isn't resting on the table; it hangs about 15 cm above it.", 0.15],
    ["vertical_distance", "Vertically, they are separated by about 14 cm.", 0.14],
    ["vertical_distance", "In terms of height, there's an 18 cm difference.", 0.18],
    ["horizontal_distance", "Along the table surface, the distance is about 28 cm.", 0.28],
    [
      "horizontal_distance",
      "While the vertical offset is 15 cm, the horizontal distance is 28 cm.",
      0.28,
    ],
    ["above_difference", "The height difference is 15 cm, with the gripper being higher.", 0.15],
    ["below_difference", "It isn't lower: the gripper is 15 cm higher than the mug.", -0.15],
    ["below_difference", '{"below_difference_m": 0.30}', 0.3],
    ["behind_difference", "The gripper is closer to the camera than the mug by 20 cm.", -0.2],
    ["above_difference", "The gripper is not higher than the mug but about 5 cm lower.", -0.05],
    ["left_difference", "left by 5 cm", 0.05],
    ["left_difference", "The gripper is about 4 inches to the mug's left.", 0.1016],
    ["above_difference", "−18 cm (the gripper is lower)", -0.18],
    ["behind_difference", "1.5 m away, i.e. 30 cm farther than the mug.", 0.3],
    ["distance", "<result><distance_cm>32</distance_cm></result>", 0.32],
    ["distance", "35 cm. If you can share a depth map, I can be more precise.", 0.35],
    ["distance", "30 cm. Wait, I misread which one is the mug. It's 45 cm.", 0.45],
    ["distance", "More than 30 cm but less than 40 cm.", 0.35],
    ["gap", "About a finger's width, so roughly 2 cm.", 0.02],
    ["gap", "The clearance is 4 cm. This is inferred from the mug's diameter (8 cm).", 0.04],
    ["vertical_distance", "horizontal: 22 cm\nvertical: 14 cm\ntotal: 26 cm", 0.14],
    ["elevation", "It's being held roughly 12cm off the table by the gripper.", 0.12],
    ["left_difference", "right by 5 cm", -0.05],
    ["right_difference", "The horizontal offset is 12 cm, with the gripper on the right.", 0.12],
    ["gap", "The gap has closed to 2 cm.", 0.02],
    ["distance", "The distance between them has increased to about 40 cm.", 0.4],
    ["elevation", "It's lifted off the table by 5 cm.", 0.05],
  ])("is read: %s %j", (kind, text, metres) => {
    expect(readM(kind, text)).toBeCloseTo(metres, 6);
  });

  it.each<[QuantityKind, string]>([
    ["distance", "25 m&m"],
    ["distance", "In image 1 the distance is 35 cm."],
    ["distance", "or 35 cm"],
    ["distance", "The gripper is 1.2 m from the camera, the mug 0.9 m."],
    ["height", "It is shorter than the bottle, which is 25 cm tall."],
    ["horizontal_distance", "The total distance is 32 cm."],
    ["right_difference", '{"left_offset_cm": 40}'],
    ["distance", "25 m&ms fit in between."],
    ["distance", "Initial estimate: 30 cm"],
    ["distance", "If the mug were 10 cm tall, the distance would be 35 cm."],
    ["distance", "30 cm, no wait, that's the plate."],
    ["distance", "30 cm, no wait, I can't tell."],
    ["distance", "30 cm. Hmm, no."],
    ["distance", "The gripper and the mug are both 30 cm away."],
    ["distance", "The distance between the gripper and the mug is off by 5 cm."],
    ["distance", "The gripper is open, with a gap of 8 cm."],
    ["distance", "The distance between its fingers is 8 cm."],
    ["distance", "The lateral offset is small, maybe 10 cm."],
    ["distance", "10 cm (mug height) × 2.5"],
    ["distance", "40 cm would be my guess for the plate."],
    ["distance", "A moment ago the gripper was 35 cm from the mug."],
    ["distance", '{"distance_cm": 35, "object_a": "mug", "object_b": "plate"}'],
    ["distance", "While I can't measure the distance, the mug is approximately 10 cm tall."],
    ["distance", "I wouldn't say the distance is 35 cm."],
    ["gap", "Less than 5 cm."],
    ["gap", "under 1 cm"],
    ["gap", "The gripper is holding the mug firmly. The gap between them is 12 cm."],
    ["above_difference", "-5 cm above the mug"],
    ["left_difference", "-5 cm (the gripper is to the left)"],
    ["gap", "About 2 cm. On closer inspection, the gap is actually 0."],
    ["height", "The mug is at a height of 30 cm."],
    ["height", "The mug is held 30 cm high."],
    ["width", "The rim of the mug is 5 mm wide."],
    ["width", "The mug's handle has a width of 2 cm."],
    ["elevation", "The mug's rim is 10 cm above the table."],
    ["vertical_distance", "The gripper and the mug are at a height of 14 cm."],
    ["above_difference", "The gripper is above the mug, 15 cm from the table."],
    ["behind_difference", "The gripper is farther from the camera than the mug, at 1.2 m."],
    ["left_difference", "The gripper is 12 cm from the left side of the mug."],
    ["left_difference", "The gripper is 5 cm to the left, or 5 cm to the right."],
    ["left_difference", "12 cm are left between them."],
  ])("of something else is refused: %s %j", (kind, text) => {
    expect(readM(kind, text)).toBeUndefined();
  });

  it.each([
    "0)",
    "[0]",
    "(0)",
    "[0] The gripper",
    "0: the gripper",
    "I see no gap.",
    "The gap would be zero.",
    "No gap is zero.",
  ])("is no contact: %j", (text) => {
    expect(readM("gap", text)).toBeUndefined();
  });
});

const DISCLAIMERS = [
  "While I can't measure exact distances from a single image, ",
  "Without depth data it's hard to be precise, but ",
  "I cannot determine the exact value from a 2D image, but I'd estimate that ",
  "Based on the size of the mug, ",
  "Looking at the image, ",
  "As an AI, I can't measure precisely, however, I estimate that ",
];
const STATEMENTS = [
  "the gripper is about {} from the mug",
  "the distance between the gripper and the mug is roughly {}",
  "they are approximately {} apart",
  "the mug sits about {} away from the gripper",
];
const ASIDES = [
  ".",
  ", assuming a standard mug.",
  ", if the mug is of standard size.",
  ", though this is only an estimate.",
  ", roughly speaking.",
  ". Would you like a more detailed analysis?",
  ". Keep in mind that this is an approximation.",
];
/** What takes away from a statement that it is so, of these things, now. */
const DENIALS: readonly ((said: string) => string)[] = [
  (said) => `It is not true that ${said}.`,
  (said) => `If ${said}, the grasp fails.`,
  (said) => `In the previous frame, ${said}.`,
  (said) => `I doubt that ${said}.`,
  (said) => `${said.replaceAll("mug", "plate").replace("they are", "the plates are")}.`,
  (said) => `Is it so that ${said}?`,
  (said) => `Suppose ${said}.`,
];

describe("a statement between what models say beside it", () => {
  const cm = fc.integer({ min: 11, max: 99 });

  it("is read, and only it", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...DISCLAIMERS),
        fc.constantFrom(...STATEMENTS),
        fc.constantFrom(...ASIDES),
        cm,
        (before, said, after, value) => {
          const text = before + said.replace("{}", `${value} cm`) + after;
          expect(readM("distance", text), text).toBeCloseTo(value / 100, 9);
        },
      ),
    );
  });

  it("is not read where it is denied, supposed, past, asked or of something else", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...STATEMENTS),
        fc.constantFrom(...DENIALS),
        cm,
        (said, deny, value) => {
          const text = deny(said.replace("{}", `${value} cm`));
          expect(readM("distance", text), text).toBeUndefined();
        },
      ),
    );
  });
});

describe("what looks like plain English", () => {
  it.each([
    "The distance is 35 cm with 5% confidence.",
    "With zero confidence: 35 cm",
    '{"tray": {"meters": 0.27}}',
    '{"meters": 0.27, "valid": false}',
    '{"meters": 0.27, "inches": 40}',
    '{"inches": 5, "what": "mug height"}',
    '{"meters": 0.1, "measured": "mug height"}',
    '{"height": {"meters": 0.1}}',
    '{"width": {"meters": 0.1}, "height": {"meters": 0.2}}',
    "Assuming a standard mug, 10 cm.",
    "Assuming a tray, the distance is 35 cm",
    "There remain 35 cm to the tray.",
    "There remains 35 cm of cable.",
    "35 cm, nothing is in the way of the tray",
    "The distance is 35 cm, but the exact mug cannot be determined.",
  ])("is no length between gripper and mug: %s", (answer) => {
    expect(readM("distance", answer)).toBeUndefined();
  });
});
