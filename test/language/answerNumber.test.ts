import { describe, expect, it } from "vitest";
import { answerNumber } from "../../src/language/index.js";

describe("answerNumber", () => {
  it("takes a quantity as it is, in metres", () => {
    const value = { shape: "quantity", valueM: -0.05, sigmaM: 0.01 } as const;
    expect(answerNumber(value, "left_difference")).toEqual({
      value: -0.05,
      sigma: 0.01,
      unit: "m",
    });
  });

  it("gives 1 to yes, to the subject and to the first relation", () => {
    const sure = { confidence: 1 };
    expect(answerNumber({ shape: "yes_no", yes: true, ...sure }, "left_predicate").value).toBe(1);
    expect(answerNumber({ shape: "yes_no", yes: false, ...sure }, "left_predicate").value).toBe(0);
    expect(answerNumber({ shape: "choice", choice: "subject", ...sure }, "tall_choice").value).toBe(
      1,
    );
    expect(answerNumber({ shape: "choice", choice: "object", ...sure }, "tall_choice").value).toBe(
      0,
    );
    expect(answerNumber({ shape: "class", relation: "left", ...sure }, "left_right").value).toBe(1);
    expect(answerNumber({ shape: "class", relation: "right", ...sure }, "left_right").value).toBe(
      0,
    );
  });

  it("draws sigma from the confidence: the root mean square error of the value", () => {
    const sigma = (confidence: number) =>
      answerNumber({ shape: "yes_no", yes: true, confidence }, "left_predicate").sigma;
    expect(sigma(1)).toBe(0);
    expect(sigma(0.75)).toBe(0.5);
    expect(sigma(0.5)).toBeCloseTo(Math.SQRT1_2, 12);
  });
});
