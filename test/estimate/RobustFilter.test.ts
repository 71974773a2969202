import { describe, expect, it } from "vitest";
import { Random } from "../../src/base/index.js";
import { RobustFilter } from "../../src/estimate/index.js";
import { UNMEASURED } from "../../src/language/index.js";
import { stampOf } from "../reward/traces.js";

const options = { signed: false, stalenessS: 0.5 };

describe("RobustFilter", () => {
  it("goes nowhere on a velocity that a few noisy answers invented", () => {
    // What a model said of a gripper that hovers 36 cm from a mug.
    const said = [0.34, 0.18, 0.26, 0.18, 0.3, 0.27, 0.23, 0.3, 0.18, 0.2, 0.14, 0.24, 0.19, 0.3];
    const filter = new RobustFilter(options);
    for (const [i, z] of said.entries()) {
      const { value } = filter.sample(stampOf(i), z, 0.005, UNMEASURED);
      expect(value).toBeGreaterThan(0.17);
      expect(value).toBeLessThan(0.36);
    }
  });

  it("moves less for an answer that is wild, and says that it is an outlier", () => {
    const filter = new RobustFilter(options);
    for (let i = 0; i < 20; i++) filter.sample(stampOf(i), 0.3 + 0.02 * (i % 2), 0.005, UNMEASURED);
    const { value, validity, reason } = filter.sample(stampOf(20), 2.5, 0.005, UNMEASURED);
    expect(value).toBeCloseTo(0.31, 1);
    expect(validity).toBe("stale");
    expect(reason).toMatch(/^outlier: 2\.500 m where 0\.3/);
  });

  it("knows no more than the reliability says, however long a model says the same", () => {
    const filter = new RobustFilter(options);
    let sigma: number | null = 0;
    for (let i = 0; i < 100; i++) sigma = filter.sample(stampOf(i), 0.4, 0.005, UNMEASURED).sigma;
    expect(sigma).toBeGreaterThan(0.4 * 0.4);
  });

  it("averages out what scatters: a model without a bias of its own is known better in time", () => {
    const random = new Random(1, "noise");
    const worth = { relativeSigma: 0.25, absoluteSigmaM: 0, wildShare: 0.03 };
    const filter = new RobustFilter(options);
    const first = filter.sample(stampOf(0), 0.4, 0.005, worth).sigma ?? 0;
    let last = first;
    for (let i = 1; i < 60; i++) {
      last =
        filter.sample(stampOf(i), 0.4 * Math.exp(0.25 * random.normal()), 0.005, worth).sigma ?? 0;
    }
    expect(last).toBeLessThan(0.8 * first);
  });

  it("holds the last value in a burst of refusals, less and less sure, up to the staleness", () => {
    const filter = new RobustFilter(options);
    for (let i = 0; i < 5; i++) filter.sample(stampOf(i), 0.3, 0.005, UNMEASURED);
    const soon = filter.miss(stampOf(6), "refused: no");
    const late = filter.miss(stampOf(9), "refused: no");
    expect(soon).toMatchObject({ validity: "stale", reason: "refused: no" });
    expect(soon.value).toBeCloseTo(0.3, 6);
    expect(late.sigma).toBeGreaterThan(soon.sigma ?? 1);
    expect(filter.miss(stampOf(30), "refused: no")).toMatchObject({
      value: null,
      validity: "invalid",
    });
  });
});
