import { describe, expect, it } from "vitest";
import { MajorityFilter } from "../../src/estimate/index.js";
import { stampOf } from "../reward/traces.js";

/** Standard error of an answer that the model is 90 % sure of. */
const SURE = Math.sqrt(0.1);

describe("MajorityFilter", () => {
  it("says what most of the last answers say", () => {
    const under = new MajorityFilter(5, 0.5);
    const values = [1, 1, 1, 0, 1, 0, 0, 0].map((z, i) => under.sample(stampOf(i), z, SURE).value);
    expect(values).toEqual([1, 1, 1, 1, 1, 1, 0, 0]);
  });

  it("follows the newest answer in a draw", () => {
    const under = new MajorityFilter(4, 0.5);
    under.sample(stampOf(0), 1, SURE);
    expect(under.sample(stampOf(1), 0, SURE).value).toBe(0);
  });

  it("doubts more when the answers differ", () => {
    const under = new MajorityFilter(3, 0.5);
    const agreed = under.sample(stampOf(0), 1, SURE).sigma!;
    under.sample(stampOf(1), 0, SURE);
    expect(agreed).toBeCloseTo(SURE, 12);
    expect(under.sample(stampOf(2), 1, SURE).sigma).toBeGreaterThan(agreed);
  });

  it("holds the last value up to the staleness bound, then forgets what was said", () => {
    const under = new MajorityFilter(5, 0.5);
    for (let i = 0; i < 3; i++) under.sample(stampOf(i), 1, SURE);
    expect(under.miss(stampOf(3), "refused: no")).toMatchObject({ value: 1, validity: "stale" });
    expect(under.miss(stampOf(20), "refused: no")).toMatchObject({
      value: null,
      validity: "invalid",
    });
    expect(under.sample(stampOf(21), 0, SURE).value).toBe(0);
  });
});
