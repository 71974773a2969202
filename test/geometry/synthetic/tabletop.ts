import type { Vec3 } from "../../../src/base/index.js";
import type { ObjectRef } from "../../../src/language/index.js";
import type { View, World } from "./castFrame.js";
import type { Solid } from "./Solid.js";

export const GRIPPER: ObjectRef = { name: "gripper", phrase: "the gripper", labels: [1] };
export const MUG: ObjectRef = { name: "mug", phrase: "the red mug", labels: [2] };
export const TRAY: ObjectRef = { name: "tray", phrase: "the tray", labels: [3] };
export const TABLE: ObjectRef = { name: "table", phrase: "the table", labels: [4] };
const ARM_ID = 5;

/** Two fingers under a palm that is the arm's, the frame in the middle of the fingers' box. */
export function gripper([x, y, z]: Vec3, openingM: number): Solid[] {
  const side = openingM / 2 + 0.006;
  const box = (id: number, dx: number, dz: number, half: Vec3): Solid => ({
    id,
    shape: "box",
    center: [x + dx, y, z + dz],
    half,
    yaw: 0,
  });
  return [
    box(1, -side, 0, [0.006, 0.012, 0.04]),
    box(1, side, 0, [0.006, 0.012, 0.04]),
    box(ARM_ID, 0, 0.054, [0.072, 0.02, 0.012]),
    { id: ARM_ID, shape: "cylinder", center: [x, y, z + 0.4], radius: 0.016, halfHeight: 0.33 },
  ];
}

/** A cylinder with a handle of three bars; the frame in the cylinder's middle. */
export function mug([x, y, z]: Vec3, handleYaw: number): Solid[] {
  const [cos, sin] = [Math.cos(handleYaw), Math.sin(handleYaw)];
  const bar = (out: number, dz: number, half: Vec3): Solid => ({
    id: 2,
    shape: "box",
    center: [x + cos * out, y + sin * out, z + dz],
    half,
    yaw: handleYaw,
  });
  return [
    { id: 2, shape: "cylinder", center: [x, y, z], radius: 0.04, halfHeight: 0.045 },
    bar(0.05, 0.021, [0.012, 0.0055, 0.0055]),
    bar(0.06, 0, [0.0055, 0.0055, 0.022]),
    bar(0.05, -0.021, [0.012, 0.0055, 0.0055]),
  ];
}

export interface PickScene {
  readonly world: World;
  readonly view: View;
  readonly gripperAt: Vec3;
  readonly mugAt: Vec3;
}

/** A gripper somewhere around a mug, seen from 0.85..1.15 m, 30..50° down. */
export function randomPick(random: () => number, resolution: 1 | 2 = 1): PickScene {
  const between = (low: number, high: number) => low + (high - low) * random();
  const mugAt: Vec3 = [between(-0.25, 0.25), between(-0.18, 0.18), 0.045];
  // A third far away, a third on the way down, a third around the mug.
  const phase = Math.floor(3 * random());
  const gripperAt: Vec3 =
    phase === 0
      ? [between(-0.3, 0.3), between(-0.15, 0.2), between(0.12, 0.33)]
      : [mugAt[0], mugAt[1], phase === 1 ? between(0.1, 0.25) : between(0.05, 0.08)];
  const opening = phase === 2 && random() < 0.5 ? 0.08 : between(0.082, 0.116);
  const distance = between(0.85, 1.15);
  const azimuth = between(-0.25, 0.25);
  const pitch = between(0.52, 0.87);
  const target: Vec3 = [between(-0.03, 0.03), between(-0.03, 0.03), 0.07];
  return {
    gripperAt,
    mugAt,
    world: {
      table: [0.5, 0.35],
      solids: [...gripper(gripperAt, opening), ...mug(mugAt, between(-Math.PI, Math.PI))],
      truth: { gripper: gripperAt, mug: mugAt },
    },
    view: {
      eye: [
        target[0] + distance * Math.sin(azimuth) * Math.cos(pitch),
        target[1] - distance * Math.cos(azimuth) * Math.cos(pitch),
        target[2] + distance * Math.sin(pitch),
      ],
      target,
      width: 640 / resolution,
      height: 480 / resolution,
      focal: 600 / resolution,
    },
  };
}
