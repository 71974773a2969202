import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type AnswerMetrics,
  type AnswerRow,
  AnswerTally,
  answerFigures,
  failedAnswerThresholds,
  parseThreshold,
  type Said,
  ThresholdError,
  type Truth,
} from "../../../src/evaluate/index.js";
import type { QuestionKind, RefusalReason } from "../../../src/language/index.js";

/** A length said to a question whose truth is a length; metres. */
const said = (valueM: number, sigmaM = 0.01): Said => ({
  text: "",
  value: { shape: "quantity", valueM, sigmaM },
});
const refused = (reason: RefusalReason): Said => ({ text: "", refusal: { reason, detail: "" } });

function row(kind: QuestionKind, truth: Truth, answer: Said, frame = "f"): AnswerRow {
  const about = { id: "", question: "", subject: "the mug", object: "the tray", baselines: {} };
  return { ...about, frame, kind, truth, said: answer };
}
const length = (truthM: number, answer: Said, frame?: string): AnswerRow =>
  row("distance", { shape: "quantity", value_m: truthM }, answer, frame);

function measure(rows: readonly AnswerRow[], seed = 1): AnswerMetrics {
  const tally = new AnswerTally({ model: "m", note: "", baselines: [], seed });
  for (const one of rows) tally.add(one);
  return tally.metrics();
}

function values(rows: readonly AnswerRow[]): Record<string, number | undefined> {
  return Object.fromEntries(
    [...answerFigures(measure(rows))].map(([key, { value }]) => [key, value]),
  );
}

describe("figures of lengths", () => {
  it("are what their formulas say", () => {
    const of = values([
      length(1, said(1.2)),
      length(1, said(0.6)),
      length(2, said(1.9)),
      length(0.5, said(1.1)),
    ]);
    expect(of.within_50_200).toBe(3 / 4);
    expect(of.within_67_150).toBe(2 / 4);
    expect(of.within_90_110).toBe(1 / 4);
    expect(of.within_25).toBe(2 / 4);
    expect(of.delta_1_25).toBe(2 / 4);
    expect(of.delta_2).toBe(3 / 4);
    expect(of.abs_rel_error).toBeCloseTo((0.2 + 0.4 + 0.05 + 1.2) / 4, 12);
    // Relative errors of 0.2, 0.4, 0.05 and 1.2 pass 7, 3, 10 and 0 of the ten thresholds.
    expect(of.mra).toBeCloseTo((0.7 + 0.3 + 1 + 0) / 4, 12);
    expect(of.mae).toBeCloseTo((0.2 + 0.4 + 0.1 + 0.6) / 4, 12);
    expect(of.mse).toBeCloseTo((0.04 + 0.16 + 0.01 + 0.36) / 4, 12);
    expect(of["distance.mae"]).toBe(of.mae);
    expect(of["quantity.mae"]).toBe(of.mae);
  });

  it("count a ratio at a bound as inside, whatever the last bit says", () => {
    const of = values([
      length(0.1, said(0.11)),
      length(0.3, said(0.27)),
      length(0.7, said(0.77)),
      length(0.35, said(0.7)),
    ]);
    expect(of.within_90_110).toBe(3 / 4);
    expect(of.within_50_200).toBe(1);
  });

  it("are of what was answered, with coverage, and again of all", () => {
    const metrics = measure([
      length(1, said(1)),
      length(1, refused("pixels")),
      length(1, refused("pixels")),
      length(1, refused("no_unit")),
    ]);
    const { overall, refusals } = metrics.predictors[0]!;
    expect(overall.within_90_110).toMatchObject({ value: 1, n: 1, of: 4 });
    expect(overall.within_90_110_of_all).toMatchObject({ value: 0.25, n: 4, of: 4 });
    expect(overall.answered).toMatchObject({ value: 0.25, n: 1, of: 4 });
    expect(refusals.get("")).toEqual(
      new Map([
        ["pixels", 2],
        ["no_unit", 1],
      ]),
    );
    expect(refusals.get("distance")!.get("pixels")).toBe(2);
  });

  it("leave truths below 5 mm out of what is relative, not of the errors in metres", () => {
    const { overall } = measure([length(0, said(0.02)), length(0.1, said(0.1))]).predictors[0]!;
    expect(overall.within_50_200).toMatchObject({ value: 1, n: 1, of: 1 });
    expect(overall.mae).toMatchObject({ value: 0.01, n: 2, of: 2 });
  });

  it("hold the wrong sign for wrong", () => {
    const of = values([
      row("left_difference", { shape: "quantity", value_m: -0.2 }, said(0.2)),
      row("left_difference", { shape: "quantity", value_m: -0.2 }, said(-0.2)),
    ]);
    expect(of["left_difference.within_50_200"]).toBe(0.5);
    expect(of["left_difference.mra"]).toBe(0.5);
  });

  it("find slope and intercept of any line", () => {
    const metres = fc.double({ min: -2, max: 2, noNaN: true });
    fc.assert(
      fc.property(metres, metres, (slope, intercept) => {
        const rows = [0.1, 0.4, 0.7, 1.5].map((x) => length(x, said(slope * x + intercept)));
        const of = values(rows);
        expect(of.bias_slope).toBeCloseTo(slope, 9);
        expect(of.bias_intercept).toBeCloseTo(intercept, 9);
      }),
    );
    expect(values([length(0.3, said(0.2)), length(0.3, said(0.4))]).bias_slope).toBeUndefined();
  });

  it("tell how often the truth is within the model's own sigmas", () => {
    const { predictors } = measure([
      length(1, said(1.005, 0.01)),
      length(1, said(1.015, 0.01)),
      length(1, said(1.05, 0.01)),
      length(1, said(1.05, 0)),
    ]);
    const { overall, calibration } = predictors[0]!;
    expect(overall.within_1_sigma).toMatchObject({ value: 1 / 3, n: 3, of: 4 });
    expect(overall.within_2_sigma).toMatchObject({ value: 2 / 3, n: 3, of: 4 });
    const one = calibration.find(({ sigmas }) => sigmas === 1)!;
    expect(one.expected).toBeCloseTo(0.6827, 4);
    expect(one.inside.value).toBeCloseTo(1 / 3, 12);
  });

  it("are told by the truth's size, an edge belonging to the bin above it", () => {
    const of = values([length(0.1, said(0.1)), length(0.19, said(0.1)), length(3, said(9))]);
    expect(of["size.10_20cm.within_90_110"]).toBe(0.5);
    expect(of["size.2_5m.within_50_200"]).toBe(0);
    expect(of["size.5_10cm.mae"]).toBeUndefined();
  });
});

describe("figures of verdicts", () => {
  const verdict = (yes: boolean, answer: boolean | RefusalReason): AnswerRow =>
    row(
      "left_predicate",
      { shape: "yes_no", yes },
      typeof answer === "boolean"
        ? { text: "", value: { shape: "yes_no", yes: answer, confidence: 1 } }
        : refused(answer),
    );

  it("are accuracy, of the answered and of all, and how often the first answer is said", () => {
    const { groups, overall } = measure([
      verdict(true, true),
      verdict(true, true),
      verdict(false, true),
      verdict(false, "unclear"),
    ]).predictors[0]!;
    const of = groups.get("left_predicate")!;
    expect(of.accuracy).toMatchObject({ value: 2 / 3, n: 3, of: 4 });
    expect(of.accuracy_of_all).toMatchObject({ value: 0.5 });
    expect(of.first_said).toMatchObject({ value: 1 });
    expect(of.first_true).toMatchObject({ value: 0.5 });
    expect(overall.accuracy).toEqual(of.accuracy);
  });

  it("tell choices and relations apart", () => {
    const of = values([
      row(
        "tall_choice",
        { shape: "choice", choice: "object" },
        { text: "", value: { shape: "choice", choice: "object", confidence: 1 } },
      ),
      row(
        "left_right",
        { shape: "class", relation: "left" },
        { text: "", value: { shape: "class", relation: "right", confidence: 1 } },
      ),
    ]);
    expect(of["choice.accuracy"]).toBe(1);
    expect(of["class.accuracy"]).toBe(0);
    expect(of.accuracy).toBe(0.5);
  });

  it("count a question that cannot be answered as right where it is refused", () => {
    const truth: Truth = { shape: "refusal", reason: "no_object" };
    const { overall } = measure([
      row("distance", truth, refused("no_object")),
      row("distance", truth, said(0.3)),
    ]).predictors[0]!;
    expect(overall.refused_rightly).toMatchObject({ value: 0.5, of: 2 });
    expect(overall.mae).toBeUndefined();
  });
});

describe("intervals", () => {
  /** Right answers of `share`, in images of `size` questions that are all right or all wrong. */
  const answers = (images: number, size: number, share: number): AnswerRow[] =>
    Array.from({ length: images * size }, (_, i) => {
      const image = Math.floor(i / size);
      const isRight = Math.floor((image + 1) * share) > Math.floor(image * share);
      return length(1, said(isRight ? 1 : 3), `f${image}`);
    });
  const width = (rows: readonly AnswerRow[]): number => {
    const [low, high] = measure(rows).predictors[0]!.overall.within_90_110!.interval!;
    return high - low;
  };

  it("are those of a binomial share where images are independent", () => {
    // 400 draws of 0.3: a standard error of 2.3 %, so 95 % are 9 % wide.
    expect(width(answers(400, 1, 0.3))).toBeGreaterThan(0.075);
    expect(width(answers(400, 1, 0.3))).toBeLessThan(0.105);
  });

  it("are as wide as the images are few, however many questions each has", () => {
    expect(width(answers(40, 10, 0.3)) / width(answers(400, 1, 0.3))).toBeGreaterThan(2.5);
  });

  it("depend on the seed alone, not on the order of rows", () => {
    const rows = answers(30, 4, 0.4);
    const interval = (of: readonly AnswerRow[], seed: number) =>
      measure(of, seed).predictors[0]!.overall.within_90_110!.interval;
    expect(interval([...rows].reverse(), 1)).toEqual(interval(rows, 1));
    expect(interval(rows, 2)).not.toEqual(interval(rows, 1));
  });

  it("are not given where fewer than five images speak", () => {
    expect(measure(answers(4, 50, 0.5)).predictors[0]!.overall.mae!.interval).toBeUndefined();
    expect(measure(answers(5, 1, 0.5)).predictors[0]!.overall.mae!.interval).toBeDefined();
  });
});

describe("thresholds on answers", () => {
  const metrics = measure([length(1, said(1.3)), length(0.3, refused("unclear"))]);
  const failing = (...texts: string[]) =>
    failedAnswerThresholds(
      metrics,
      texts.map((text) => parseThreshold("min", text)),
    ).map(({ figureKey }) => figureKey);

  it("hold or are named", () => {
    expect(failing("within_50_200=1", "distance.mra=0.9", "answered=0.6")).toEqual([
      "distance.mra",
      "answered",
    ]);
  });

  it("of a figure without a value fail", () => {
    expect(failing("bias_slope=0")).toEqual(["bias_slope"]);
  });

  it("of an unknown figure are refused with a suggestion", () => {
    expect(() => failing("distanc.mra=1")).toThrow(ThresholdError);
    expect(() => failing("distanc.mra=1")).toThrow(/Is it distance\.mra\?/);
  });
});
