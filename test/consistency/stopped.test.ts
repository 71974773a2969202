import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mulberry32, type Vec3 } from "../../src/base/index.js";
import type { Pose } from "../../src/camera/index.js";
import type { PathPoint } from "../../src/consistency/bearings.js";
import type { Look } from "../../src/consistency/Evidence.js";
import { isOver } from "../../src/consistency/isOver.js";
import { judge } from "../../src/consistency/judge.js";
import { judgeStopped } from "../../src/consistency/judgeStopped.js";

const NO_EDGES = { on: new Int16Array(), known: new Int16Array() };
const IMAGES = 24;
const STOPS = 6;
const CAN = 12;

interface Ride {
  /** How far the main plane is in an image, m. */
  readonly shownM: (image: number) => number;
  /** What TF says of the support's frame. */
  readonly told?: (image: number) => number;
  /** Where a thing is. */
  readonly can?: (image: number) => Vec3;
}

const wave = (image: number) => 0.45 + 0.15 * Math.sin(1.1 * image);
/** TF goes on for some images, and then not at all. */
const stops = (image: number) => wave(Math.min(image, STOPS));

function ride({ shownM, told = stops, can }: Ride) {
  const poseAt = (image: number): Pose => ({
    position: [0.1 * told(image), 0, told(image)],
    rotation: [0, 0, 0, 1],
  });
  const looks = Array.from({ length: IMAGES }, (_, timeS): Look => {
    const middle = can?.(timeS);
    return {
      ...{ timeS, asked: new Set<number>(), tilt: 0, rest: poseAt(timeS) },
      ...{ width: 160, height: 120, scale: 1, isCoarse: false, near: NO_EDGES },
      seen: new Map(middle ? [[CAN, { middle, area: 0.01, isCutOff: false }]] : []),
      climb: { axis: 2, shownM: shownM(timeS), toldM: told(timeS) },
    };
  });
  const path = looks.map(({ timeS }): PathPoint => ({ timeS, pose: poseAt(timeS) }));
  return { looks, path };
}

const found = (given: Ride) => {
  const { looks, path } = ride(given);
  return judgeStopped(looks, path);
};

describe("judgeStopped", () => {
  it("finds transforms that stopped, while depth shows the camera go on", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
        const random = mulberry32(seed);
        const { looks, path } = ride({ shownM: (image) => wave(image) + 0.004 * random() });
        expect(judgeStopped(looks, path)).toMatchObject({ kind: "stopped" });
        expect(judge(looks, [], path).found).toEqual(judgeStopped(looks, path));
      }),
    );
  });

  const still = wave(STOPS);
  const putDown = (image: number) => Math.min(still, 0.1 + 0.04 * Math.abs(image - 14));

  it.each<[string, Ride]>([
    ["a camera that stands still", { shownM: (image) => stops(image) + 0.004 * (image % 2) }],
    ["transforms that differ by a little", { shownM: wave, told: (i) => stops(i) + 1e-12 * i }],
    ["a camera that never moved by TF", { shownM: wave, told: () => still }],
    ["one whose place was corrected", { shownM: wave, told: (i) => still + (i < 2 ? 0.01 : 0) }],
    ["planes in turns", { shownM: (i) => (i > STOPS ? still - 0.1 * (i % 3) : stops(i)) }],
    [
      "a tray that is put down and taken away",
      { shownM: (i) => (i > STOPS ? putDown(i) : stops(i)) },
    ],
    ["a thing that stays where it is", { shownM: wave, can: () => [0, 0.1, 0.6] }],
  ])("says nothing by %s", (_, given) => {
    expect(found(given)).toBeUndefined();
  });

  it("is over when transforms go on, and not while they are the same", () => {
    const what = found({ shownM: wave });
    if (!what) throw new Error("nothing was found");
    const { looks, path } = ride({ shownM: wave });
    expect(isOver(what, looks.slice(STOPS), path)).toBe(false);
    expect(isOver(what, looks.slice(0, STOPS + 1), path)).toBe(true);
  });
});
