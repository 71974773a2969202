import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AnswerValue, combineAnswers } from "../../src/language/index.js";

const length = (valueM: number, sigmaM = 0.01) => ({ shape: "quantity", valueM, sigmaM }) as const;
const verdict = (yes: boolean, confidence = 0.9) => ({ shape: "yes_no", yes, confidence }) as const;

describe("combineAnswers", () => {
  it("gives one sample back as it is", () => {
    expect(combineAnswers([length(0.35)])).toEqual(length(0.35));
    expect(combineAnswers([verdict(false, 0.7)])).toEqual(verdict(false, 0.7));
  });

  it("averages lengths, with the sigma of the mean of spread and rounding", () => {
    const combined = combineAnswers([length(0.3), length(0.4), length(0.5)]);
    expect(combined).toMatchObject({ shape: "quantity" });
    expect(combined).toHaveProperty("valueM", expect.closeTo(0.4, 12));
    expect(combined).toHaveProperty("sigmaM", expect.closeTo(Math.sqrt((0.01 + 0.0001) / 3), 12));
  });

  it("is not misled by samples that agree to the digit: rounding stays", () => {
    const combined = combineAnswers([length(0.3, 0.03), length(0.3, 0.03), length(0.3, 0.03)]);
    expect(combined).toHaveProperty("sigmaM", expect.closeTo(0.03 / Math.sqrt(3), 12));
  });

  it("takes the majority of verdicts, choices and relations", () => {
    expect(combineAnswers([verdict(true), verdict(false), verdict(true)])).toMatchObject({
      yes: true,
    });
    const choices = ["object", "subject", "object"] as const;
    expect(
      combineAnswers(choices.map((choice) => ({ shape: "choice", choice, confidence: 0.9 }))),
    ).toMatchObject({ choice: "object" });
    const relations = ["left", "right", "right"] as const;
    expect(
      combineAnswers(relations.map((relation) => ({ shape: "class", relation, confidence: 0.9 }))),
    ).toMatchObject({ relation: "right" });
  });

  it("lowers the confidence by the votes against", () => {
    const combined = combineAnswers([verdict(true), verdict(true), verdict(false)]);
    expect(combined).toHaveProperty("confidence", expect.closeTo((0.9 + 0.9 + 0.1) / 3, 12));
  });

  it("combines neither nothing nor answers of different shapes", () => {
    expect(combineAnswers([])).toBeUndefined();
    expect(combineAnswers([length(1), verdict(true)])).toBeUndefined();
  });

  it("lies between the samples and does not depend on their order", () => {
    const sample = fc.record({
      shape: fc.constant("quantity" as const),
      valueM: fc.double({ min: -5, max: 5, noNaN: true }),
      sigmaM: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 9 }), (samples) => {
        const forth = combineAnswers(samples) as AnswerValue & { shape: "quantity" };
        const back = combineAnswers(samples.toReversed()) as AnswerValue & { shape: "quantity" };
        const values = samples.map(({ valueM }) => valueM);
        expect(forth.valueM).toBeGreaterThanOrEqual(Math.min(...values) - 1e-9);
        expect(forth.valueM).toBeLessThanOrEqual(Math.max(...values) + 1e-9);
        expect(back.valueM).toBeCloseTo(forth.valueM, 9);
        expect(back.sigmaM).toBeCloseTo(forth.sigmaM, 9);
      }),
    );
  });
});
