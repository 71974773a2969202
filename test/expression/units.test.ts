import { describe, expect, it } from "vitest";
import { nameProblem, parseQuantity, QuantityError } from "../../src/expression/index.js";

describe("parseQuantity", () => {
  it.each([
    ["2.5 cm", "m", 0.025],
    ["3mm", "m", 0.003],
    [0.2, "m", 0.2],
    ["0.2", "m", 0.2],
    ["1 in", "m", 0.0254],
    ["500 ms", "s", 0.5],
    ["2 min", "s", 120],
    ["150 cm/s^2", "m/s^2", 1.5],
    ["1.5 m/s²", "m/s^2", 1.5],
  ] as const)("reads %s", (text, dimension, expected) => {
    expect(parseQuantity(text, dimension)).toBeCloseTo(expected, 12);
  });

  it.each([
    ["5 kg", "m", /"kg" measures a mass, but a length is needed/],
    ["30 cm", "s", /"cm" measures a length, but a duration is needed/],
    ["200 px", "m", /picture size/],
    ["5 secs", "s", /unknown unit "secs"; did you mean "sec"/],
    ["soon", "s", /"soon" is not a duration/],
    ["1 2 s", "s", /is not a duration|unknown unit/],
    [Number.POSITIVE_INFINITY, "s", /is not a duration/],
    [true, "s", /is not a duration/],
    [null, "m", /is not a length/],
  ] as const)("names what is wrong with %s", (text, dimension, message) => {
    expect(() => parseQuantity(text, dimension)).toThrow(QuantityError);
    expect(() => parseQuantity(text, dimension)).toThrow(message);
  });
});

describe("nameProblem", () => {
  it.each(["min", "pi", "and", "cm", "in", "constructor", "toString", "__proto__", "1st", "a-b"])(
    "%s cannot name a variable",
    (word) => {
      expect(nameProblem(word)).toBeDefined();
    },
  );

  it("lets ordinary names be", () => {
    expect(["reach", "cup_to_tray", "d2"].map(nameProblem)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
