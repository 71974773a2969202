import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { distanceBetween, type Vec3 } from "../../src/base/index.js";
import type { Pose } from "../../src/camera/index.js";
import type { Look } from "../../src/consistency/Evidence.js";
import { judgeColors } from "../../src/consistency/judgeColors.js";
import { judgeExchange } from "../../src/consistency/judgeExchange.js";
import { judgeFrozen } from "../../src/consistency/judgeFrozen.js";
import type { Worn } from "../../src/consistency/wornColors.js";
import { PLAIN_LOOK } from "./plainLook.js";

const [GRIPPER, MUG, TRAY] = [1, 2, 3];
const AREAS: Readonly<Record<number, number>> = { 1: 0.012, 2: 0.006, 3: 0.02 };
const APART_S = 0.5;
const restAt = (x: number): Pose => ({ position: [x, 0, 0.4], rotation: [0, 0, 0, 1] });

type Places = Readonly<Record<number, Vec3>>;

function lookAt(image: number, places: Places, idOf = (id: number) => id, area?: number): Look {
  const gripper = places[GRIPPER] ?? [0, 0, 1];
  return {
    ...PLAIN_LOOK,
    ...{
      timeS: image * APART_S,
      split: new Map(),
      gripperId: GRIPPER,
      asked: new Set([GRIPPER, MUG, TRAY]),
    },
    told: { position: gripper, rotation: [0, 0, 0, 1] },
    seen: new Map(
      Object.entries(places).map(([id, middle]) => [
        idOf(Number(id)),
        { middle, area: area ?? AREAS[Number(id)] ?? 0, spanM: 0.1, isCutOff: false },
      ]),
    ),
  };
}

const at = (span: number) => fc.double({ min: -span, max: span, noNaN: true });
const place: fc.Arbitrary<Vec3> = fc.tuple(
  at(0.3),
  at(0.3),
  at(0.3).map((z) => 1 + z),
);

/** Mug and tray rest, a gripper goes about at up to 0.6 m/s. */
const scene = fc.record({
  ...{ mug: place, tray: place, start: place },
  steps: fc.array(fc.tuple(at(0.17), at(0.17), at(0.17)), { minLength: 11, maxLength: 11 }),
});

type Scene = typeof scene extends fc.Arbitrary<infer T> ? T : never;

function placesOf({ mug, tray, start, steps }: Scene) {
  let gripper: Vec3 = start;
  return [start, ...steps].map((step): Places => {
    gripper = [gripper[0] + step[0], gripper[1] + step[1], gripper[2] + step[2]];
    return { [GRIPPER]: gripper, [MUG]: mug, [TRAY]: tray };
  });
}

const exchanged = (a: number, b: number) => (id: number) => (id === a ? b : id === b ? a : id);

describe("judgeExchange", () => {
  it("says nothing where things rest and a gripper goes about", () => {
    fc.assert(
      fc.property(scene, (drawn) => {
        const looks = placesOf(drawn).map((places, image) => lookAt(image, places));
        expect(judgeExchange(looks)).toBeUndefined();
      }),
    );
  });

  it("says nothing where a hand with the camera turns round", () => {
    fc.assert(
      fc.property(scene, fc.integer({ min: 2, max: 9 }), fc.boolean(), (drawn, from, isKnown) => {
        const { mug } = drawn;
        const hand: Vec3 = [0, 0, mug[2]];
        const round = ([x, y, z]: Vec3): Vec3 => [-x, -y, z];
        const looks = Array.from({ length: 12 }, (_, image): Look => {
          const turn = image < from ? (it: Vec3) => it : round;
          const places = { [GRIPPER]: hand, [MUG]: turn(mug), [TRAY]: turn(round(mug)) };
          const rotation = image < from ? ([0, 0, 0, 1] as const) : ([0, 0, 1, 0] as const);
          return {
            ...lookAt(image, places, undefined, 0.01),
            ...(isKnown && { rest: { position: [0, 0, 0], rotation } }),
          };
        });
        const isApart = Math.hypot(mug[0], mug[1]) > 0.05;
        if (isKnown) expect(judgeExchange(looks)).toBeUndefined();
        // Nothing else tells it from exchanged ids.
        else if (isApart) expect(judgeExchange(looks)).toBeDefined();
      }),
    );
  });

  it("finds things whose ids are exchanged from an image on, and when", () => {
    fc.assert(
      fc.property(scene, fc.integer({ min: 2, max: 9 }), (drawn, from) => {
        fc.pre(distanceBetween(drawn.mug, drawn.tray) > 0.1);
        const looks = placesOf(drawn).map((places, image) =>
          lookAt(image, places, image < from ? undefined : exchanged(MUG, TRAY)),
        );
        expect(judgeExchange(looks)).toMatchObject({ ids: [MUG, TRAY], afterS: from * APART_S });
      }),
    );
  });

  it("finds that the gripper's id goes to a thing that rests", () => {
    fc.assert(
      fc.property(scene, fc.integer({ min: 2, max: 9 }), (drawn, from) => {
        const places = placesOf(drawn);
        const near = [from - 1, from].map((i) =>
          distanceBetween(places[i]?.[GRIPPER] ?? drawn.mug, drawn.mug),
        );
        fc.pre(near.every((m) => m > 0.15));
        const looks = places.map((each, image) =>
          lookAt(image, each, image < from ? undefined : exchanged(GRIPPER, MUG)),
        );
        const found = judgeExchange(looks);
        fc.pre(stays(places, from - 2) && stays(places, from));
        expect(found).toMatchObject({ kind: "exchanged", afterS: from * APART_S });
      }),
    );
  });

  it("says nothing of a single image with exchanged ids", () => {
    fc.assert(
      fc.property(scene, fc.integer({ min: 1, max: 9 }), (drawn, slip) => {
        const looks = placesOf(drawn).map((places, image) =>
          lookAt(image, places, image === slip ? exchanged(MUG, TRAY) : undefined),
        );
        expect(judgeExchange(looks)).toBeUndefined();
      }),
    );
  });

  it("finds ids that are exchanged now and then, however shortly", () => {
    const slips = fc.uniqueArray(fc.integer({ min: 0, max: 3 }), { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(scene, slips, (drawn, some) => {
        fc.pre(distanceBetween(drawn.mug, drawn.tray) > 0.1);
        const looks = placesOf(drawn).map((places, image) =>
          lookAt(image, places, some.includes((image - 1) / 3) ? exchanged(MUG, TRAY) : undefined),
        );
        expect(judgeExchange(looks)).toMatchObject({ ids: [MUG, TRAY], times: 2 * some.length });
      }),
    );
  });

  /** Whether the gripper does not come to where the mug is in the next image. */
  function stays(places: readonly Places[], from: number): boolean {
    const [now, next] = [places[from], places[from + 1]];
    if (!now || !next) return false;
    const [a = [0, 0, 0], b = [0, 0, 0], mug = [0, 0, 0]] = [now[GRIPPER], next[GRIPPER], now[MUG]];
    return distanceBetween(a, b) < distanceBetween(mug, b) && distanceBetween(a, b) < 0.2;
  }
});

describe("judgeFrozen", () => {
  const looksOf = (drawn: Scene, sumOf: (image: number) => number) =>
    placesOf(drawn).map((places, image) => ({
      ...lookAt(image, places),
      depthSum: sumOf(image),
    }));
  const goesFar = (drawn: Scene, from: number, to: number) =>
    placesOf(drawn)
      .slice(from, to)
      .some((now) => distanceBetween(now[GRIPPER] ?? drawn.start, placeAt(drawn, from)) > 0.021);
  const placeAt = (drawn: Scene, image: number) => placesOf(drawn)[image]?.[GRIPPER] ?? drawn.start;

  it("finds depth that stays the same from an image on, while the gripper moves", () => {
    fc.assert(
      fc.property(scene, fc.integer({ min: 0, max: 7 }), (drawn, from) => {
        fc.pre(goesFar(drawn, from, 12));
        const looks = looksOf(drawn, (image) => Math.min(image, from));
        expect(judgeFrozen(looks)).toMatchObject({ kind: "frozen", images: 12 - from });
      }),
    );
  });

  it("finds it while the camera goes over things that rest, and not over nothing or what it holds", () => {
    const over = (places: Places) =>
      Array.from({ length: 12 }, (_, image) => ({
        ...lookAt(image, { [GRIPPER]: [0, 0, 0.2], ...places }),
        ...{ depthSum: 1, rest: restAt(0.05 * image) },
      }));
    const found = judgeFrozen(over({ [MUG]: [0.3, 0, 0.4] }));
    expect(found).toMatchObject({ kind: "frozen", by: "camera", images: 12 });
    expect(judgeFrozen(over({}))).toBeUndefined();
    expect(judgeFrozen(over({ [MUG]: [0, 0, 0.3] }))).toBeUndefined();
  });

  it("says nothing where depth changes, if not always, and where nothing moves", () => {
    fc.assert(
      fc.property(scene, (drawn) => {
        expect(judgeFrozen(looksOf(drawn, (image) => Math.floor(image / 3)))).toBeUndefined();
        const still: Scene = { ...drawn, steps: drawn.steps.map(() => [0, 0, 0]) };
        expect(judgeFrozen(looksOf(still, () => 1))).toBeUndefined();
      }),
    );
  });
});

describe("judgeColors", () => {
  const looksOf = (wears: readonly (readonly [string, Worn][] | undefined)[]) =>
    wears.map((its, image) => ({
      ...lookAt(image, {}),
      ...(its && { wears: new Map(its) }),
    }));
  const blue: readonly [string, Worn][] = [["mug", { instead: "blue", by: TRAY }]];

  it("needs four looks at colours in a row, whatever is between them", () => {
    expect(judgeColors(looksOf([blue, undefined, blue, blue, undefined, blue]))).toMatchObject({
      ...{ kind: "colors", name: "mug", by: TRAY },
    });
    expect(judgeColors(looksOf([blue, blue, [], blue, blue, blue]))).toBeUndefined();
  });

  it("does not count together what differs", () => {
    const green: readonly [string, Worn][] = [["mug", { instead: "green" }]];
    expect(judgeColors(looksOf([blue, blue, green, blue, blue]))).toBeUndefined();
  });
});
