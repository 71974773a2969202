import { expect, it } from "vitest";
import type { Vec3 } from "../../src/base/index.js";
import type { Look } from "../../src/consistency/Evidence.js";
import { gripperTrack, judgeTrack } from "../../src/consistency/judgeTrack.js";
import { PLAIN_LOOK } from "./plainLook.js";

const GRIPPER = 1;

/** The gripper's frame at a place, and the middle of what is seen of the gripper. */
function lookAt(timeS: number, told: Vec3, seen: Vec3, spanM: number): Look {
  return {
    ...{ ...PLAIN_LOOK, timeS, asked: new Set([GRIPPER]), gripperId: GRIPPER },
    told: { position: told, rotation: [0, 0, 0, 1] },
    seen: new Map([[GRIPPER, { middle: seen, area: 0.002, spanM, isCutOff: false }]]),
  };
}

/** Eight places where all of the gripper is seen, and eight at the border, where it looks so large. */
function looks(asideM: number): readonly Look[] {
  return Array.from({ length: 16 }, (_, i) => {
    const isAside = i >= 8;
    const told: Vec3 = [isAside ? 0.29 : 0.005 * i, -0.03 - 0.01 * (i % 8), 0.5];
    const seen: Vec3 = [told[0] - (isAside ? 0.07 : 0), told[1] + 0.01, 0.49];
    return lookAt(i, told, seen, isAside ? asideM : 0.18);
  });
}

function judged(all: readonly Look[]) {
  const track = gripperTrack(all);
  if (!track) throw new Error("a gripper in 16 images has a track");
  return judgeTrack(all, track);
}

it("a finger that is whole beside the border tells no lens of the gripper", () => {
  expect(judged(looks(0.09))).toBeUndefined();
});

it("all of the gripper does", () => {
  expect(judged(looks(0.17))).toMatchObject({ kind: "track" });
});

it("the time in which a gripper waits is none in which it shows anything", () => {
  const moving = Array.from({ length: 12 }, (_, i) => i);
  const all = [...moving, ...Array.from({ length: 20 }, () => 11)].map((place, i) => {
    const at: Vec3 = [0.02 * place, 0, 0.5];
    return lookAt(i / 2, at, at, 0.18);
  });
  expect(gripperTrack(all)?.spanS).toBeCloseTo(6.5);
});
