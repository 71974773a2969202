import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dbscan, NOISE } from "../../src/geometry/index.js";

const cloud = fc
  .array(fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: 0, max: 6 }))), {
    minLength: 1,
    maxLength: 40,
  })
  .map((points) => ({ count: points.length, xyz: Float32Array.from(points.flat()) }));

/** The definition, word for word: density-reachability by transitive closure. */
function bruteForce(
  { count, xyz }: { count: number; xyz: Float32Array },
  eps: number,
  min: number,
) {
  const near = (i: number, j: number): boolean =>
    Math.hypot(...[0, 1, 2].map((axis) => xyz[3 * i + axis]! - xyz[3 * j + axis]!)) <= eps;
  const all = Array.from({ length: count }, (_, i) => i);
  const isCore = all.map((i) => all.filter((j) => near(i, j)).length >= min);
  const joined = all.map((i) => all.map((j) => isCore[i]! && isCore[j]! && near(i, j)));
  for (const k of all)
    for (const i of all) for (const j of all) joined[i]![j] ||= joined[i]![k]! && joined[k]![j]!;
  return { isCore, joined, near };
}

describe("dbscan", () => {
  it("joins exactly the core points that reach each other, borders to a core, and no others", () => {
    fc.assert(
      fc.property(
        cloud,
        fc.constantFrom(1, 1.5, 2.3),
        fc.integer({ min: 1, max: 6 }),
        (points, eps, min) => {
          const clusters = dbscan(points, eps, min);
          const { isCore, joined, near } = bruteForce(points, eps, min);
          for (let i = 0; i < points.count; i++) {
            const cores = isCore.flatMap((core, j) => (core && near(i, j) ? [j] : []));
            if (cores.length === 0) expect(clusters[i]).toBe(NOISE);
            else expect(cores.map((j) => clusters[j])).toContain(clusters[i]);
            for (let j = 0; j < points.count; j++)
              if (isCore[i] && isCore[j])
                expect(clusters[i] === clusters[j]).toBe(i === j || joined[i]![j]);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
