import { describe, expect, it } from "vitest";
import { distanceBetween, mulberry32, normal, type Vec3 } from "../../src/base/index.js";
import { type Edges, fitUpright, type UprightPrior, worstSigma } from "../../src/geometry/index.js";

/** A pinhole at a height over the plane that looks down by an angle. */
function camera(heightM: number, tiltDeg: number) {
  const tilt = (tiltDeg * Math.PI) / 180;
  return ([x, y, z]: Vec3): [u: number, v: number] => {
    const up = z - heightM;
    const depth = x * Math.cos(tilt) - up * Math.sin(tilt);
    const down = -x * Math.sin(tilt) - up * Math.cos(tilt);
    return depth > 0 ? [320 - (600 * y) / depth, 240 + (600 * down) / depth] : [NaN, NaN];
  };
}

function boxOf(
  { at, radiusM, heightM, bottomM = 0 }: Thing,
  project: (point: Vec3) => readonly [number, number],
): Edges {
  const points = Array.from({ length: 720 }, (_, i) => {
    const angle = (i * Math.PI) / 360;
    const z = i % 2 === 0 ? bottomM : bottomM + heightM;
    return project([at[0] + radiusM * Math.cos(angle), at[1] + radiusM * Math.sin(angle), z]);
  });
  const [us, vs] = [points.map(([u]) => u), points.map(([, v]) => v)];
  return [Math.min(...us), Math.min(...vs), Math.max(...us), Math.max(...vs)];
}

interface Thing {
  readonly at: readonly [number, number];
  readonly radiusM: number;
  readonly heightM: number;
  readonly bottomM?: number;
}

const PRIOR: UprightPrior = {
  bottomM: { mean: 0, sigma: 0.003 },
  logHalfWidth: { mean: Math.log(0.04), sigma: 1 },
  logDepth: { mean: 0, sigma: 0.3 },
  logHeight: { mean: 0, sigma: 0.8 },
};

describe("an upright cylinder on a plane whose image has a box", () => {
  it("is where it is, at any height and angle of the camera, within its sigma", () => {
    const random = mulberry32(5);
    const between = (low: number, high: number) => low + (high - low) * random();
    let [within2, all] = [0, 0];
    for (let i = 0; i < 150; i++) {
      const tilt = between(15, 60);
      const heightM = between(0.3, 1);
      const project = camera(heightM, tilt);
      const away = heightM / Math.tan((tilt * Math.PI) / 180);
      const thing: Thing = {
        at: [away * between(0.8, 1.3), between(-0.2, 0.2)],
        radiusM: between(0.02, 0.08),
        heightM: between(0.03, 0.2),
      };
      const exact = boxOf(thing, project);
      const edges = exact.map((edge) => edge + 1.5 * normal(random)) as unknown as Edges;
      const seen = { edges, sigmasPx: [1.5, 1.5, 1.5, 1.5] } as const;
      const body = fitUpright(seen, PRIOR, project, thing.at);
      expect(body?.chi2).toBeLessThan(20);
      const center: Vec3 = [...thing.at, thing.heightM / 2];
      const errorM = distanceBetween(body!.center, center);
      expect(errorM).toBeLessThan(0.06);
      all += 1;
      if (errorM <= 2 * worstSigma({ covariance: body!.covariance, shared: [] })) within2 += 1;
    }
    expect(within2 / all).toBeGreaterThan(0.9);
  });

  it("knows depth and height no better from a second look that shows the same", () => {
    for (const tilt of [20, 35, 50, 65]) {
      const project = camera(0.6, tilt);
      const at = [0.6 / Math.tan((tilt * Math.PI) / 180), 0.05] as const;
      const edges = boxOf({ at, radiusM: 0.04, heightM: 0.06 }, project);
      const seen = { edges, sigmasPx: [1, 1, 1, 1] } as const;
      const first = fitUpright(seen, PRIOR, project, at);
      if (!first) throw new Error("the camera sees it");
      const { center: _, ...known } = first;
      const again = fitUpright(seen, { ...PRIOR, ...known }, project, at);
      expect(again?.logDepth.sigma).toBeGreaterThan(0.95 * first.logDepth.sigma);
      expect(again?.logHeight.sigma).toBeGreaterThan(0.8 * first.logHeight.sigma);
      expect(again?.logHalfWidth.sigma).toBeLessThan(first.logHalfWidth.sigma);
    }
  });

  it("tells by its evidence which of two priors a thing is of, the vaguer one the less where both fit", () => {
    const project = camera(0.6, 35);
    const fits = (heightM: number, ...[mean, sigma]: readonly [number, number]) => {
      const edges = boxOf({ at: [0.8, 0], radiusM: 0.04, heightM }, project);
      const prior = { ...PRIOR, logHeight: { mean, sigma } };
      const body = fitUpright({ edges, sigmasPx: [2, 2, 2, 2] }, prior, project, [0.8, 0]);
      return body?.logEvidence ?? Number.NaN;
    };
    expect(fits(0.08, 0, 0.2)).toBeGreaterThan(fits(0.08, 1, 0.2));
    expect(fits(0.22, 1, 0.2)).toBeGreaterThan(fits(0.22, 0, 0.2));
    expect(fits(0.08, 0, 0.2)).toBeGreaterThan(fits(0.08, 0, 2));
    expect(fits(0.22, 0, 2)).toBeGreaterThan(fits(0.22, 0, 0.1));
  });

  it("knows its height over the plane if its form is known", () => {
    const project = camera(0.6, 35);
    const thing: Thing = { at: [0.8, 0.1], radiusM: 0.04, heightM: 0.09, bottomM: 0.2 };
    const seen = { edges: boxOf(thing, project), sigmasPx: [1, 1, 1, 1] } as const;
    const form: UprightPrior = {
      bottomM: { mean: 0, sigma: 0.5 },
      logHalfWidth: { mean: Math.log(0.04), sigma: 0.04 },
      logDepth: { mean: 0, sigma: 0.04 },
      logHeight: { mean: Math.log(9 / 8), sigma: 0.04 },
    };
    const free = fitUpright(seen, form, project, [1, 0.1]);
    expect(Math.abs(free!.bottom.mean - 0.2)).toBeLessThan(0.01);
    expect(free!.bottom.sigma).toBeGreaterThan(0.01);
    const standing = fitUpright(seen, { ...form, bottomM: PRIOR.bottomM }, project, [1, 0.1]);
    expect(standing!.chi2).toBeGreaterThan(50);
  });

  it("does not know what no edge tells: its sigma is as wide as what was known before", () => {
    const project = camera(0.6, 35);
    const edges = boxOf({ at: [0.8, 0], radiusM: 0.04, heightM: 0.1 }, project);
    const seen = { edges, sigmasPx: [1, Infinity, 1, 1] } as const;
    const body = fitUpright(seen, PRIOR, project, [0.8, 0]);
    expect(body!.logHeight.sigma).toBeGreaterThan(0.6);
  });
});
