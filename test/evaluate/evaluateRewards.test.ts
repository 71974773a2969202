import { describe, expect, it } from "vitest";
import { evaluateRewards, figuresByKey, formatMetrics } from "../../src/evaluate/index.js";
import { episode, series } from "./builders.js";

const approach = Array.from({ length: 40 }, (_, i) => 0.4 * (1 - i / 40));

describe("evaluateRewards: measurements", () => {
  it("describes the diseases of a distance model: shrunk slope, offset, floor at contact", () => {
    // SpatialVLM, figure 5, as digitised.
    const truth = [0.7, 0.53, 0.42, 0.33, 0.23, 0.1, 0.06, 0.0];
    const said = [0.48, 0.42, 0.27, 0.19, 0.13, 0.13, 0.106, 0.116];
    const metrics = evaluateRewards([
      episode(said, "success", { measurements: [series(said, truth)] }),
    ]);
    const { real } = metrics.measurements[0]!;
    expect(real.bias_slope?.value).toBeCloseTo(0.57, 2);
    expect(real.bias_intercept?.value).toBeCloseTo(0.06, 2);
    expect(real.pearson?.value).toBeCloseTo(0.948, 2);
    expect(real.kendall?.value).toBeCloseTo(0.89, 1);
    expect(real.mae?.value).toBeCloseTo(0.115, 2);
    expect(real.floor_at_contact).toEqual({ value: 0.116, n: 1, of: 8 });
  });

  it("collapses under reversed, shuffled and wrong-target controls when it is good", () => {
    const elsewhere = approach.map((_, i) => 0.3 + 0.05 * Math.sin(i));
    const measurements = [
      series(approach, approach, { decoys: new Map([["bowl", Float64Array.from(elsewhere)]]) }),
    ];
    const { real, controls, wrongTargetObject } = evaluateRewards([
      episode(approach, "success", { measurements }),
    ]).measurements[0]!;
    expect(real.spearman?.value).toBeCloseTo(1, 12);
    expect(real.mae?.value).toBe(0);
    expect(controls.reversed.spearman?.value).toBeCloseTo(-1, 12);
    expect(Math.abs(controls.shuffled.spearman!.value!)).toBeLessThan(0.4);
    expect(controls.shuffled.mae?.value).toBeGreaterThan(0.05);
    expect(wrongTargetObject).toBe("bowl");
    expect(controls.wrongTarget.spearman?.value).toBeLessThan(0.4);
    expect(controls.wrongTarget.mae?.value).toBeGreaterThan(0.05);
  });

  it("takes the hardest of several wrong targets", () => {
    const near = Float64Array.from(approach, (value) => value + 0.01);
    const far = Float64Array.from(approach, (_, i) => Math.sin(i));
    const measurements = [
      series(approach, approach, {
        decoys: new Map([
          ["far", far],
          ["near", near],
        ]),
      }),
    ];
    const metrics = evaluateRewards([episode(approach, "success", { measurements })]);
    expect(metrics.measurements[0]!.wrongTargetObject).toBe("near");
  });

  it("repeats exactly: the shuffle is seeded", () => {
    const run = () =>
      evaluateRewards([
        episode(approach, "success", { measurements: [series(approach, approach)] }),
      ]);
    expect(run()).toEqual(run());
  });

  it("counts what is covered and leaves the rest out", () => {
    const gaps = approach.map((value, i) => (i % 4 === 0 ? Number.NaN : value));
    const { answered, real } = evaluateRewards([
      episode(approach, "success", { measurements: [series(gaps, approach)] }),
    ]).measurements[0]!;
    expect(answered).toEqual({ value: 0.75, n: 30, of: 40 });
    expect(real.mae).toEqual({ value: 0, n: 30, of: 40 });
  });

  it("says coverage 0 without truth, and it is not an error", () => {
    const nowhere = approach.map(() => Number.NaN);
    const metrics = evaluateRewards([
      episode(approach, "success", { measurements: [series(approach, nowhere)] }),
    ]);
    expect(metrics.measurements[0]!.real.spearman).toEqual({ value: undefined, n: 0, of: 40 });
    expect(formatMetrics(metrics)).toContain("no truth: coverage 0/40");
  });

  it("judges yes/no and choices by accuracy", () => {
    const answers = series([1, 1, 0, 0], [1, 0, 0, 0], { kind: "left_predicate" });
    const metrics = evaluateRewards([
      episode([0, 0, 0, 0], "success", { measurements: [answers] }),
    ]);
    expect(metrics.measurements[0]!.real.accuracy).toEqual({ value: 0.75, n: 4, of: 4 });
    expect(metrics.measurements[0]!.real.mae).toBeUndefined();
  });

  it("tells an overconfident sigma from an honest one", () => {
    const truth = approach.map((value, i) => value + (i % 2 === 0 ? 0.015 : -0.015));
    const inside = (sigma: number) =>
      evaluateRewards([
        episode(approach, "success", {
          measurements: [
            series(approach, truth, { sigma: Float64Array.from(approach, () => sigma) }),
          ],
        }),
      ]).measurements[0]!.real.within_2_sigma?.value;
    expect(inside(0.01)).toBe(1);
    expect(inside(0.005)).toBe(0);
  });
});

describe("evaluateRewards: episodes", () => {
  const up = [0, 0.2, 0.4, 0.6, 0.8, 1];
  const down = [0.6, 0.5, 0.4, 0.2, 0.1, 0];

  it("gives a rising progress a VOC of 1 and a falling one −1", () => {
    expect(evaluateRewards([episode(up, "success")]).episodes.vocProgress.value).toBeCloseTo(1);
    expect(evaluateRewards([episode(down, "success")]).episodes.vocProgress.value).toBeCloseTo(-1);
  });

  it("leaves a constant series out of the VOC and of its coverage", () => {
    const { vocProgress } = evaluateRewards([
      episode(up, "success"),
      episode([0.5, 0.5, 0.5], "success"),
    ]).episodes;
    expect(vocProgress.value).toBeCloseTo(1);
    expect(vocProgress).toMatchObject({ n: 1, of: 2 });
    const dead = evaluateRewards([episode([0, 0, 0], "success")]).episodes.vocProgress;
    expect(dead).toEqual({ value: undefined, n: 0, of: 1 });
  });

  it("unmasks a clock: it scores as well on unsuccessful episodes, and by length alone", () => {
    const clock = evaluateRewards([
      episode(up, "success"),
      episode(up.slice(0, 4), "failure"),
    ]).episodes;
    expect(clock.vocProgress.value).toBeCloseTo(1);
    expect(clock.controls.unsuccessful.voc_progress?.value).toBeCloseTo(1);
    expect(clock.controls.clock.auroc?.value).toBe(1);
  });

  it("counts steps back on successful episodes and finds the largest", () => {
    const { monotonicityViolations, largestBackwardJump } = evaluateRewards([
      episode([0, 0.3, 0.1, 0.4, 0.35, 1], "success"),
      episode(down, "failure"),
    ]).episodes;
    expect(monotonicityViolations).toEqual({ value: 2 / 5, n: 5, of: 5 });
    expect(largestBackwardJump.value).toBeCloseTo(0.2, 12);
  });

  it("ignores what comes after the end of the episode", () => {
    const ended = episode([0, 0.5, 1, 0, 0], "success", { ended: { how: "success", index: 2 } });
    const { episodes, rows } = evaluateRewards([ended]);
    expect(episodes.vocProgress.value).toBeCloseTo(1);
    expect(episodes.largestBackwardJump.value).toBe(0);
    expect(rows[0]).toMatchObject({ return: 1.5, finalProgress: 1, durationS: 0.2, frames: 5 });
  });

  it("tells success from failure by the return", () => {
    const { auroc, returnMargin, worstCaseMargin } = evaluateRewards([
      episode([1, 1, 1], "success"),
      episode([1, 1, 0], "success"),
      episode([0, 0, 1], "failure"),
    ]).episodes;
    expect(auroc).toEqual({ value: 1, n: 3, of: 3 });
    expect(returnMargin.value).toBeCloseTo(1.5);
    expect(worstCaseMargin.value).toBeCloseTo(1);
  });

  it("takes the reward's own verdict for VOC where nobody states the outcome, not for AUROC", () => {
    const own = episode(up, "", { ended: { how: "success", index: 5 } });
    const { vocProgress, auroc } = evaluateRewards([own, episode(down, "failure")]).episodes;
    expect(vocProgress).toMatchObject({ n: 1, of: 1 });
    expect(auroc).toEqual({ value: undefined, n: 1, of: 2 });
  });

  it("does not count invalid rewards as zero", () => {
    const { rows, episodes } = evaluateRewards([
      episode([1, 1, 1, 1], "success", { reward: Float64Array.of(1, Number.NaN, 2, Number.NaN) }),
    ]);
    expect(rows[0]).toMatchObject({ return: 3, ok: 2, invalid: 2 });
    expect(episodes.rewarded).toEqual({ value: 0.5, n: 2, of: 4 });
  });
});

describe("figuresByKey", () => {
  it("names every figure and control once", () => {
    const metrics = evaluateRewards([
      episode(approach, "success", { measurements: [series(approach, approach)] }),
    ]);
    const keys = [...figuresByKey(metrics).keys()];
    expect(new Set(keys).size).toBe(keys.length);
    for (const key of ["reach.mae", "reach.wrong_target.spearman", "voc_progress", "clock.auroc"]) {
      expect(keys).toContain(key);
    }
  });
});
