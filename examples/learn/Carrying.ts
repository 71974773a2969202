import type { KinematicSample, Pose } from "spatial-reward-bridge";
import type { EnvironmentMoment, TabletopEnvironment } from "spatial-reward-bridge/sim";

type Vec3 = readonly [number, number, number];

/** Full speed of an action, m/s, and seconds from step to step: those of the table top. */
const SPEED = 0.4;
const STEP_S = 0.2;
/** Samples of the robot's kinematics in a step. */
const SAMPLES = 6;
/** The gripper closes on the mug when its centre is that near to the mug's, m. */
const GRASP_M = 0.05;
/** The gripper's centre above that of the mug in it, m: as the physical gripper holds it. */
const ABOVE_MUG_M = 0.02;
/** Positions of each finger, m: open, and closed on the mug. */
const OPEN_M = 0.058;
const HELD_M = 0.04;
/** How fast a finger closes, m/s. */
const CLOSING = 0.3;
/** The mug is over the tray: between the centres, seen from above, m. */
const CARRIED_M = 0.06;

/** A pose in the world and the way to it, as the simulator gives them. */
export interface Moment {
  /** As STATE_NAMES of the simulator says; `opening` is that of both fingers. */
  readonly state: ArrayLike<number>;
  readonly stampNs: bigint;
  readonly poses: ReadonlyMap<string, Pose>;
  readonly kinematics: readonly KinematicSample[];
  readonly reachM: number;
  readonly placeM: number;
  readonly isSuccess: boolean;
  readonly isTruncated: boolean;
}

/**
 * The mug picked up and carried to the tray, without physics: the gripper goes where it is told,
 * closes by itself when it is at the mug, and then has it. Scenes are those of the simulator.
 */
export class Carrying {
  readonly #steps: number;
  #start: EnvironmentMoment | undefined;
  #camera: KinematicSample | undefined;
  #gripper: Vec3 = [0, 0, 0];
  #mug: Vec3 = [0, 0, 0];
  #fingerM = OPEN_M;
  #isHeld = false;
  #step = 0;
  #timeS = 0;

  constructor(steps: number) {
    this.#steps = steps;
  }

  /** Begins where the simulator's episode does. */
  begin(table: TabletopEnvironment): Moment {
    this.#start = table.moment;
    this.#camera = table.kinematics[0];
    this.#gripper = this.#poseOf("gripper").position;
    this.#mug = this.#poseOf("red_mug").position;
    [this.#fingerM, this.#isHeld, this.#step, this.#timeS] = [OPEN_M, false, 0, 0];
    return this.#moment([this.#sample()]);
  }

  /** An action is the gripper's velocity, numbers from -1 to 1. */
  step(action: readonly number[]): Moment {
    const kinematics: KinematicSample[] = [];
    for (let sample = 0; sample < SAMPLES; sample++) {
      this.#advance(action, STEP_S / SAMPLES);
      kinematics.push(this.#sample());
    }
    this.#step++;
    return this.#moment(kinematics);
  }

  #advance(action: readonly number[], seconds: number): void {
    const [x = 0, y = 0, z = 0] = action.map((a) => Math.min(1, Math.max(-1, a)) * SPEED * seconds);
    const [low, high] = REACH_M;
    const at = this.#gripper;
    this.#gripper = [
      clamp(at[0] + x, low[0], high[0]),
      clamp(at[1] + y, low[1], high[1]),
      clamp(at[2] + z, low[2], high[2]),
    ];
    if (!this.#isHeld && distance(this.#gripper, this.#mug) < GRASP_M) this.#isHeld = true;
    if (this.#isHeld) {
      this.#fingerM = Math.max(HELD_M, this.#fingerM - CLOSING * seconds);
      this.#mug = [this.#gripper[0], this.#gripper[1], this.#gripper[2] - ABOVE_MUG_M];
    }
    this.#timeS += seconds;
  }

  #sample(): KinematicSample {
    const own = new Map(this.#camera?.poses);
    own.set("gripper", { position: this.#gripper, rotation: [0, 0, 0, 1] });
    const joints = new Map([
      ["finger_left", this.#fingerM],
      ["finger_right", this.#fingerM],
    ]);
    return { stampNs: this.#stampNs(), poses: own, joints };
  }

  #moment(kinematics: readonly KinematicSample[]): Moment {
    const top = this.#poseOf("table").position;
    const tray = this.#poseOf("blue_tray").position;
    const [gripper, mug] = [this.#gripper, this.#mug];
    const placeM = Math.hypot(mug[0] - tray[0], mug[1] - tray[1]);
    return {
      state: [
        ...[...minus(gripper, top), 2 * this.#fingerM],
        ...[...minus(mug, top), ...minus(tray, top)],
        ...[...minus(mug, gripper), ...minus(tray, gripper), ...minus(tray, mug)],
      ],
      stampNs: this.#stampNs(),
      poses: new Map([
        ...(this.#start?.truth.poses ?? []),
        ["gripper", { position: gripper, rotation: [0, 0, 0, 1] }],
        ["red_mug", { position: mug, rotation: [0, 0, 0, 1] }],
      ]),
      kinematics,
      reachM: distance(gripper, mug),
      placeM,
      isSuccess: this.#isHeld && placeM < CARRIED_M,
      isTruncated: this.#step >= this.#steps,
    };
  }

  #stampNs(): bigint {
    return (this.#start?.truth.stampNs ?? 0n) + BigInt(Math.round(this.#timeS * 1e9));
  }

  #poseOf(frame: string): Pose {
    const pose = this.#start?.truth.poses.get(frame);
    if (pose === undefined) throw new Error(`the scene has no ${frame}`);
    return pose;
  }
}

/** Where the gripper's centre can be driven, m: as the simulator's. */
const REACH_M: readonly [Vec3, Vec3] = [
  [-0.4, -0.28, 0.764],
  [0.4, 0.28, 1.1],
];

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

function minus(a: Vec3, b: Vec3): Vec3 {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

function distance(a: Vec3, b: Vec3): number {
  return Math.hypot(...minus(a, b));
}
