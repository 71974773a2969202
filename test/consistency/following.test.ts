import { describe, expect, it } from "vitest";
import type { Look } from "../../src/consistency/Evidence.js";
import { judgeFollowing } from "../../src/consistency/judgeTimes.js";
import { PLAIN_LOOK } from "./plainLook.js";

/** A gripper goes to the right and back by half a metre; its mask stays at the border of the image. */
function looksOf(isCutOff: boolean): { readonly looks: readonly Look[]; readonly path: Path } {
  const times = Array.from({ length: 24 }, (_, i) => i / 2);
  const looks = times.map((timeS): Look => {
    const bearing = { timeS, at: [0.1, 0.4] as const, pixels: 200, isCutOff };
    return {
      ...PLAIN_LOOK,
      ...{ timeS, bearing, gripperId: 1, asked: new Set([1]), seen: new Map() },
    };
  });
  const path = times.map((timeS) => {
    const x = 0.25 * Math.sin(timeS / 2);
    return { timeS, pose: { position: [x, 0.3, 0.8], rotation: [0, 0, 0, 1] } } as const;
  });
  return { looks, path };
}
type Path = Parameters<typeof judgeFollowing>[1];

describe("judgeFollowing", () => {
  it("finds a mask that does not follow the gripper's frame", () => {
    const { looks, path } = looksOf(false);
    expect(judgeFollowing(looks, path)).toMatchObject({ kind: "unrelated", images: 24 });
  });

  it("says nothing of one whose other part may be beyond the image", () => {
    const { looks, path } = looksOf(true);
    expect(judgeFollowing(looks, path)).toBeUndefined();
  });
});
