import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mapVec3, mulberry32, type Vec3 } from "../../src/base/index.js";
import { composePoses, invertPose, type Pose, transformPoint } from "../../src/camera/index.js";
import type { Look } from "../../src/consistency/Evidence.js";
import { isWorldAtRest, judgeWorld } from "../../src/consistency/judgeWorld.js";

const NO_EDGES = { on: new Int16Array(), known: new Int16Array() };
const [GRIPPER, MUG, TRAY] = [1, 2, 3];
const IMAGES = 24;
const BEFORE_S = 0.1;

/** Where a true point is seen, if something is wrong. */
type Warp = (point: Vec3, velocity: Vec3) => Vec3;
/** In the support's frame, by the image. */
type Places = Readonly<Record<number, (image: number) => Vec3>>;

/** A camera at a wrist goes about over things, with some noise. */
function looksOf(
  seed: number,
  places: Places,
  warp: Warp = (point) => point,
  movesIn: (image: number) => boolean = () => true,
): Look[] {
  const random = mulberry32(seed);
  const between = (span: number) => span * 2 * (random() - 0.5);
  const poseAt = ([x, y, z]: Vec3, turn: number): Pose => ({
    position: [x, y, 0.6 + z],
    rotation: [0, 0, Math.sin(turn), Math.cos(turn)],
  });
  return Array.from({ length: IMAGES }, (_, image): Look => {
    const [at, turn]: [Vec3, number] = [[between(0.2), between(0.2), between(0.1)], between(0.4)];
    const go = movesIn(image) ? 1 : 0;
    const step: Vec3 = [go * between(0.03), go * between(0.03), go * between(0.01)];
    const rest = poseAt(at, turn);
    const before = poseAt(
      mapVec3(at, (value, i) => value - step[i]),
      turn + go * between(0.03),
    );
    const seen = Object.entries(places).map(([id, placeAt]) => {
      const point = transformPoint(rest, placeAt(image));
      const was = transformPoint(composePoses(before, invertPose(rest)), point);
      const velocity = mapVec3(point, (value, i) => (value - was[i]) / BEFORE_S);
      const middle = mapVec3(warp(point, velocity), (value) => value + between(0.004));
      return [Number(id), { middle, area: 0.01, isCutOff: false }] as const;
    });
    return {
      ...{ timeS: image, asked: new Set([GRIPPER, MUG, TRAY]), gripperId: GRIPPER },
      ...{ width: 160, height: 120, scale: 1, isCoarse: false, near: NO_EDGES },
      ...{ rest, restBefore: { pose: before, seconds: BEFORE_S } },
      seen: new Map(seen),
    };
  });
}

const still = (place: Vec3) => () => place;
const AT_REST: Places = { [MUG]: still([0.1, 0, 0.04]), [TRAY]: still([-0.1, 0.1, 0.01]) };
const seeds = fc.integer({ min: 1, max: 1e6 });
const runs = { numRuns: 6 };

describe("judgeWorld", () => {
  it("says nothing where things rest, if one is carried about, too", () => {
    fc.assert(
      fc.property(seeds, fc.boolean(), (seed, isCarried) => {
        const carried = (image: number): Vec3 => [0.1 + 0.02 * image, 0, 0.04 + 0.01 * image];
        const looks = looksOf(seed, { ...AT_REST, ...(isCarried && { [MUG]: carried }) });
        expect(judgeWorld(looks)).toBeUndefined();
        expect(isWorldAtRest(looks)).toBe(true);
      }),
      runs,
    );
  });

  const stretched: Warp = ([x, y, z]) => [1.5 * x, 1.5 * y, z];

  it.each<[string, Warp]>([
    ["fx and fy", stretched],
    ["scale", (point) => mapVec3(point, (value) => 1.6 * value)],
    ["lag", (point, velocity) => mapVec3(point, (value, i) => value - 0.4 * velocity[i])],
  ])("finds by two things what is wrong: %s", (cause, warp) => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const looks = looksOf(seed, AT_REST, warp);
        expect(judgeWorld(looks)).toMatchObject({ kind: "world", cause, ids: [MUG, TRAY] });
        expect(isWorldAtRest(looks)).toBe(false);
      }),
      runs,
    );
  });

  it("finds by two things that stamps are off, where the camera mostly stands still", () => {
    const late: Warp = (point, velocity) => mapVec3(point, (value, i) => value - 0.4 * velocity[i]);
    const movesIn = (image: number) => image % 4 === 1;
    fc.assert(
      fc.property(seeds, (seed) => {
        const looks = looksOf(seed, AT_REST, late, movesIn);
        expect(judgeWorld(looks)).toMatchObject({ kind: "world", cause: "lag", ids: [MUG, TRAY] });
        expect(judgeWorld(looksOf(seed, AT_REST, undefined, movesIn))).toBeUndefined();
      }),
      runs,
    );
  });

  it("says nothing by one thing, by what the camera carries, and before one that rests", () => {
    const mug = AT_REST[MUG] ?? still([0, 0, 0]);
    expect(judgeWorld(looksOf(1, { [MUG]: mug }, stretched))).toBeUndefined();
    expect(judgeWorld(looksOf(1, { [MUG]: mug, [GRIPPER]: mug }, stretched))).toBeUndefined();
    const fixed = looksOf(1, AT_REST, stretched).map((look, _, [first]) => ({
      ...look,
      ...(first?.rest && { rest: first.rest }),
    }));
    expect(judgeWorld(fixed)).toBeUndefined();
  });
});
