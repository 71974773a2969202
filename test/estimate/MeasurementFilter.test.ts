import fc from "fast-check";
import { mean, sampleRankCorrelation } from "simple-statistics";
import { describe, expect, it } from "vitest";
import { mulberry32, normal } from "../../src/base/index.js";
import { MeasurementFilter } from "../../src/estimate/index.js";
import type { FilterSpec } from "../../src/task/index.js";
import { approach, PERIOD_NS, stampOf } from "../reward/traces.js";

const SPEC: FilterSpec = { medianWindow: 5, gateSigma: 4, accelerationSigma: 3 };
const SIGMA_M = 0.003;

function filter(spec: Partial<FilterSpec> = {}, signed = false): MeasurementFilter {
  return new MeasurementFilter({ ...SPEC, ...spec }, { signed, stalenessS: 0.5 });
}

/** Feeds one sample a frame; null is a refusal. */
function run(samples: readonly (number | null)[], under = filter(), sigma = SIGMA_M) {
  return samples.map((z, i) =>
    z === null
      ? under.miss(stampOf(i), "no_object: label 2 is not in the image")
      : under.sample(stampOf(i), z, sigma),
  );
}

const still = <T>(count: number, z: T): T[] => Array.from({ length: count }, () => z);

describe("MeasurementFilter on a clean trace", () => {
  const truth = approach();
  const random = mulberry32(3);
  const noise = () => normal(random);
  const samples = truth.map((x) => Math.abs(x + SIGMA_M * noise()));
  const estimates = run(samples);
  const values = estimates.map(({ value }) => value!);

  it("keeps the order of the true distances", () => {
    expect(sampleRankCorrelation(truth, values)).toBeGreaterThan(0.995);
  });

  it("lags less than a frame", () => {
    const steps = truth.slice(1).map((x, i) => truth[i]! - x);
    const behind = steps.map((step, i) => (values[i + 1]! - truth[i + 1]!) * step);
    const lag = mean(behind) / mean(steps.map((step) => step ** 2));
    expect(Math.abs(lag)).toBeLessThan(0.5);
  });

  it("is nearer to the truth than the samples", () => {
    const rms = (of: number[]) => Math.sqrt(mean(of.map((x, i) => (x - truth[i]!) ** 2)));
    expect(rms(values)).toBeLessThan(rms(samples));
  });

  it("claims no more than a sample does: what all samples err alike is not averaged away", () => {
    for (const { sigma } of estimates) expect(sigma).toBeGreaterThan(0.999 * SIGMA_M);
    expect(estimates.at(-1)!.sigma).toBeLessThan(1.5 * SIGMA_M);
  });

  it("takes every sample of it", () => {
    expect(estimates.every(({ validity }) => validity === "ok")).toBe(true);
  });
});

describe("MeasurementFilter and samples that err alike", () => {
  it.each([10, 30])("holds the truth within sigma as its samples do, at %i Hz", (rateHz) => {
    const random = mulberry32(5);
    const inside = Array.from({ length: 200 }, () => {
      const under = filter();
      const offset = SIGMA_M * normal(random);
      let last = under.sample(0n, 0.3 + offset, SIGMA_M);
      for (let i = 1; i < 2 * rateHz; i++) {
        last = under.sample(BigInt(Math.round((i * 1e9) / rateHz)), 0.3 + offset, SIGMA_M);
      }
      return Math.abs(last.value! - 0.3) <= last.sigma! ? 1 : 0;
    });
    expect(mean(inside)).toBeGreaterThan(0.6);
    expect(mean(inside)).toBeLessThan(0.76);
  });

  it("follows the sigma of the samples that the value rests on", () => {
    const under = filter();
    const sigmas = [0.003, 0.003, 0.03, 0.03, 0.03, 0.03, 0.003, 0.003, 0.003];
    const out = sigmas.map((sigma, i) => under.sample(stampOf(i), 0.3, sigma).sigma!);
    expect(out[1]).toBeCloseTo(0.003, 3);
    expect(out[5]).toBeGreaterThan(0.02);
    expect(out[8]).toBeLessThan(0.006);
  });
});

describe("MeasurementFilter and outliers", () => {
  it("holds the prediction, says why, and lets sigma grow", () => {
    const [before, one, two, after] = run([...still(10, 0.3), 1.8, 0.05, 0.3]).slice(9);
    expect(one).toMatchObject({ validity: "stale", value: expect.closeTo(0.3, 6) });
    expect(one!.reason).toMatch(/^outlier: 1\.800 m where 0\.300 m ± 0\.0\d\d m was expected$/);
    expect(two!.validity).toBe("stale");
    expect(two!.sigma).toBeGreaterThan(one!.sigma!);
    expect(one!.sigma).toBeGreaterThan(before!.sigma!);
    expect(after).toMatchObject({ validity: "ok", value: expect.closeTo(0.3, 6) });
  });

  it("accepts a real jump when the median has followed", () => {
    const estimates = run([...still(10, 0.3), ...still(5, 0.7)]).slice(10);
    expect(estimates.map(({ validity }) => validity)).toEqual(["stale", "stale", "ok", "ok", "ok"]);
    expect(estimates[2]!.value).toBeCloseTo(0.7, 6);
  });

  it("accepts a jump in the middle of a motion", () => {
    const moving = Array.from({ length: 30 }, (_, i) => 0.6 - 0.01 * i - (i < 15 ? 0 : 0.15));
    const estimates = run(moving);
    expect(estimates.filter(({ validity }) => validity !== "ok").length).toBeLessThanOrEqual(3);
    expect(estimates.at(-1)!.value).toBeCloseTo(moving.at(-1)!, 2);
  });

  it("recovers from a first sample that is an outlier", () => {
    const estimates = run([2, ...still(6, 0.3)]);
    expect(estimates.at(-1)).toMatchObject({ validity: "ok", value: expect.closeTo(0.3, 3) });
  });

  it("lets everything pass with a median of one sample", () => {
    const estimates = run([...still(5, 0.3), 1.8], filter({ medianWindow: 1 }));
    expect(estimates.at(-1)!.validity).toBe("ok");
  });

  it("gives the samples as they come with an infinite acceleration", () => {
    const spec = { medianWindow: 1, gateSigma: Number.POSITIVE_INFINITY };
    const none = filter({ ...spec, accelerationSigma: Number.POSITIVE_INFINITY });
    expect(run([0.3, 1.8, 0.1], none).map(({ value }) => value)).toEqual([0.3, 1.8, 0.1]);
  });
});

describe("MeasurementFilter and missing answers", () => {
  const gap = (count: number) => Array.from({ length: count }, () => null);

  it("has no value before the first sample", () => {
    expect(run([null])[0]).toEqual({
      value: null,
      sigma: null,
      validity: "invalid",
      reason: "no_object: label 2 is not in the image",
    });
  });

  it("holds the last value up to the staleness bound, then has none", () => {
    const estimates = run([0.3, 0.29, ...gap(9)]);
    expect(estimates.slice(2, 9).map(({ validity }) => validity)).toEqual(still(7, "stale"));
    expect(new Set(estimates.slice(1, 9).map(({ value }) => value)).size).toBe(1);
    expect(estimates[9]).toMatchObject({ value: null, sigma: null, validity: "invalid" });
    expect(estimates[9]!.reason).toBe(
      "no_object: label 2 is not in the image; the last value is 0.53 s old",
    );
  });

  it("begins anew with the sample after a lapse", () => {
    const estimates = run([...still(5, 0.3), ...gap(9), 0.8]);
    expect(estimates.at(-1)).toMatchObject({ validity: "ok", value: 0.8, sigma: SIGMA_M });
  });

  it("follows a motion over dropped frames by their stamps", () => {
    const under = filter();
    for (let i = 0; i < 10; i++) under.sample(stampOf(i), 0.6 - 0.02 * i, SIGMA_M);
    const late = under.sample(stampOf(13), 0.6 - 0.02 * 13, SIGMA_M);
    expect(late.value).toBeCloseTo(0.34, 3);
  });
});

describe("MeasurementFilter always", () => {
  const samples = fc.array(
    fc.option(
      fc.record({
        z: fc.double({ min: 0, max: 10, noNaN: true }),
        sigma: fc.double({ min: 0, max: 1, noNaN: true }),
        frames: fc.integer({ min: 0, max: 20 }),
      }),
    ),
    { maxLength: 60 },
  );

  function replay(events: readonly ({ z: number; sigma: number; frames: number } | null)[], k = 1) {
    const under = filter({ accelerationSigma: k });
    let stampNs = 0n;
    return events.map((event) => {
      stampNs += PERIOD_NS * BigInt(event?.frames ?? 1);
      return event
        ? under.sample(stampNs, k * event.z, k * event.sigma)
        : under.miss(stampNs, "refused: no");
    });
  }

  it("has a finite value, not below 0, with a positive sigma, or none and a reason", () => {
    fc.assert(
      fc.property(samples, (events) => {
        for (const { value, sigma, validity, reason } of replay(events)) {
          expect(reason === "").toBe(validity === "ok");
          if (validity === "invalid") expect([value, sigma]).toEqual([null, null]);
          else {
            expect(value).toBeGreaterThanOrEqual(0);
            expect(sigma).toBeGreaterThan(0);
            expect(Number.isFinite(value! + sigma!)).toBe(true);
          }
        }
      }),
    );
  });

  it("gives the same for the same samples", () => {
    fc.assert(
      fc.property(samples, (events) => {
        expect(replay(events)).toEqual(replay(events));
      }),
    );
  });

  it("does not care for the unit of length", () => {
    const coarse = samples.map((events) =>
      events.map(
        (event) =>
          event && {
            ...event,
            sigma: Math.max(event.sigma, 0.001),
            z: Math.fround(event.z + 1e-3),
          },
      ),
    );
    fc.assert(
      fc.property(coarse, (events) => {
        const scaled = replay(events, 4);
        for (const [i, { value, sigma, validity }] of replay(events).entries()) {
          expect(scaled[i]!.validity).toBe(validity);
          if (value === null) continue;
          expect(scaled[i]!.value).toBe(4 * value);
          expect(scaled[i]!.sigma).toBe(4 * sigma!);
        }
      }),
    );
  });

  it("lets signed quantities go below 0", () => {
    expect(run([-0.2, -0.2], filter({}, true)).at(-1)!.value).toBeCloseTo(-0.2, 6);
  });
});
