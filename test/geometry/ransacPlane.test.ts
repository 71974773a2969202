import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mulberry32, normal } from "../../src/base/index.js";
import { ransacPlane } from "../../src/geometry/index.js";

/** A table top before a camera, turned by `tilt`, `share` of whose points are clutter on it; its ends rise by `bowM`. */
function tableTop(
  seed: number,
  tilt: number,
  noiseM: number,
  share: number,
  count = 1500,
  bowM = 0,
) {
  const random = mulberry32(seed);
  const up = [0, -Math.cos(tilt), -Math.sin(tilt)] as const;
  const xyz = new Float32Array(3 * count);
  for (let i = 0; i < count; i++) {
    const [u, v] = [random() - 0.5, 0.7 * (random() - 0.5)];
    const onTop = noiseM * normal(random) + bowM * (2 * u) ** 2;
    const height = random() < share ? 0.02 + 0.2 * random() : onTop;
    xyz[3 * i] = u;
    xyz[3 * i + 1] = -v * Math.sin(tilt) + height * up[1] + 0.2;
    xyz[3 * i + 2] = v * Math.cos(tilt) + height * up[2] + 1;
  }
  return { cloud: { count, xyz }, normal: up };
}

describe("ransacPlane", () => {
  it("finds a noisy, cluttered table top within half a degree and 2 mm", () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.double({ min: 0.3, max: 1.4, noNaN: true }),
        fc.double({ min: 0, max: 0.003, noNaN: true }),
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        (seed, tilt, noiseM, share) => {
          const { cloud, normal } = tableTop(seed, tilt, noiseM, share);
          const plane = ransacPlane(cloud)!;
          const cos = plane.normal.reduce((sum, n, i) => sum + n * normal[i]!, 0);
          expect(cos).toBeGreaterThan(Math.cos(Math.PI / 360));
          const atMiddle = 0.2 * plane.normal[1] + plane.normal[2] + plane.offsetM;
          expect(Math.abs(atMiddle)).toBeLessThan(0.002);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("points its normal at the camera", () => {
    const { cloud } = tableTop(1, 0.7, 0.001, 0.1);
    expect(ransacPlane(cloud)!.offsetM).toBeGreaterThan(0);
  });

  it("says how far the points scatter", () => {
    expect(ransacPlane(tableTop(3, 0.7, 0.002, 0).cloud)!.residualM).toBeCloseTo(0.002, 3);
    expect(ransacPlane(tableTop(3, 0.7, 0, 0).cloud)!.residualM).toBeLessThan(1e-4);
  });

  it.each([0, 0.002])("tells what neighbours share from noise: %d m of it", (noiseM) => {
    const warpOf = (bowM: number) =>
      ransacPlane(tableTop(4, 0.7, noiseM, 0.1, 3000, bowM).cloud)?.warpM;
    expect(warpOf(0)).toBeLessThan(0.0003);
    // Root mean square of (2u)² about its mean, u even in -1/2..1/2.
    expect(warpOf(0.006)).toBeCloseTo(0.006 * Math.sqrt(4 / 45), 3);
  });

  it("gives the same plane for the same seed", () => {
    const { cloud } = tableTop(5, 0.7, 0.002, 0.4);
    expect(ransacPlane(cloud, { seed: 9 })).toEqual(ransacPlane(cloud, { seed: 9 }));
  });

  it("finds none in a cloud without one, in a line, or in few points", () => {
    const random = mulberry32(2);
    const ball = Float32Array.from({ length: 3000 }, () => random());
    expect(ransacPlane({ count: 1000, xyz: ball })).toBeUndefined();
    const line = Float32Array.from({ length: 600 }, (_, i) => (i % 3 === 2 ? i / 600 : 0));
    expect(ransacPlane({ count: 200, xyz: line })).toBeUndefined();
    expect(ransacPlane(tableTop(1, 0.7, 0, 0, 40).cloud)).toBeUndefined();
  });
});
