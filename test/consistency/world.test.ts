import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mapVec3, mulberry32, type Vec3 } from "../../src/base/index.js";
import { composePoses, invertPose, type Pose, transformPoint } from "../../src/camera/index.js";
import type { PathPoint } from "../../src/consistency/bearings.js";
import type { Look } from "../../src/consistency/Evidence.js";
import { isOver } from "../../src/consistency/isOver.js";
import { isWorldAtRest, judgeWorld } from "../../src/consistency/judgeWorld.js";
import { PLAIN_LOOK } from "./plainLook.js";

const [GRIPPER, MUG, TRAY] = [1, 2, 3];
const IMAGES = 24;
const BEFORE_S = 0.1;

/** Where a true point is seen, if something is wrong. */
type Warp = (point: Vec3, velocity: Vec3) => Vec3;
/** In the support's frame, by the image. */
type Places = Readonly<Record<number, (image: number) => Vec3>>;

/** A camera at a wrist goes about over things, with some noise. */
function looksOf(seed: number, places: Places, warp: Warp = (point) => point): Look[] {
  const random = mulberry32(seed);
  const between = (span: number) => span * 2 * (random() - 0.5);
  const poseAt = ([x, y, z]: Vec3, turn: number): Pose => ({
    position: [x, y, 0.6 + z],
    rotation: [0, 0, Math.sin(turn), Math.cos(turn)],
  });
  return Array.from({ length: IMAGES }, (_, image): Look => {
    const [at, turn]: [Vec3, number] = [[between(0.2), between(0.2), between(0.1)], between(0.4)];
    const step: Vec3 = [between(0.03), between(0.03), between(0.01)];
    const rest = poseAt(at, turn);
    const before = poseAt(
      mapVec3(at, (value, i) => value - step[i]),
      turn + between(0.03),
    );
    const seen = Object.entries(places).map(([id, placeAt]) => {
      const point = transformPoint(rest, placeAt(image));
      const was = transformPoint(composePoses(before, invertPose(rest)), point);
      const velocity = mapVec3(point, (value, i) => (value - was[i]) / BEFORE_S);
      const middle = mapVec3(warp(point, velocity), (value) => value + between(0.004));
      return [Number(id), { middle, area: 0.01, spanM: 0.1, isCutOff: false }] as const;
    });
    return {
      ...{ timeS: image, asked: new Set([GRIPPER, MUG, TRAY]), gripperId: GRIPPER },
      ...PLAIN_LOOK,
      ...{ rest, restBefore: { pose: before, seconds: BEFORE_S } },
      seen: new Map(seen),
    };
  });
}

const still = (place: Vec3) => () => place;
const AT_REST: Places = { [MUG]: still([0.1, 0, 0.04]), [TRAY]: still([-0.1, 0.1, 0.01]) };
const seeds = fc.integer({ min: 1, max: 1e6 });
const runs = { numRuns: 6 };

const NOWHERE: Pose = { position: [0, 0, 0], rotation: [0, 0, 0, 1] };

/** How a camera's pose in TF may be off, by 1.5 cm and about 1.5°. */
const calibrations = fc
  .tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: -1, max: 1, noNaN: true }))
  .map(
    ([x, y]): Pose => ({
      position: [0.01 * x, 0.01 * y, 0],
      rotation: [0.009 * y, 0.009 * x, 0, Math.sqrt(1 - 0.009 ** 2 * (x * x + y * y))],
    }),
  );

/** A camera that goes on now and then, with transforms that are late by some time. */
function ride(seed: number, lateS: number, off: Pose = NOWHERE) {
  const random = mulberry32(seed);
  const stops = Array.from({ length: IMAGES }, (_, i): Vec3 => {
    const [x, y, z] = [random() - 0.5, random() - 0.5, random() - 0.5];
    return [(i % 2 ? 0.15 : -0.15) + 0.1 * x, 0.4 * y, 0.2 * z];
  });
  // From one stop to the next in 0.8 s: of four images one is of a camera that moves.
  const poseAt = (timeS: number): Pose => {
    const [a, b] = [Math.floor(timeS / 4), Math.floor(timeS / 4) + 1].map((i) => stops[i]);
    const share = Math.min(1, Math.max(0, ((timeS % 4) - 0.6) / 0.8));
    const [x = 0, y = 0, z = 0] =
      a && b ? a.map((value, i) => value + share * (b[i as 0 | 1 | 2] - value)) : [];
    return { position: [x, y, 0.6 + z], rotation: [0, 0, 0, 1] };
  };
  const toldAt = (timeS: number) => composePoses(off, poseAt(Math.max(0, timeS - lateS)));
  const path = Array.from({ length: 20 * (IMAGES + 2) }, (_, i): PathPoint => {
    const timeS = i / 20;
    return { timeS, pose: toldAt(timeS) };
  });
  const looks = looksOf(seed, AT_REST).map((look): Look => {
    const seen = [...look.seen].map(([id, object]) => {
      const place = transformPoint(poseAt(look.timeS), AT_REST[id]?.(0) ?? [0, 0, 0]);
      const middle = mapVec3(place, (value) => value + 0.008 * (random() - 0.5));
      return [id, { ...object, middle }] as const;
    });
    const { restBefore: _, ...rest } = look;
    return { ...rest, rest: toldAt(look.timeS), seen: new Map(seen) };
  });
  return { looks, path };
}

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
    fc.assert(
      fc.property(seeds, calibrations, (seed, off) => {
        const late = ride(seed, 0.4, off);
        const found = judgeWorld(late.looks, late.path);
        expect(found).toMatchObject({ kind: "world", cause: "lag", ids: [MUG, TRAY] });
        const sound = ride(seed, 0, off);
        expect(judgeWorld(sound.looks, sound.path)).toBeUndefined();
      }),
      runs,
    );
  });

  it("takes that back by looks that show it, and not because things mostly rest", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const late = ride(seed, 0.4);
        const found = judgeWorld(late.looks, late.path);
        if (!found) throw new Error("nothing was found");
        expect(isWorldAtRest(late.looks)).toBe(true);
        expect(isOver(found, late.looks, late.path)).toBe(false);
        expect(isOver(found, late.looks.slice(0, 2), late.path)).toBe(false);
        const sound = ride(seed, 0);
        expect(isOver(found, sound.looks, sound.path)).toBe(true);
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
