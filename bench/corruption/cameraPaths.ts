/** Where cameras are that are fixed, at a wrist, on a head or a base, or in a hand. */
import { addScaled, type Random, type Vec3 } from "../../src/base/index.js";
import { composePoses, type Pose } from "../../src/camera/index.js";
import { opticalPose } from "../../src/sim/scene/cameraPose.js";
import { TABLE_TOP_M } from "../../src/sim/scene/constants.js";
import type { TabletopLayout } from "../../src/sim/scene/TabletopLayout.js";
import { direction, turn } from "../wrongCamera.js";

/** Where a camera is at a time, in the world, and by how much the hand has turned, rad. */
export type CameraPath = (timeS: number, gripper: Vec3, durationS: number) => Placed;
export interface Placed {
  readonly pose: Pose;
  /** What TF says, where that is not the pose. */
  readonly told?: Pose;
  readonly turnRad?: number;
}
export type CameraKind = (layout: TabletopLayout, random: Random) => CameraPath;

export const DEGREE = Math.PI / 180;
const TARGET: Vec3 = [0, 0.01, TABLE_TOP_M + 0.07];
export const smooth = (share: number) => {
  const x = Math.min(1, Math.max(0, share));
  return x * x * (3 - 2 * x);
};

/** Stays at some values, and goes from one to the next within a second or two. */
function nowAndThen(random: Random, times: number, range: readonly number[]) {
  const stops = Array.from({ length: times + 1 }, (_, i) => ({
    share: i === 0 ? 0 : (i - 0.5 + 0.4 * random.next()) / times,
    values: range.map((it) => it * random.uniform(-1, 1)),
  }));
  const takesS = random.uniform(0.6, 2);
  return (timeS: number, durationS: number): readonly number[] =>
    range.map((_, k) =>
      stops.reduce((value, stop, i) => {
        const before = stops[i - 1];
        if (!before) return stop.values[k] ?? 0;
        const way = (stop.values[k] ?? 0) - (before.values[k] ?? 0);
        return value + way * smooth((timeS - stop.share * durationS) / takesS);
      }, 0),
    );
}

export function wrist(turns: boolean, distances: readonly [number, number]): CameraKind {
  return (_, random) => {
    const azimuthRad = random.pick([0, Math.PI]) + random.uniform(-0.3, 0.3);
    const distanceM = random.uniform(...distances);
    const pitchRad = random.uniform(45, 75) * DEGREE;
    const rollRad = random.uniform(-0.05, 0.05);
    const ahead = random.uniform(0.0, 0.06);
    const swing = nowAndThen(random, 3, [turns ? 100 * DEGREE : 0]);
    return (timeS, gripper, durationS) => {
      const [turnRad = 0] = swing(timeS, durationS);
      const azimuth = azimuthRad + turnRad;
      const target: Vec3 = [
        gripper[0] - ahead * Math.sin(azimuth),
        gripper[1] + ahead * Math.cos(azimuth),
        gripper[2] - 0.05,
      ];
      return {
        pose: opticalPose({ target, distanceM, azimuthRad: azimuth, pitchRad, rollRad }),
        turnRad,
      };
    };
  };
}

/** Turns and moves now and then, as a head or a base does. */
export function mobile(
  times: number,
  [panDeg, tiltDeg]: readonly [number, number],
  offM: number,
): CameraKind {
  return (_, random) => {
    const base = {
      distanceM: random.uniform(0.85, 1.2),
      azimuthRad: random.uniform(-0.6, 0.6),
      pitchRad: random.uniform(0.55, 0.8),
    };
    const go = nowAndThen(random, times, [panDeg * DEGREE, tiltDeg * DEGREE, offM, offM, offM / 2]);
    return (timeS, _gripper, durationS) => {
      const [pan = 0, tilt = 0, x = 0, y = 0, z = 0] = go(timeS, durationS);
      const still = opticalPose({ ...base, target: TARGET, rollRad: 0 });
      const pose = opticalPose({
        target: TARGET,
        distanceM: base.distanceM,
        azimuthRad: base.azimuthRad + pan,
        pitchRad: base.pitchRad + tilt,
        rollRad: 0,
      });
      // A head turns about itself.
      const position: Vec3 = [still.position[0] + x, still.position[1] + y, still.position[2] + z];
      return { pose: { position, rotation: pose.rotation } };
    };
  };
}

/** Moves all the time, slowly. */
export const drifting: CameraKind = (_, random) => {
  const phase = random.uniform(0, 6);
  return (timeS) => {
    const swing = (periodS: number) => Math.sin((2 * Math.PI * timeS) / periodS + phase);
    return {
      pose: opticalPose({
        target: addScaled(TARGET, [1, 0.5, 0.2], 0.03 * swing(5)),
        distanceM: 1 + 0.1 * swing(7),
        azimuthRad: 0.3 * swing(9),
        pitchRad: 0.68 + 0.08 * swing(6),
        rollRad: 0.03 * swing(4),
      }),
    };
  };
};

/** Is pushed a little, which its static transform does not tell. */
export function bumped(degrees: number, offM: number): CameraKind {
  return (layout, random) => {
    const told = layout.cameras[0]?.pose ?? { position: [0, 0, 0], rotation: [0, 0, 0, 1] };
    const push: Pose = {
      ...turn(direction(random), degrees),
      position: [offM * random.uniform(-1, 1), offM * random.uniform(-1, 1), 0],
    };
    const share = random.uniform(0.2, 0.8);
    return (timeS, _gripper, durationS) => ({
      told,
      pose: timeS > share * durationS ? composePoses(told, push) : told,
    });
  };
}

export const fixed =
  (at: 0 | 1): CameraKind =>
  (layout) => {
    const pose = layout.cameras[at]?.pose;
    if (!pose) throw new Error("the layout has two cameras");
    return () => ({ pose });
  };

/** A camera that looks past the gripper for most of the time. */
export const lookingAside: CameraKind = (layout, random) => {
  const { mug } = layout;
  const view = {
    target: [mug.x, mug.y, TABLE_TOP_M + 0.03] as const,
    distanceM: random.uniform(0.45, 0.6),
    azimuthRad: random.uniform(-0.5, 0.5),
    pitchRad: random.uniform(0.6, 1),
    rollRad: 0,
  };
  const pose = opticalPose(view);
  return () => ({ pose });
};

/** Further back by some metres, for a narrow lens, or nearer. */
export function further(kind: CameraKind, byM: number): CameraKind {
  return (layout, random) => {
    const placeAt = kind(layout, random);
    const back: Pose = { position: [0, 0, -byM], rotation: [0, 0, 0, 1] };
    return (...when) => {
      const placed = placeAt(...when);
      return { ...placed, pose: composePoses(placed.pose, back) };
    };
  };
}

/** So low that another thing stands before the mug. */
export const behindAnother: CameraKind = ({ mug, distractors }, random) => {
  const apartM = ({ x, y }: { x: number; y: number }) => Math.hypot(x - mug.x, y - mug.y);
  const [nearest] = distractors.toSorted((a, b) => apartM(a) - apartM(b));
  const { x, y } = nearest ?? { x: 0, y: -1 };
  const pose = opticalPose({
    target: [mug.x, mug.y, TABLE_TOP_M + 0.06],
    distanceM: random.uniform(0.8, 1.1),
    azimuthRad: Math.atan2(x - mug.x, mug.y - y),
    pitchRad: random.uniform(20, 32) * DEGREE,
    rollRad: 0,
  });
  return () => ({ pose });
};
