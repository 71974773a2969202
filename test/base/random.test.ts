import { describe, expect, it } from "vitest";
import { fnv1a, mulberry32, normal, Random, shuffled } from "../../src/base/index.js";

describe("random numbers", () => {
  it("repeat for the same seed, and differ between streams", () => {
    const draw = (seed: number, stream: string) => new Random(seed, stream).next();
    expect(draw(7, "layout")).toBe(draw(7, "layout"));
    expect(draw(7, "layout")).not.toBe(draw(7, "script"));
  });

  it("are those of mulberry32's reference", () => {
    const random = mulberry32(1);
    expect([random(), random()].map((x) => Math.round(x * 2 ** 32))).toEqual([
      2693262067, 11749833,
    ]);
  });

  it("keep every item when they shuffle", () => {
    const items = Array.from({ length: 50 }, (_, i) => i);
    for (const order of [shuffled(items, 3), new Random(3, "order").shuffle(items)]) {
      expect(order).not.toEqual(items);
      expect([...order].sort((a, b) => a - b)).toEqual(items);
    }
  });

  it("are normal with mean 0 and deviation 1", () => {
    const random = mulberry32(2);
    const draws = Array.from({ length: 20_000 }, () => normal(random));
    const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length;
    const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length;
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(variance - 1)).toBeLessThan(0.05);
  });

  it("are seeded by texts through FNV-1a", () => {
    expect(fnv1a("") >>> 0).toBe(0x811c9dc5);
    expect(fnv1a("a") >>> 0).toBe(0xe40c292c);
  });
});
