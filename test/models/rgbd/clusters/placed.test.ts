import { describe, expect, it } from "vitest";
import type { ObjectRef } from "../../../../src/language/index.js";
import type { DepthGrid } from "../../../../src/models/rgbd/clusters/DepthGrid.js";
import type { GridColors } from "../../../../src/models/rgbd/clusters/Look.js";
import { nameByPlace } from "../../../../src/models/rgbd/clusters/placed.js";
import type { Track } from "../../../../src/models/rgbd/clusters/Track.js";

/** A grid of 100 x 50 cells for a colour image of 201 x 101 pixels, of which the last are no whole cell. */
const WIDTH = 100;
const LOOKED = {
  grid: { width: WIDTH, height: 50 } as unknown as DepthGrid,
  colors: { binAt: () => 0 } as unknown as GridColors,
  toGrid: 0.5,
  size: [201, 101] as const,
};

/** A thing whose cells fill some columns of the rows 10 to 19. */
function thing(id: number, left: number, right: number, beganAtRobot = false): Track {
  const cells: number[] = [];
  for (let row = 10; row < 20; row++)
    for (let column = left; column < right; column++) cells.push(row * WIDTH + column);
  return {
    id,
    cells: Uint32Array.from(cells),
    look: { bins: [1] },
    beganAtRobot,
  } as unknown as Track;
}

const THINGS = [thing(1, 10, 20), thing(2, 23, 33)];
function named(at: ObjectRef["at"]): number | string {
  const ref: ObjectRef = { name: "mug", phrase: "the mug", ...(at && { at }) };
  const [placed] = nameByPlace([ref], THINGS, [thing(3, 60, 70, true), thing(4, 80, 85)], LOOKED);
  const { track, refusal } = placed?.named ?? {};
  return track?.id ?? `${refusal?.reason}: ${refusal?.detail}`;
}

describe("a pixel that names a thing", () => {
  it("means the thing that it is on, or hardly beside", () => {
    expect(named([30, 30])).toBe(1);
    expect(named([50.7, 24.2])).toBe(2);
    expect(named([17, 30])).toBe(1);
    expect(named([39, 30])).toBe(1);
    expect(named([46, 30])).toBe(2);
  });

  it("means the thing of the last cell beside it, at the edge of the image", () => {
    const [placed] = nameByPlace(
      [{ name: "mug", phrase: "the mug", at: [200, 30] }],
      [thing(4, 90, 100)],
      [],
      LOOKED,
    );
    expect(placed?.named.track?.id).toBe(4);
  });

  it("means neither of two things that it lies between", () => {
    expect(named([43, 30])).toMatch(
      /^ambiguous: \[43, 30\] \(`at` of mug\) lies between two things/,
    );
  });

  it("is refused on the table, and on the robot", () => {
    expect(named([100, 80])).toMatch(/^no_object: nothing stands on the table at \[100, 80\]/);
    expect(named([130, 30])).toMatch(/^ambiguous: the mug touches the robot/);
  });

  it("is said to touch the robot only where that is", () => {
    const wideLid = named([164, 30]);
    expect(wideLid).toMatch(/^ambiguous: the mug is in the air .* it hides what it stands on/);
  });

  it.each<[ObjectRef["at"]]>([[[412, 30]], [[30, 233]], [[180, 20, 260, 60]]])(
    "is refused with the image's size where it is outside of it: %j",
    (at) =>
      expect(named(at)).toMatch(/^no_object: .* outside of the color image, which has 201 x 101/),
  );
});
