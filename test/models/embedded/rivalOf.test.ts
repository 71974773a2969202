import { describe, expect, it } from "vitest";
import { rivalOf } from "../../../src/models/embedded/rivalOf.js";

/** Geometry of cells that show things at these places along x, metres. */
function cellsAt(...places: readonly number[]): Float32Array {
  const geometry = new Float32Array(9 * places.length);
  places.forEach((x, cell) => {
    geometry[9 * cell] = x;
  });
  return geometry;
}

describe("what else a pointer points at", () => {
  it("is nothing where all of its cells show one thing", () => {
    const { share } = rivalOf([5, 5, -9], cellsAt(0.1, 0.12, 0.4));
    expect(share).toBeLessThan(1e-5);
  });

  it("is surely another thing only where it is farther away than cells of one thing disagree", () => {
    const { share, otherShare } = rivalOf([2, 2, 2], cellsAt(0, 0.07, 0.2));
    expect(share).toBeCloseTo(2 / 3, 6);
    expect(otherShare).toBeCloseTo(1 / 3, 6);
  });

  it("is the share of the attention on others, and how far those are", () => {
    const { share, apartM } = rivalOf([2, 2, 2], cellsAt(0, 0.01, 0.3));
    expect(share).toBeCloseTo(1 / 3, 6);
    expect(apartM).toBeCloseTo(0.3, 6);
  });

  it("is not known of an encoder that gives no geometry", () => {
    expect(rivalOf([1, 2], [0])).toEqual({ share: 0, apartM: 0, otherShare: 0 });
  });
});
