import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Look } from "../../src/consistency/Evidence.js";
import { judge } from "../../src/consistency/judge.js";
import { isClimbTrue, judgeClimb } from "../../src/consistency/judgeClimb.js";
import { PLAIN_LOOK } from "./plainLook.js";

const IMAGES = 24;
const MIDDLE = IMAGES >> 1;

/** A camera that rises and sinks by some centimetres each second, told by TF, and what depth shows of it. */
function looksOf(
  stepM: number,
  shownAt: (toldM: number, image: number) => number,
  tilt = 0,
): Look[] {
  return Array.from({ length: IMAGES }, (_, image): Look => {
    const toldM = 0.4 + stepM * Math.abs(2 - (image % 4));
    return {
      ...{ timeS: image, asked: new Set<number>(), seen: new Map(), tilt },
      ...PLAIN_LOOK,
      climb: { axis: 2, shownM: shownAt(toldM, image), toldM },
    };
  });
}

/** From above, the floor is the main plane. */
const onTwo = (toldM: number) => toldM + (toldM > 0.5 ? 0.75 : 0);

const steps = fc.double({ min: 0.05, max: 0.2, noNaN: true });
const heights = fc.double({ min: -0.3, max: 1, noNaN: true });
/** One for each of some episodes; doubles of fast-check are mostly about 0. */
const tops = fc.array(
  fc.integer({ min: -3, max: 10 }).map((it) => it / 10),
  { minLength: 8, maxLength: 8 },
);
/** Of a lens or a sensor, up or down. */
const few = fc.double({ min: 0.9, max: 1.1, noNaN: true });
const many = fc.oneof(
  fc.double({ min: 1.2, max: 3, noNaN: true }),
  fc.double({ min: 0.33, max: 0.83, noNaN: true }),
  fc.constantFrom(1000, 0.001),
);

describe("judgeClimb", () => {
  it("finds depth in another unit, wherever the support's plane is in its frame", () => {
    fc.assert(
      fc.property(steps, heights, many, (stepM, topM, factor) => {
        const looks = looksOf(stepM, (toldM) => factor * (toldM - topM));
        expect(judgeClimb(looks)?.kind).toBe("climb");
        expect(judgeClimb(looks)).toHaveProperty("factor", expect.closeTo(factor, 4));
        expect(judge(looks).found).toEqual(judgeClimb(looks));
        expect(isClimbTrue(looks)).toBe(false);
      }),
    );
  });

  it("finds it in short episodes, each with a plane at a height of its own", () => {
    fc.assert(
      fc.property(steps, tops, many, (stepM, topsM, factor) => {
        const episodeOf = (image: number) => Math.floor(image / 3);
        const shownM = (toldM: number, image: number) =>
          factor * (toldM - (topsM[episodeOf(image)] ?? 0));
        const looks = looksOf(stepM, shownM).map((look, image) => ({
          ...look,
          episode: `${episodeOf(image)}`,
        }));
        expect(judgeClimb(looks)).toHaveProperty("factor", expect.closeTo(factor, 4));
      }),
    );
  });

  it("says nothing of a lens that is a little off, nor where the main plane becomes another one", () => {
    fc.assert(
      fc.property(steps, heights, few, (stepM, topM, factor) => {
        const floorM = 0.75;
        const looks = looksOf(
          stepM,
          (toldM, image) => factor * (toldM - topM) + (image < MIDDLE ? 0 : floorM),
        );
        expect(judgeClimb(looks)).toBeUndefined();
        expect(isClimbTrue(looks)).toBe(true);
        expect(judge(looks).found).toBeUndefined();
      }),
    );
  });

  it.each<[string, Look[]]>([
    ["a camera that hardly rises", looksOf(0.02, (toldM) => 2 * toldM)],
    ["a plane that the camera carries", looksOf(0.1, () => 0.3)],
    ["two planes in turns", looksOf(0.1, onTwo).filter((_, image) => image % 2 === 0)],
    ["a slope", looksOf(0.1, (toldM) => 2 * toldM, 0.2)],
    ["depth of another time", looksOf(0.1, (_, image) => 0.4 + 0.1 * (((3 * image) % 7) % 3))],
  ])("knows nothing by %s", (_, looks) => {
    expect(judgeClimb(looks)).toBeUndefined();
    expect(isClimbTrue(looks)).toBe(false);
  });
});
