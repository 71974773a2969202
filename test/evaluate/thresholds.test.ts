import { describe, expect, it } from "vitest";
import {
  evaluateRewards,
  failedThresholds,
  parseThreshold,
  ThresholdError,
} from "../../src/evaluate/index.js";
import { episode, series } from "./builders.js";

const truth = [0.4, 0.3, 0.2, 0.1];
const metrics = evaluateRewards([
  episode([0, 0.3, 0.6, 1], "success", {
    measurements: [
      series(truth, truth),
      series([0.1, 0.3, 0.2, 0.4], truth, { name: "place" }),
      series(
        truth,
        truth.map(() => Number.NaN),
        { name: "gap", kind: "gap" },
      ),
    ],
  }),
]);
const failing = (...texts: string[]) =>
  failedThresholds(
    metrics,
    texts.map((text) => parseThreshold(text.startsWith("<") ? "max" : "min", text.slice(1))),
  ).map(({ figureKey }) => figureKey);

describe("thresholds", () => {
  it("hold when the figure is at the limit or on its good side", () => {
    expect(failing(">reach.spearman=1", "<reach.mae=0", ">voc_progress=0.5")).toEqual([]);
  });

  it("name the figure that broke them", () => {
    expect(failing(">place.spearman=0.9", "<reach.mae=0.01")).toEqual(["place.spearman"]);
  });

  it("of a bare figure mean every measurement that has a truth", () => {
    expect(failing(">spearman=0.9")).toEqual(["place.spearman"]);
    expect(failing("<mae=-1")).toEqual(["reach.mae", "place.mae"]);
  });

  it("fail where there is no value", () => {
    expect(failing(">gap.spearman=-1")).toEqual(["gap.spearman"]);
    expect(failing(">auroc=0")).toEqual(["auroc"]);
  });

  it("of an unknown key are an error that lists the keys", () => {
    expect(() => failing(">spaerman=1")).toThrow(ThresholdError);
    expect(() => failing(">spaerman=1")).toThrow(/reach\.spearman\n[\s\S]*auroc/);
  });

  it("must read KEY=NUMBER", () => {
    for (const text of ["mae", "mae=", "=1", "mae=small", "mae=NaN"]) {
      expect(() => parseThreshold("min", text), text).toThrow(/KEY=VALUE/);
    }
  });
});
