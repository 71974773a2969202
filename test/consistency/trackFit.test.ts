import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mulberry32, shuffled, type Vec3 } from "../../src/base/index.js";
import { rotate } from "../../src/camera/index.js";
import type { Look } from "../../src/consistency/Evidence.js";
import { judge as verdictOn } from "../../src/consistency/judge.js";
import { fitTrack } from "../../src/consistency/trackFit.js";
import { PLAIN_LOOK } from "./plainLook.js";

const IMAGES = 24;
const RUNS = { numRuns: 25 };
const GRIPPER = 1;

type Warp = (point: Vec3, velocity: Vec3) => Vec3;

const judge = (...evidence: Parameters<typeof verdictOn>) => verdictOn(...evidence).found;

interface Motion {
  readonly seed: number;
  /** From the frame's origin to the middle of what is seen, m. */
  readonly offset: readonly [number, number, number];
}

const within = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const motion: fc.Arbitrary<Motion> = fc.record({
  seed: fc.nat(),
  offset: fc.tuple(within(-0.09, 0.09), within(-0.09, 0.09), within(-0.09, 0.09)),
});

/** A gripper that goes to and fro in front of a camera and is seen with noise; `strayShare` of the images, not one more, show another thing. */
function looksOf({ seed, offset }: Motion, warp: Warp, noiseM = 0.005, strayShare = 0): Look[] {
  const random = mulberry32(seed);
  const between = (min: number, max: number) => min + (max - min) * random();
  const images = Array.from({ length: IMAGES }, (_, image) => image);
  const stray = new Set(shuffled(images, seed).slice(0, Math.floor(strayShare * IMAGES)));
  return images.map((image) => {
    const position: Vec3 = [between(-0.25, 0.25), between(-0.2, 0.2), between(0.7, 1.2)];
    const angle = between(-0.2, 0.2);
    const rotation = [0, 0, Math.sin(angle), Math.cos(angle)] as const;
    const velocity: Vec3 = [between(-0.4, 0.4), between(-0.4, 0.4), between(-0.2, 0.2)];
    const [x, y, z] = rotate(rotation, offset);
    const point: Vec3 = [position[0] + x, position[1] + y, position[2] + z];
    const [u, v, w] = warp(point, velocity);
    const noise = () => noiseM * 2 * (random() - 0.5);
    const middle: Vec3 = stray.has(image)
      ? [between(-0.3, 0.3), between(-0.3, 0.3), 1.1]
      : [u + noise(), v + noise(), w + noise()];
    return {
      ...{ timeS: image, asked: new Set([GRIPPER]) },
      ...PLAIN_LOOK,
      told: { position, rotation },
      velocity,
      gripperId: GRIPPER,
      seen: new Map([[GRIPPER, { middle, area: 0.01, spanM: 0.1, isCutOff: false }]]),
    };
  });
}

const log = within(0.2, 0.9).chain((size) => fc.constantFrom(size, -size));

describe("judge, by the motion of a gripper", () => {
  it("accuses nothing where all is right, whatever the offset and the noise", () => {
    fc.assert(
      fc.property(motion, within(0, 0.02), within(0, 0.2), (moved, noiseM, strayShare) => {
        expect(judge(looksOf(moved, (point) => point, noiseM, strayShare))).toBeUndefined();
      }),
      RUNS,
    );
  });

  it("accuses no lens by a centimetre that is off across a long way: lengths are in doubt", () => {
    fc.assert(
      // Of one path in some hundreds, chance has it that another length explains it better.
      fc.property(fc.constantFrom(1, 2, 3, 4, 5, 6), within(0.14, 0.2), (seed, size) => {
        const looks = looksOf({ seed, offset: [0, 0, 0] }, (point) => point, 0).map((look) => {
          const [x = 0, y = 0] = look.told?.position ?? [];
          const position: Vec3 = [x, -0.14 + y / 4, 0.85];
          const middle: Vec3 = [x, position[1] * Math.exp(size), 0.85];
          return {
            ...{ ...look, told: { position, rotation: [0, 0, 0, 1] as const } },
            seen: new Map([[GRIPPER, { middle, area: 0.01, spanM: 0.1, isCutOff: false }]]),
          };
        });
        const { found, doubt } = verdictOn(looks);
        expect(found).toBeUndefined();
        expect(doubt?.share).toBeGreaterThan(0.05);
      }),
      RUNS,
    );
  });

  it("says nothing of a lens by a gripper that the image's border cuts off", () => {
    fc.assert(
      fc.property(motion, log, (moved, size) => {
        const looks = looksOf(moved, ([x, y, z]) => [x * Math.exp(size), y, z]).map((look) => ({
          ...look,
          seen: new Map([...look.seen].map(([id, it]) => [id, { ...it, isCutOff: true }])),
        }));
        const { found, doubt } = verdictOn(looks);
        expect([found?.kind === "track", doubt]).toEqual([false, undefined]);
      }),
      RUNS,
    );
  });

  it("says nothing of a lens by what is seen within a few seconds", () => {
    fc.assert(
      fc.property(motion, log, (moved, size) => {
        const looks = looksOf(moved, ([x, y, z]) => [x * Math.exp(size), y, z]).map((look) => ({
          ...look,
          timeS: look.timeS / 6,
        }));
        const { found, doubt } = verdictOn(looks);
        expect([found?.kind === "track", doubt]).toEqual([false, undefined]);
      }),
      RUNS,
    );
  });

  it("finds a wrong focal length by little motion too, which needs a start that is not at nothing", () => {
    const samples = looksOf({ seed: 3, offset: [0, 0, 0] }, (point) => point, 0).map(({ told }) => {
      const [x, y, z] = told?.position ?? [0, 0, 1];
      const position: Vec3 = [-0.3 + 0.15 * x, 0.15 * y, 1 + 0.15 * (z - 1)];
      const seen: Vec3 = [position[0] * 1.5, position[1], position[2]];
      return { told: { position, rotation: [0, 0, 0, 1] as const }, seen };
    });
    const fx = fitTrack(samples).find(({ cause }) => cause === "fx");
    expect(fx?.values[0]).toBeCloseTo(Math.log(1.5), 1);
  });

  it("accuses nothing where the camera's calibration is a little off", () => {
    fc.assert(
      fc.property(motion, within(-0.04, 0.04), within(-0.02, 0.02), (moved, a, shift) => {
        const looks = looksOf(moved, ([x, y, z]) => [x * Math.exp(a) + shift, y, z + shift]);
        expect(judge(looks)).toBeUndefined();
      }),
      RUNS,
    );
  });

  it.each<[string, (a: number) => Warp]>([
    [
      "fx",
      (a) =>
        ([x, y, z]) => [x * Math.exp(a), y, z],
    ],
    [
      "fy",
      (a) =>
        ([x, y, z]) => [x, y * Math.exp(a), z],
    ],
    [
      "fx and fy",
      (a) =>
        ([x, y, z]) => [x * Math.exp(a), y * Math.exp(a), z],
    ],
    [
      "scale",
      (a) =>
        ([x, y, z]) => [x * Math.exp(a), y * Math.exp(a), z * Math.exp(a)],
    ],
  ])("finds %s of another size, and which", (cause, warp) => {
    fc.assert(
      fc.property(motion, log, (moved, a) => {
        const found = judge(looksOf(moved, warp(a)));
        expect(found).toMatchObject({ kind: "track", cause });
        if (found?.kind === "track") expect(found.values[0]).toBeCloseTo(a, 1);
      }),
      RUNS,
    );
  });

  it("finds a delay of the transforms", () => {
    fc.assert(
      fc.property(motion, within(0.25, 0.6), (moved, lagS) => {
        const looks = looksOf(moved, ([x, y, z], [u, v, w]) => [
          x - lagS * u,
          y - lagS * v,
          z - lagS * w,
        ]);
        expect(judge(looks)).toMatchObject({ kind: "track", cause: "lag" });
      }),
      RUNS,
    );
  });

  it("finds transforms in millimetres", () => {
    fc.assert(
      fc.property(motion, (moved) => {
        const looks = looksOf(moved, (point) => point).map((look): Look => {
          const { told } = look;
          if (!told) return look;
          const [x, y, z] = told.position;
          return { ...look, told: { ...told, position: [1000 * x, 1000 * y, 1000 * z] } };
        });
        expect(judge(looks)).toBeDefined();
      }),
      RUNS,
    );
  });

  it("says nothing of focal lengths by a gripper that stands still", () => {
    fc.assert(
      fc.property(motion, log, (moved, a) => {
        const still = looksOf(moved, ([x, y, z]) => [x * Math.exp(a), y, z], 0.002, 0).map(
          (look, _, [first]): Look => ({
            ...look,
            ...(first?.told && { told: first.told }),
            seen: first?.seen ?? new Map(),
          }),
        );
        expect(judge(still)?.kind).not.toBe("track");
      }),
      RUNS,
    );
  });

  it("tells of a mask that does not move with the gripper, and whose mask does", () => {
    fc.assert(
      fc.property(motion, (moved) => {
        const looks = looksOf(moved, (point) => point, 0.005, 0).map((look): Look => {
          const own = look.seen.get(GRIPPER);
          const still = {
            middle: [0.3, 0.2, 1.3] as Vec3,
            area: 0.01,
            spanM: 0.1,
            isCutOff: false,
          };
          return {
            ...look,
            seen: new Map([[GRIPPER, still], ...(own ? [[7, own] as const] : [])]),
          };
        });
        expect(judge(looks)).toMatchObject({ kind: "swapped", id: 7 });
      }),
      RUNS,
    );
  });

  it("says nothing by few images", () => {
    const looks = looksOf({ seed: 1, offset: [0, 0, 0] }, ([x, y, z]) => [2 * x, y, z], 0, 0);
    expect(judge(looks.slice(0, 5))).toBeUndefined();
  });
});
