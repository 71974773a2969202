import { describe, expect, it } from "vitest";
import type { QuestionKind } from "../../src/language/index.js";
import { readM } from "./readM.js";

describe("lengths that are none", () => {
  it.each<[QuestionKind, string]>([
    ["gap", "touching: no"],
    ["vertical_distance", "12 cm vertically in the image"],
    ["distance", "35 cm apart in the image"],
    ["distance", "They are 35 cm apart in the picture."],
    ["distance", "35 cm along the picture"],
    ["gap", "3 cm between them in the photo"],
    ["width", "8 cm wide in the picture"],
    ["height", "9 cm tall on my screen"],
    ["height", "9 cm, but the picture is not to scale"],
    ["gap", "They are touching!!! ❌"],
    ["gap", "They are touching. (Incorrect)"],
    ["gap", "It's not the case. They are touching."],
    ["gap", '{"gap_m": 0, "status": "not_detected"}'],
    ["gap", '{"gap_cm": 0, "note": "placeholder"}'],
    ["distance", "\\sqrt{35} cm"],
    ["distance", "$d^2 = 35\\,\\text{cm}$"],
    ["distance", "$d \\gg 35\\,\\text{cm}$"],
    ["distance", "d² = 0.25 m"],
    ["distance", "1 px = 1 mm"],
    ["distance", '{"distance_m":0.35,"unit":"cm"}'],
    ["distance", '{"distance_cm":35,"is_valid":0}'],
    ["distance", '{"distance_cm":35,"probability":0.01}'],
    ["distance", '{"distance_cm":35,"hypothetical":true}'],
    ["distance", '{"distance_cm":35,"type":"example"}'],
    ["distance", '{"answer":"N/A","distance_cm":35}'],
    ["distance", "35 cm — not!"],
    ["distance", "Distance to mug: 62 cm (camera)"],
    ["distance", "30 cm and counting"],
    ["distance", "[redacted] 35 cm"],
    ["distance", "35 cm → 45 cm"],
    ["height", "The average height of a mug is 10 cm."],
    ["distance", "10,20 cm"],
    ["distance", "10/20 cm"],
    ["distance", "20-10 cm"],
    ["gap", '{"gap_visible": 0}'],
    ["gap", '{"gap_visible": 0, "in_contact": 0}'],
    ["gap", '{"in_contact": 0}'],
    ["gap", "In contact: 0."],
    ["gap", "In contact? 0"],
    ["gap", "Touch: 0"],
    ["gap", "touching: 0"],
    ["gap", "Touching 0"],
    ["gap", '{"contact": "no", "gap_cm": 0}'],
    ["gap", '{"gap_cm": 0, "in_contact": false}'],
    ["gap", "Contact = 0"],
    ["gap", "0 contact"],
    ["gap", '{"gap_confidence": 0}'],
    ["distance", '{"distance_known": 0}'],
    ["distance", "twenty, five cm"],
    ["distance", "one, twenty cm"],
    ["above_difference", "The gripper is 15 cm taller than the mug."],
    ["below_difference", "The gripper is 5 cm shorter than the mug."],
  ])("refuses %s %j", (kind, text) => {
    expect(readM(kind, text)).toBeUndefined();
  });

  it.each<[QuestionKind, string, number]>([
    ["gap", "No gap.", 0],
    ["distance", "Etwa 35 cm.", 0.35],
    ["distance", "Let's say 35 cm.", 0.35],
    ["distance", "sqrt(0.28^2 + 0.21^2) = 35 cm", 0.35],
    ["distance", "35 cm → 0.35 m", 0.35],
    ["distance", '{"distance_cm": 35, "unit": "cm", "confidence": 0.9}', 0.35],
  ])("still reads %s %j", (kind, text, valueM) => {
    expect(readM(kind, text)).toBeCloseTo(valueM, 6);
  });

  it.each(["0", "Gap: 0", '{"gap": 0}', "Vertical gap: 0", "Answer: 0"])(
    "reads the zero of a gap in %j",
    (text) => {
      expect(readM("gap", text)).toBe(0);
    },
  );
});
