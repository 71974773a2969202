import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Vec3 } from "../../src/base/index.js";
import type { Look } from "../../src/consistency/Evidence.js";
import { isOver } from "../../src/consistency/isOver.js";
import { judgeDistance } from "../../src/consistency/judgeDistance.js";
import { PLAIN_LOOK } from "./plainLook.js";

const GRIPPER = 1;

/** @param depthOf what stands for the depth of the gripper, m */
function lookAt(image: number, told: Vec3, off: Vec3, depthOf: (z: number) => number): Look {
  const [x, y, z] = [told[0] + off[0], told[1] + off[1], told[2] + off[2]];
  const [u, v, shownM] = [x / z, y / z, depthOf(z)];
  return {
    ...PLAIN_LOOK,
    ...{ timeS: image / 2, gripperId: GRIPPER, asked: new Set([GRIPPER]) },
    told: { position: told, rotation: [0, 0, 0, 1] },
    bearing: { timeS: image / 2, at: [u, v], pixels: 100, isCutOff: false },
    seen: new Map([
      [
        GRIPPER,
        { middle: [u * shownM, v * shownM, shownM], area: 0.01, spanM: 0.1, isCutOff: false },
      ],
    ]),
  };
}

const at = (span: number) => fc.double({ min: -span, max: span, noNaN: true });
const place: fc.Arbitrary<Vec3> = fc.tuple(
  at(0.4),
  at(0.4),
  fc.double({ min: 0.7, max: 1.8, noNaN: true }),
);
const places = fc.array(place, { minLength: 8, maxLength: 32 });
/** From the frame of a wrist or flange to the middle of what is seen, m. */
const offset: fc.Arbitrary<Vec3> = fc.tuple(at(0.11), at(0.11), at(0.11));

const looksOf = (told: readonly Vec3[], off: Vec3, depthOf: (z: number) => number) =>
  told.map((each, image) => lookAt(image, each, off, depthOf));

describe("judgeDistance", () => {
  it("says nothing of depth that is a few percent off, whatever point the frame is", () => {
    fc.assert(
      fc.property(
        places,
        offset,
        fc.double({ min: 0.95, max: 1.05, noNaN: true }),
        (all, off, by) => {
          expect(judgeDistance(looksOf(all, off, (z) => by * z))).toBeUndefined();
        },
      ),
    );
  });

  it.each<[string, (z: number) => number, string]>([
    ["without its high byte", (z) => (Math.round(1000 * z) % 256) / 1000, "nearer"],
    ["without its low byte", (z) => (Math.round(1000 * z) >> 8) / 1000, "nearer"],
    ["as a disparity", (z) => 9 / z, "farther"],
    ["a quarter of it", (z) => z / 4, "nearer"],
    ["eight times of it", (z) => 8 * z, "farther"],
    ["as a share of 4 m", (z) => z / 4, "nearer"],
  ])("finds depth %s, however the gripper moves", (_, depthOf, way) => {
    fc.assert(
      fc.property(places, (all) => {
        expect(judgeDistance(looksOf(all, [0, 0, 0], depthOf))).toMatchObject({
          kind: "distance",
          by: "gripper",
          way,
          images: all.length,
        });
      }),
    );
  });

  it("says nothing where the mask is in another direction than the frame", () => {
    fc.assert(
      fc.property(places, (all) => {
        expect(judgeDistance(looksOf(all, [0.7, 0, 0], (z) => z / 4))).toBeUndefined();
      }),
    );
  });

  it("finds it by a support whose height is told, where no gripper is seen", () => {
    const looks = Array.from({ length: 8 }, (_, image) => ({
      ...lookAt(image, [0, 0, 1], [0, 0, 0], (z) => z),
      ...{ seen: new Map(), support: { offM: -0.9, toldM: 1.1 } },
    }));
    expect(judgeDistance(looks)).toMatchObject({ by: "support", way: "nearer", offM: 0.9 });
    const near = looks.map((look) => ({ ...look, support: { offM: 0.3, toldM: 1.1 } }));
    expect(judgeDistance(near)).toBeUndefined();
  });
});

describe("isOver", () => {
  const found = { kind: "unrelated", images: 8 } as const;
  /** A gripper that moves so far in a circle, m. */
  const ride = (images: number, radiusM: number, depthOf: (z: number) => number) =>
    looksOf(
      Array.from({ length: images }, (_, i) => [radiusM * Math.cos(i), radiusM * Math.sin(i), 1]),
      [0, 0, 0],
      depthOf,
    );

  it("is so where the gripper is seen to move as its frame does", () => {
    expect(
      isOver(
        found,
        ride(16, 0.2, (z) => z),
      ),
    ).toBe(true);
  });

  it("is not where little is seen since, where it rests, or where it is still wrong", () => {
    expect(
      isOver(
        found,
        ride(5, 0.2, (z) => z),
      ),
    ).toBe(false);
    expect(
      isOver(
        found,
        ride(16, 0.01, (z) => z),
      ),
    ).toBe(false);
    expect(
      isOver(
        found,
        ride(16, 0.2, (z) => z / 2),
      ),
    ).toBe(false);
  });
});
