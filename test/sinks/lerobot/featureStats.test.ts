import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { joinStats, PictureStats, statsOf } from "../../../src/sinks/index.js";

describe("statsOf", () => {
  it("gives what LeRobot computes of the same numbers", () => {
    // get_feature_stats of LeRobot 0.6.1 on 0, 1, 4, 9, … 81.
    const squares = Array.from({ length: 10 }, (_, i) => i * i);
    const stats = statsOf([squares]);
    expect(stats?.count).toBe(10);
    expect(stats?.min).toEqual([0]);
    expect(stats?.max).toEqual([81]);
    expect(stats?.mean[0]).toBeCloseTo(28.5, 9);
    expect(stats?.std[0]).toBeCloseTo(26.8524, 3);
    expect(stats?.q50[0]).toBeCloseTo(16.0056, 3);
    expect(stats?.q99[0]).toBeCloseTo(80.998, 2);
  });

  it("leaves out what is not known, and has none where nothing is", () => {
    expect(statsOf([[1, Number.NaN, 3]])).toMatchObject({ count: 2, mean: [2], min: [1] });
    expect(
      statsOf([
        [1, 2],
        [Number.NaN, Number.NaN],
      ]),
    ).toBeUndefined();
    expect(statsOf([[5]])).toMatchObject({ count: 1, std: [0], q01: [5], q99: [5] });
  });

  it("keeps quantiles between the ends and in their order", () => {
    const number = fc.double({ noNaN: true, min: -1e6, max: 1e6 });
    fc.assert(
      fc.property(fc.array(number, { minLength: 2, maxLength: 60 }), (values) => {
        const stats = statsOf([values]);
        if (!stats) throw new Error("no statistics");
        const [min = 0] = stats.min;
        const [max = 0] = stats.max;
        const slack = 1e-9 + 1e-9 * Math.abs(max - min);
        const order = [stats.q01, stats.q10, stats.q50, stats.q90, stats.q99].map(([q = 0]) => q);
        for (const [i, q] of order.entries()) {
          expect(q).toBeGreaterThanOrEqual(Math.max(min, order[i - 1] ?? min) - slack);
          expect(q).toBeLessThanOrEqual(max + slack);
        }
      }),
    );
  });
});

describe("PictureStats", () => {
  it("looks at all pictures of a short episode and at fewer of a long one", () => {
    const wanted = (length: number) => {
      const stats = new PictureStats(length);
      return Array.from({ length }, (_, i) => i).filter((i) => stats.wants(i)).length;
    };
    expect([1, 30, 100, 400, 1000].map(wanted)).toEqual([1, 30, 100, 100, 177]);
  });

  it("gives the channels from 0 to 1, of the pixels that LeRobot looks at", () => {
    const stats = new PictureStats(1);
    const data = new Uint8Array(2 * 2 * 3);
    data.set([255, 0, 51, 255, 0, 51, 0, 0, 51, 0, 0, 51]);
    stats.add({ width: 2, height: 2, data });
    expect(stats.stats()).toMatchObject({ mean: [0.5, 0, 0.2], count: 1, max: [1, 0, 0.2] });
  });
});

describe("joinStats", () => {
  it("joins moments exactly", () => {
    const [a, b] = [
      [1, 2, 3, 4],
      [10, 20],
    ];
    const [first, second, both] = [
      statsOf([a ?? []]),
      statsOf([b ?? []]),
      statsOf([[...(a ?? []), ...(b ?? [])]]),
    ];
    if (!first || !second || !both) throw new Error("no statistics");
    const joined = joinStats([first, second]);
    expect(joined?.mean[0]).toBeCloseTo(both.mean[0] ?? 0, 12);
    expect(joined?.std[0]).toBeCloseTo(both.std[0] ?? 0, 12);
    expect(joined).toMatchObject({ min: both.min, max: both.max, count: 6 });
  });
});
