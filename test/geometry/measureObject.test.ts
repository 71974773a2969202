import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mulberry32 } from "../../src/base/random.js";
import { distanceBetween, type Vec3 } from "../../src/base/vectors.js";
import {
  type CanonicalFrame,
  canonicalFrame,
  gapBetween,
  measureObject,
  type Outline,
  type PointCloud,
  type SeenObject,
  type SpatialObject,
} from "../../src/geometry/index.js";

const frame = canonicalFrame({ normal: [0, -1, 0], offsetM: 0.6, residualM: 0.0005, inliers: 999 });

/** All faces of an upright box on a grid of 4 mm, turned by yaw, in an optical frame that is level. */
function boxCloud(
  x: number,
  up: number,
  z: number,
  half: readonly number[],
  yaw: number,
): PointCloud {
  const xyz: number[] = [];
  const steps = half.map((h) => Math.round((2 * h) / 0.004));
  for (let i = 0; i <= steps[0]!; i++)
    for (let j = 0; j <= steps[1]!; j++)
      for (let k = 0; k <= steps[2]!; k++) {
        const onFace = [i, j, k].some((n, axis) => n === 0 || n === steps[axis]);
        if (!onFace) continue;
        const [u, v, w] = [i, j, k].map((n, axis) => half[axis]! * ((2 * n) / steps[axis]! - 1));
        xyz.push(
          x + u! * Math.cos(yaw) - w! * Math.sin(yaw),
          0.6 - up - v!,
          z + u! * Math.sin(yaw) + w! * Math.cos(yaw),
        );
      }
  return { count: xyz.length / 3, xyz: Float32Array.from(xyz) };
}

const NOWHERE = { left: 0, right: 0, above: 0, below: 0 };

/** All of it the object's own, but for what is said. */
function outlineOf({ count }: PointCloud, hidden: Partial<Outline> = {}): Outline {
  return {
    hiddenShare: 0,
    hiddenAboveShare: 0,
    hiddenBelowShare: 0,
    droppingBelowShare: 0,
    nearHidden: new Uint8Array(count),
    nearCut: new Uint8Array(count),
    reachPx: NOWHERE,
    cuts: [],
    ...hidden,
  };
}

function measured(
  points: PointCloud,
  seen: Partial<SeenObject> = {},
  on: CanonicalFrame = frame,
): SpatialObject {
  const whole: SeenObject = {
    ...{ points, pitchM: 0.002, outline: outlineOf(points), noiseM: 0, lostShare: 0 },
    holesM: [0, 0],
    blindM: [0, 0],
    tornShare: 0,
  };
  return measureObject({ ...whole, ...seen }, on);
}

const turn = fc.double({ min: -3, max: 3, noNaN: true });
const shift = fc.double({ min: -0.4, max: 0.4, noNaN: true });

describe("measureObject", () => {
  /** A sheet of 8 by 8 cm whose heights over the support rise along it. */
  function sheet(lowM: number, highM: number): PointCloud {
    const cells = Array.from({ length: 21 * 21 }, (_, i) => [
      Math.floor(i / 21) / 20,
      (i % 21) / 20,
    ]);
    const xyz = cells.flatMap(([u = 0, v = 0]) => [
      ...[0.08 * (u - 0.5), 0.6 - lowM - (highM - lowM) * v, 0.8 + 0.08 * v],
    ]);
    return { count: cells.length, xyz: Float32Array.from(xyz) };
  }

  it("has no negative height of what lies lower than the support's plane", () => {
    const low = fc.double({ min: -0.02, max: 0, noNaN: true });
    const thick = fc.double({ min: 0, max: 0.003, noNaN: true });
    fc.assert(
      fc.property(low, thick, (lowM, thickM) => {
        const { topM, bottomM, size } = measured(sheet(lowM, lowM + thickM));
        expect(size?.heightM).toBeGreaterThanOrEqual(0);
        expect(size?.volumeM3).toBeGreaterThanOrEqual(0);
        expect(topM).toBeGreaterThanOrEqual(bottomM);
      }),
    );
  });

  it("doubts the lower end of what is seen to end below the support", () => {
    const bottomOf = (lowM: number) => measured(sheet(lowM, 0.002)).size?.sigmas?.bottomM ?? 0;
    expect(3 * bottomOf(-0.005)).toBeGreaterThan(0.005);
    expect(bottomOf(0)).toBeLessThan(0.001);
  });

  it("finds centre, height and volume of a box that floats, whichever way it is turned", () => {
    fc.assert(
      fc.property(turn, shift, (yaw, x) => {
        const { center, size, bottomM } = measured(boxCloud(x, 0.15, 1.2, [0.06, 0.05, 0.03], yaw));
        expect(distanceBetween(center, [x, 0.45, 1.2])).toBeLessThan(0.003);
        expect(size!.heightM).toBeCloseTo(0.1, 2);
        expect(bottomM).toBeCloseTo(0.1, 2);
        expect(Math.cbrt(size!.volumeM3)).toBeCloseTo(Math.cbrt(0.12 * 0.1 * 0.06), 2);
      }),
      { numRuns: 40 },
    );
  });

  it("gives the same distance, gap and heights after turning and moving the scene on its plane", () => {
    fc.assert(
      fc.property(turn, shift, shift, turn, (yaw, dx, dz, yawB) => {
        const scene = (angle: number, x: number, z: number) => {
          const place = (px: number, pz: number) =>
            [
              x + px * Math.cos(angle) - pz * Math.sin(angle),
              z + px * Math.sin(angle) + pz * Math.cos(angle),
            ] as const;
          const [ax, az] = place(-0.12, 0.02);
          const [bx, bz] = place(0.1, -0.03);
          return [
            measured(boxCloud(ax, 0.05, az, [0.03, 0.05, 0.02], angle)),
            measured(boxCloud(bx, 0.2, bz, [0.04, 0.03, 0.03], angle + yawB)),
          ] as const;
        };
        const [a, b] = scene(0, 0, 1.3);
        const [c, d] = scene(yaw, dx, 1.3 + dz);
        expect(distanceBetween(a.center, b.center)).toBeCloseTo(
          distanceBetween(c.center, d.center),
          2,
        );
        expect(Math.abs(gapBetween(a, b, frame).gapM - gapBetween(c, d, frame).gapM)).toBeLessThan(
          0.006,
        );
        expect(a.size!.heightM).toBeCloseTo(c.size!.heightM, 3);
        expect(b.topM).toBeCloseTo(d.topM, 3);
      }),
      { numRuns: 25 },
    );
  });

  it("sees no gap between touching boxes and the right one between others", () => {
    const box = (x: number) => measured(boxCloud(x, 0.05, 1.2, [0.03, 0.05, 0.03], 0));
    expect(gapBetween(box(0), box(0.06), frame).gapM).toBeLessThan(0.003);
    expect(Math.abs(gapBetween(box(0), box(0.16), frame).gapM - 0.1)).toBeLessThan(0.005);
  });

  it("does not jump between a circle and a rectangle where a little noise decides", () => {
    // Sides that are part of a circle of 12 cm, from 80° to 150° of it, with a flat top.
    for (const halfArc of [40, 50, 55, 60, 65, 75]) {
      const centers = [1, 2, 3, 4, 5, 6].map((seed) => {
        const random = mulberry32(seed);
        const xyz: number[] = [];
        for (let turn = -halfArc; turn <= halfArc; turn += 1.5) {
          const [sin, cos] = [Math.sin((turn * Math.PI) / 180), Math.cos((turn * Math.PI) / 180)];
          for (let up = 0.01; up < 0.1; up += 0.004) {
            const noise = 0.004 * (random() + random() - 1);
            xyz.push(0.06 * sin, 0.6 - up, 1 - 0.06 * cos + noise);
          }
        }
        return measured({ count: xyz.length / 3, xyz: Float32Array.from(xyz) });
      });
      for (const one of centers) {
        for (const other of centers) {
          const sigmaM = Math.max(one.centerSigmaM, other.centerSigmaM);
          expect(distanceBetween(one.center, other.center), `${halfArc}°`).toBeLessThan(3 * sigmaM);
        }
      }
    }
  });

  it("completes the back of what is rounded, and leaves that of an upright cylinder", () => {
    // Half axes across, along the view, and up; a cylinder has the same outline from above.
    const half: Vec3 = [0.04, 0.05, 0.03];
    const [x, up, z] = [0.05, 0.03, 0.9];
    const eyeUp = 0.6;
    for (const isRound of [true, false]) {
      const xyz: number[] = [];
      for (let i = 0; i < 60; i++)
        for (let j = 0; j < 120; j++) {
          const [polar, turn] = [(Math.PI * (i + 0.5)) / 60, (2 * Math.PI * j) / 120];
          const ring = isRound ? Math.sin(polar) : Math.min(1, 1.2 * Math.sin(polar));
          const height = isRound || ring < 1 ? Math.sign(Math.cos(polar)) : Math.cos(polar) / 0.56;
          const [u, v] = [ring * Math.cos(turn), ring * Math.sin(turn)];
          const w = isRound ? Math.cos(polar) : height;
          const [nu, nv, nw] = isRound
            ? [u / half[0], v / half[1], w / half[2]]
            : ring < 1
              ? [0, 0, w]
              : [u / half[0], v / half[1], 0];
          const [px, py, pz] = [x + half[0] * u, up + half[2] * w, z + half[1] * v];
          // What faces the eye is seen.
          if (-px * nu + (eyeUp - py) * nw - pz * nv > 0) xyz.push(px, eyeUp - py, pz);
        }
      const seen = measured({ count: xyz.length / 3, xyz: Float32Array.from(xyz) });
      const errorM = distanceBetween(seen.center, [x, eyeUp - up, z]);
      expect(errorM, isRound ? "ellipsoid" : "cylinder").toBeLessThan(0.006);
      expect(errorM).toBeLessThan(3 * seen.centerSigmaM);
    }
  });

  it("is no higher than its rim where what is round below that is open, as a cup is", () => {
    const [radiusM, upM, awayM, rimM] = [0.04, 0.048, 0.85, 0.066];
    const xyz: number[] = [];
    for (let ring = 0; ring <= 60; ring++)
      for (let turn = 0; turn < 120; turn++) {
        const [polar, around] = [(Math.PI * ring) / 60, (Math.PI * turn) / 60];
        const [nx, ny, nz] = [
          Math.sin(polar) * Math.cos(around),
          Math.cos(polar),
          Math.sin(polar) * Math.sin(around),
        ];
        const up = upM + radiusM * ny;
        // Its front, and inside it the upper part of its back.
        const isSeen = (0.6 - upM) * ny - awayM * nz > radiusM || (nz > 0 && up > rimM - 0.02);
        if (isSeen && up < rimM) xyz.push(radiusM * nx, 0.6 - up, awayM + radiusM * nz);
      }
    const { topM } = measured({ count: xyz.length / 3, xyz: Float32Array.from(xyz) });
    expect(topM).toBeGreaterThan(rimM - 0.004);
    expect(topM).toBeLessThan(rimM + 0.002);
  });

  it("widens sigma for what a mask lost, for the image's edge and for a noisy sensor", () => {
    const cloud = boxCloud(0, 0.1, 1.2, [0.06, 0.05, 0.03], 0.2);
    const sigma = (seen: Partial<SeenObject>) => measured(cloud, seen).centerSigmaM;
    expect(sigma({ lostShare: 0.05 })).toBe(sigma({}));
    expect(sigma({})).toBeLessThan(0.003);
    // A mask that is too large on all sides moves no centre, but makes sizes uncertain.
    expect(sigma({ lostShare: 0.3 })).toBeGreaterThan(1.3 * sigma({}));
    const sizes = [0, 0.3].map((lostShare) => measured(cloud, { lostShare }).size?.sigmaM ?? 0);
    expect(sizes[1]).toBeGreaterThan(0.02 + (sizes[0] ?? 0) / 2);
    // It may be off by all that its middle moves with the holes: within two sigma.
    expect(2 * sigma({ holesM: [0.02, 0] })).toBeGreaterThan(0.028);
    expect(sigma({ tornShare: 0.05 })).toBeGreaterThan(0.003);
    expect(sigma({ noiseM: 0.01 })).toBeGreaterThan(0.004);
  });

  it("doubts the side that something hides, and more where the image ends there; no other side", () => {
    const cloud = boxCloud(0, 0.1, 1.2, [0.06, 0.05, 0.03], 0);
    /** Points of which x is beyond a place are near what hides the object. */
    const sigmas = (fromM: number, isCut = false) => {
      const nearHidden = Uint8Array.from({ length: cloud.count }, (_, i) =>
        (cloud.xyz[3 * i] ?? 0) > fromM ? 1 : 0,
      );
      const outline = outlineOf(cloud, {
        ...{ hiddenShare: 0.2, nearHidden, reachPx: { ...NOWHERE, right: 60 } },
        ...(isCut && {
          nearCut: nearHidden,
          cuts: [{ isAside: true, share: 1, reachPx: 60, seenPx: 60, widening: 0 }],
        }),
      });
      const covariance = measured(cloud, { outline }).doubt?.covariance ?? [];
      return [0, 3, 5].map((at) => Math.sqrt(covariance[at] ?? Number.NaN));
    };
    // Canonical x is along the view, y to the left.
    const [alongM, acrossM, upM] = sigmas(0.057);
    expect(acrossM).toBeGreaterThan(0.01);
    expect(alongM).toBeLessThan(0.003);
    expect(upM).toBeLessThan(0.0035);
    // Nothing tells how far it goes on there: half as far as is seen is not unlikely.
    const [cutAlongM, cutAcrossM] = sigmas(0.057, true);
    expect(cutAcrossM).toBeGreaterThan(0.04);
    expect(cutAlongM).toBeLessThan(0.003);
    expect(sigmas(0.07)[1]).toBeLessThan(0.003);
  });

  it("tells how wide a thing is to a pixel, also where few points reach its ends", () => {
    fc.assert(
      fc.property(turn, (yaw) => {
        // A thin one: its corners are narrow.
        const plate = boxCloud(0, 0.15, 1.2, [0.08, 0.02, 0.03], yaw);
        const { size } = measured(plate);
        const widthM = 2 * (0.08 * Math.abs(Math.cos(yaw)) + 0.03 * Math.abs(Math.sin(yaw)));
        expect(Math.abs((size?.widthM ?? 0) - widthM)).toBeLessThan(0.0025);
      }),
    );
  });

  it("doubts a width where something hides an end of it, by how far that goes on, and no top", () => {
    const cloud = boxCloud(0, 0.1, 1.2, [0.06, 0.05, 0.03], 0);
    const nearHidden = Uint8Array.from({ length: cloud.count }, (_, i) =>
      (cloud.xyz[3 * i] ?? 0) > 0.05 ? 1 : 0,
    );
    const sigmas = (right: number) =>
      measured(cloud, {
        outline: outlineOf(cloud, {
          hiddenShare: 0.2,
          nearHidden,
          reachPx: { ...NOWHERE, right },
        }),
      }).size?.sigmas;
    const [none, near, far] = [0, 10, 60].map(sigmas);
    expect(none?.widthM).toBeLessThan(0.002);
    expect(near?.widthM).toBeGreaterThan(0.01);
    expect(far?.widthM).toBeGreaterThan(0.03);
    for (const { topM = 1 } of [near ?? {}, far ?? {}]) expect(topM).toBeLessThan(0.001);
  });

  it("places a face that lies in one plane across the view, of which no side is seen", () => {
    const { xyz } = boxCloud(0, 0.25, 1.2, [0.05, 0.25, 0.04], 0);
    const front = [...xyz.keys()].filter((i) => (xyz[i - (i % 3) + 2] ?? 0) < 1.161);
    const points = { count: front.length / 3, xyz: Float32Array.from(front, (i) => xyz[i] ?? 0) };
    const { center, centerSigmaM } = measured(points);
    const errorM = distanceBetween(center, [0, 0.35, 1.2]);
    expect(errorM).toBeLessThan(0.01);
    expect(errorM).toBeLessThan(3 * centerSigmaM);
  });

  it("is surer of a lower end on the support than of one over it, which may be rounded or held", () => {
    const bottomAt = (up: number) =>
      measured(boxCloud(0, up, 1.2, [0.03, 0.05, 0.03], 0)).size?.sigmas?.bottomM ?? 0;
    expect(bottomAt(0.05)).toBeLessThan(0.001);
    expect(bottomAt(0.06)).toBeGreaterThan(0.004);
    expect(bottomAt(0.1)).toBeGreaterThan(0.002);
  });

  it("ends nothing below the support", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 0.02, noNaN: true }), turn, (liftM, yaw) => {
        const [a, b, c, z] = [0.05, 0.02, 0.03, 1.2];
        const xyz: number[] = [];
        for (let i = 0; i < 90; i++)
          for (let j = 1; j < 45; j++) {
            const [angle, polar] = [(i * Math.PI) / 45, (j * Math.PI) / 45];
            const n: Vec3 = [
              Math.sin(polar) * Math.cos(angle),
              Math.cos(polar),
              Math.sin(polar) * Math.sin(angle),
            ];
            const [u, up, w] = [a * n[0], b + liftM + b * n[1], c * n[2]];
            const x = u * Math.cos(yaw) - w * Math.sin(yaw);
            const along = u * Math.sin(yaw) + w * Math.cos(yaw);
            const normalAlong = (n[0] / a) * Math.sin(yaw) + (n[2] / c) * Math.cos(yaw);
            // What the camera, 0.6 m up, sees.
            if ((0.6 - up) * (n[1] / b) - (z + along) * normalAlong > 0)
              xyz.push(x, 0.6 - up, z + along);
          }
        const { bottomM, size } = measured({
          count: xyz.length / 3,
          xyz: Float32Array.from(xyz),
        });
        if (size?.box.shape !== "sphere") expect(bottomM).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it("is less sure of a footprint that is neither round nor has straight sides", () => {
    /** Seen from above: the top of a column whose outline is a circle with lobes. */
    const sigmaOf = (lobe: number) => {
      const xyz: number[] = [];
      for (let turn = 0; turn < 360; turn += 2) {
        const angle = (turn * Math.PI) / 180;
        const rim = 0.04 * (1 + lobe * Math.cos(3 * angle));
        for (let r = 0.002; r <= rim; r += 0.002)
          xyz.push(r * Math.sin(angle), 0.5, 0.9 + r * Math.cos(angle));
      }
      return measured({ count: xyz.length / 3, xyz: Float32Array.from(xyz) }).centerSigmaM;
    };
    expect(sigmaOf(0.25)).toBeGreaterThan(2 * sigmaOf(0));
  });

  it("does not take an upright cylinder for a rounded thing because its points are noisy", () => {
    // A mug-sized can seen from above: the wall that faces the eye, and the whole top.
    const random = mulberry32(3);
    const noise = () => 0.0035 * (random() + random() - 1);
    const xyz: number[] = [];
    const [eyeUp, z, radius, height] = [0.6, 0.9, 0.04, 0.09];
    for (let turn = 0; turn < 360; turn += 3) {
      const [sin, cos] = [Math.sin((turn * Math.PI) / 180), Math.cos((turn * Math.PI) / 180)];
      for (let r = 0.002; r <= radius; r += 0.002)
        xyz.push(r * sin, eyeUp - height + noise(), z + r * cos + noise());
      if (cos < 0)
        for (let up = 0.004; up < height; up += 0.003)
          xyz.push(radius * sin, eyeUp - up + noise(), z + radius * cos + noise());
    }
    const noisy = canonicalFrame({
      normal: [0, -1, 0],
      offsetM: 0.6,
      residualM: 0.0014,
      inliers: 999,
    });
    const points = { count: xyz.length / 3, xyz: Float32Array.from(xyz) };
    const { center, centerSigmaM } = measured(points, {}, noisy);
    const errorM = distanceBetween(center, [0, eyeUp - height / 2, z]);
    expect(errorM).toBeLessThan(0.005);
    expect(errorM).toBeLessThan(3 * centerSigmaM);
  });
});
