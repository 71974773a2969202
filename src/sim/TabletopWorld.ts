import type { MainModule, MjData, MjModel } from "@mujoco/mujoco";
import {
  clamp,
  distanceBetween,
  itemAt,
  mapVec3,
  type Vec3,
  valueAt,
  vec3At,
} from "../base/index.js";
import type { Pose } from "../camera/index.js";
import {
  GANTRY_ZERO_Z_M,
  MAX_OPENING_M,
  REACH_M,
  TABLE_TOP_M,
  tfFrameOf,
} from "./scene/constants.js";
import type { TabletopLayout } from "./scene/TabletopLayout.js";
import { loadMujoco, TIMESTEP_NS, tabletopMjcf } from "./scene/tabletopMjcf.js";
import type { GripperGoal } from "./script/EpisodeScript.js";

/** What a camera can only guess: the state of the world at one moment. */
export interface SimTruth {
  /** Simulated time, the stamp of the images taken at this moment. */
  readonly stampNs: bigint;
  /** Poses in `world` (metres) of `table`, `gripper`, `red_mug`, `blue_tray` and each distractor. */
  readonly poses: ReadonlyMap<string, Pose>;
  /** Gap between the fingers, metres. */
  readonly openingM: number;
  /** Both fingers press on the mug. */
  readonly isHeld: boolean;
  /** The mug stands on the tray, upright, still, and let go. */
  readonly isSuccess: boolean;
}

/** Position and speed of the robot's joints, as sensor_msgs/JointState has them. */
export interface SimJoints {
  readonly names: readonly string[];
  /** Metres. */
  readonly positions: readonly number[];
  /** Metres a second. */
  readonly velocities: readonly number[];
}

/** Steps between two commands to the servos: 10 ms. */
const STEPS_PER_COMMAND = 5;
/** Objects come to rest on the table before time 0. */
const SETTLE_STEPS = 250;
/** Newtons on each finger from which something counts as held. */
const HOLDING_FORCE_N = 1;
/** The mug's middle and the gripper's are no further apart while it is held. */
const HOLDING_DISTANCE_M = 0.07;

const JOINTS = ["gantry_x", "gantry_y", "gantry_z", "finger_left", "finger_right"] as const;

/** The physics of one layout: takes goals for the gripper, returns poses. Close it after use. */
export class TabletopWorld {
  readonly #mujoco: MainModule;
  readonly #model: MjModel;
  readonly #data: MjData;
  readonly #bodies: ReadonlyMap<string, number>;
  readonly #fingers: readonly [left: number, right: number];
  readonly #joints: readonly { readonly qpos: number; readonly dof: number }[];
  readonly #mugDof: number;
  #steps = 0;

  private constructor(mujoco: MainModule, layout: TabletopLayout) {
    this.#mujoco = mujoco;
    this.#model = mujoco.MjModel.from_xml_string(tabletopMjcf(layout));
    this.#data = new mujoco.MjData(this.#model);
    const bodyId = (name: string) => this.#id(mujoco.mjtObj.mjOBJ_BODY.value, name);
    const jointId = (name: string) => this.#id(mujoco.mjtObj.mjOBJ_JOINT.value, name);
    const objects = ["red_mug", "blue_tray", ...layout.distractors.map((d) => tfFrameOf(d.name))];
    this.#bodies = new Map(objects.map((name) => [name, bodyId(name)]));
    this.#fingers = [bodyId("finger_left"), bodyId("finger_right")];
    const qposAdr = this.#model.jnt_qposadr as Int32Array;
    const dofAdr = this.#model.jnt_dofadr as Int32Array;
    this.#joints = JOINTS.map((name) => {
      const id = jointId(name);
      return { qpos: itemAt(qposAdr, id), dof: itemAt(dofAdr, id) };
    });
    this.#mugDof = itemAt(dofAdr, jointId("red_mug"));
  }

  /** Compiles the scene, puts the gripper at its start and lets the objects settle. */
  static async create(layout: TabletopLayout, goal: GripperGoal): Promise<TabletopWorld> {
    const world = new TabletopWorld(await loadMujoco(), layout);
    world.#settle(goal);
    return world;
  }

  /** Simulated time since the episode's start. */
  get timeNs(): bigint {
    return BigInt(this.#steps) * TIMESTEP_NS;
  }

  /** One command (10 ms) towards the goal. */
  advance(goal: GripperGoal): void {
    this.#command(goal);
    for (let i = 0; i < STEPS_PER_COMMAND; i++) this.#mujoco.mj_step(this.#model, this.#data);
    this.#steps += STEPS_PER_COMMAND;
  }

  /** Poses in `world` of every object, the gripper and the table. */
  poses(): Map<string, Pose> {
    const poses = new Map<string, Pose>();
    poses.set("table", { position: [0, 0, TABLE_TOP_M], rotation: [0, 0, 0, 1] });
    const xpos = this.#data.xpos as Float64Array;
    const xquat = this.#data.xquat as Float64Array;
    const position = (body: number): Vec3 => vec3At(xpos, 3 * body);
    const [left, right] = [position(this.#fingers[0]), position(this.#fingers[1])];
    const middle = mapVec3(left, (value, axis) => (value + right[axis]) / 2);
    poses.set("gripper", { position: middle, rotation: [0, 0, 0, 1] });
    for (const [name, body] of this.#bodies) {
      // MuJoCo writes quaternions w first.
      const [w = 1, x = 0, y = 0, z = 0] = xquat.subarray(4 * body, 4 * body + 4);
      poses.set(name, { position: position(body), rotation: [x, y, z, w] });
    }
    return poses;
  }

  /** The whole configuration, from which a renderer can draw the scene. */
  configuration(): Float64Array {
    return Float64Array.from(this.#data.qpos as Float64Array);
  }

  joints(): SimJoints {
    const qpos = this.#data.qpos as Float64Array;
    const qvel = this.#data.qvel as Float64Array;
    return {
      names: JOINTS,
      positions: this.#joints.map((joint) => itemAt(qpos, joint.qpos)),
      velocities: this.#joints.map((joint) => itemAt(qvel, joint.dof)),
    };
  }

  /** Gap between the fingers, metres. */
  openingM(): number {
    const { positions } = this.joints();
    return itemAt(positions, 3) + itemAt(positions, 4);
  }

  isMugHeld(): boolean {
    const [left = 0, right = 0] = this.#data.sensordata as Float64Array;
    if (left < HOLDING_FORCE_N || right < HOLDING_FORCE_N) return false;
    const poses = this.poses();
    const positionOf = (name: string) => valueAt(poses, name).position;
    return distanceBetween(positionOf("gripper"), positionOf("red_mug")) < HOLDING_DISTANCE_M;
  }

  /** m/s */
  mugSpeed(): number {
    const qvel = this.#data.qvel as Float64Array;
    return Math.hypot(...qvel.subarray(this.#mugDof, this.#mugDof + 3));
  }

  close(): void {
    this.#data.delete();
    this.#model.delete();
  }

  #settle(goal: GripperGoal): void {
    const qpos = this.#data.qpos as Float64Array;
    const start = servoTargets(goal);
    const initial = [start[0], start[1], start[2], start[3], start[3]];
    this.#joints.forEach((joint, i) => {
      qpos[joint.qpos] = itemAt(initial, i);
    });
    this.#command(goal);
    for (let i = 0; i < SETTLE_STEPS; i++) this.#mujoco.mj_step(this.#model, this.#data);
  }

  #command(goal: GripperGoal): void {
    (this.#data.ctrl as Float64Array).set(servoTargets(goal));
  }

  #id(type: number, name: string): number {
    const id = this.#mujoco.mj_name2id(this.#model, type, name);
    if (id < 0) throw new Error(`the scene has no "${name}"`);
    return id;
  }
}

/** gantry x, y, z and one finger's travel, within reach; metres. */
function servoTargets({ position, openingM }: GripperGoal): [number, number, number, number] {
  const [x, y, z] = mapVec3(position, (value, axis) =>
    clamp(value, REACH_M.min[axis], REACH_M.max[axis]),
  );
  return [x, y, z - GANTRY_ZERO_Z_M, clamp(openingM, 0, MAX_OPENING_M) / 2];
}
