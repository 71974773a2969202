import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mulberry32 } from "../../src/base/index.js";
import { composePoses, type Pose } from "../../src/camera/index.js";
import type { PathPoint } from "../../src/consistency/bearings.js";
import type { Look } from "../../src/consistency/Evidence.js";
import { isOver } from "../../src/consistency/isOver.js";
import { judgeStamps } from "../../src/consistency/judgeStamps.js";
import { PLAIN_LOOK } from "./plainLook.js";

const IMAGES = 24;
const FLOOR_M = 0.75;

interface Ride {
  readonly lateS?: number;
  /** How the camera's pose in TF is off. */
  readonly off?: Pose;
  /** How far the camera rises and sinks, m. */
  readonly highM?: number;
  /** Whether an image shows the floor as the main plane. */
  readonly isFloor?: (image: number) => boolean;
}

const NOWHERE: Pose = { position: [0, 0, 0], rotation: [0, 0, 0, 1] };

/** A camera over a plane goes from one height to the next, with nothing else to be seen. */
function ride(
  seed: number,
  { lateS = 0, off = NOWHERE, highM = 0.3, isFloor = () => false }: Ride,
) {
  const random = mulberry32(seed);
  const stopsM = Array.from({ length: IMAGES + 2 }, (_, i) => highM * ((i % 2) + 0.4 * random()));
  const heightAt = (timeS: number) => {
    const at = Math.max(0, timeS) / 2;
    const [a = 0, b = 0] = [stopsM[Math.floor(at)], stopsM[Math.floor(at) + 1]];
    return 0.4 + a + (b - a) * Math.min(1, 1.25 * (at % 1));
  };
  const toldAt = (timeS: number): Pose =>
    composePoses(off, { position: [0, 0, heightAt(timeS - lateS)], rotation: [0, 0, 0, 1] });
  const path = Array.from({ length: 20 * (IMAGES + 4) }, (_, i): PathPoint => {
    const timeS = i / 20 - 2;
    return { timeS, pose: toldAt(timeS) };
  });
  const looks = Array.from({ length: IMAGES }, (_, timeS): Look => {
    const rest = toldAt(timeS);
    const shownM = heightAt(timeS) + (isFloor(timeS) ? FLOOR_M : 0) + 0.004 * (random() - 0.5);
    return {
      ...{ timeS, asked: new Set<number>(), seen: new Map(), tilt: 0, rest },
      ...PLAIN_LOOK,
      climb: { axis: 2, shownM, toldM: rest.position[2] },
    };
  });
  return { looks, path };
}

const seeds = fc.integer({ min: 1, max: 1e6 });
const lags = fc
  .tuple(fc.double({ min: 0.24, max: 0.6, noNaN: true }), fc.constantFrom(1, -1))
  .map(([size, way]) => size * way);
const offs = fc
  .tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.double({ min: -1, max: 1, noNaN: true }))
  .map(
    ([x, y]): Pose => ({
      position: [0.01 * x, 0.01 * y, 0.01 * x],
      rotation: [0.009 * y, 0.009 * x, 0, Math.sqrt(1 - 0.009 ** 2 * (x * x + y * y))],
    }),
  );

describe("judgeStamps", () => {
  it("finds by the main plane alone that stamps are off, and by how much", () => {
    fc.assert(
      fc.property(seeds, lags, offs, (seed, lateS, off) => {
        const { looks, path } = ride(seed, { lateS, off });
        const found = judgeStamps(looks, path);
        expect(found).toMatchObject({ kind: "world", cause: "lag", ids: [] });
        expect(found).toHaveProperty("values.0", expect.closeTo(-lateS, 1));
      }),
    );
  });

  it.each<[string, Ride]>([
    ["the plane becomes another one and back", { isFloor: (image) => image % 5 === 1 }],
    ["the plane becomes another one in the middle", { isFloor: (image) => image > IMAGES / 2 }],
    // By some centimetres, the main plane goes with what hides it, too.
    ["the camera rises little, whatever the stamps", { lateS: 0.4, highM: 0.06 }],
  ])("says nothing where %s", (_, given) => {
    fc.assert(
      fc.property(seeds, offs, (seed, off) => {
        const { looks, path } = ride(seed, { ...given, off });
        expect(judgeStamps(looks, path)).toBeUndefined();
      }),
    );
  });

  it("says nothing by few images, and takes back what is over", () => {
    const late = ride(1, { lateS: 0.4 });
    const found = judgeStamps(late.looks, late.path);
    if (!found) throw new Error("nothing was found");
    expect(judgeStamps(late.looks.slice(0, 10), late.path)).toBeUndefined();
    expect(isOver(found, late.looks, late.path)).toBe(false);
    const sound = ride(1, {});
    expect(isOver(found, sound.looks, sound.path)).toBe(true);
    expect(isOver(found, sound.looks.slice(0, 3), sound.path)).toBe(false);
  });
});
