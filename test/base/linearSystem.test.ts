import { describe, expect, it } from "vitest";
import { inverted, Random, solved } from "../../src/base/index.js";

/** Of entries -1..1, some of them 0. */
function randomMatrix(random: Random, size: number): number[][] {
  const entry = () => (random.next() < 0.2 ? 0 : 2 * random.next() - 1);
  return Array.from({ length: size }, () => Array.from({ length: size }, entry));
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);

describe("solved and inverted", () => {
  it("find what the matrix turns into the right-hand side, and into the identity", () => {
    const random = new Random(1, "linear systems");
    for (let round = 0; round < 50; round++) {
      const matrix = randomMatrix(random, 1 + (round % 7));
      const right = matrix.map(() => random.next());
      const x = solved(matrix, right);
      const inverse = inverted(matrix);
      expect(x === undefined).toBe(inverse === undefined);
      if (!x || !inverse) continue;
      const largest = Math.max(1, ...inverse.flatMap((row) => Array.from(row, Math.abs)));
      matrix.forEach((row, i) => {
        expect(Math.abs(dot(row, x) - (right[i] ?? 0)) / largest).toBeLessThan(1e-10);
        matrix.forEach((_, k) => {
          const column = inverse.map((values) => values[k] ?? 0);
          expect(Math.abs(dot(row, column) - (i === k ? 1 : 0)) / largest).toBeLessThan(1e-10);
        });
      });
    }
  });

  it("swap rows where the pivot is 0", () => {
    const swap = [
      [0, 1],
      [1, 0],
    ];
    expect(solved(swap, [2, 3])).toEqual([3, 2]);
    expect(inverted(swap)?.map((row) => [...row])).toEqual(swap);
  });

  it("are undefined of a singular matrix, and of one with what is no number", () => {
    for (const matrix of [
      [
        [1, 2],
        [2, 4],
      ],
      [
        [Number.NaN, 1],
        [1, 0],
      ],
    ]) {
      expect(solved(matrix, [1, 1])).toBeUndefined();
      expect(inverted(matrix)).toBeUndefined();
    }
  });

  it("take a pivot for 0 that the caller says is too small", () => {
    const matrix = [[1e-6]];
    expect(solved(matrix, [1e-6])).toEqual([1]);
    expect(solved(matrix, [1e-6], 1e-5)).toBeUndefined();
  });

  it("leave what they are given as it is", () => {
    const matrix = [Float64Array.of(0, 2), Float64Array.of(4, 1)];
    solved(matrix, Float64Array.of(1, 2));
    inverted(matrix);
    expect(matrix).toEqual([Float64Array.of(0, 2), Float64Array.of(4, 1)]);
  });
});
