import { closestName } from "../../base/index.js";
import type {
  KinematicSelection,
  Pose,
  Quaternion,
  StatedNumber,
  StateFrames,
} from "../../camera/index.js";
import { LeRobotError } from "./readInfo.js";
import type { UrdfJoint, UrdfModel } from "./UrdfModel.js";

/** What a state tells of the robot. */
export interface StateKinematics {
  readonly joints: ReadonlyMap<string, number>;
  readonly poses: ReadonlyMap<string, Pose>;
  /** Why a frame that was asked for is not known. */
  readonly missing: ReadonlyMap<string, string>;
}

/** Names of the numbers in `observation.state`, and what they tell of the robot's frames. */
export class RobotStates implements Disposable {
  readonly #where: string;
  readonly #names: readonly string[];
  readonly #frames: readonly string[];
  readonly #stated: StateFrames | undefined;
  readonly #urdf: UrdfModel | undefined;
  /** Joints of the URDF with the number that tells their position. */
  readonly #joints: readonly { readonly joint: UrdfJoint; readonly state: string }[];

  private constructor(
    where: string,
    names: readonly string[],
    { frames, states }: KinematicSelection,
    urdf: UrdfModel | undefined,
  ) {
    this.#where = where;
    this.#names = names;
    this.#frames = frames;
    this.#stated = states;
    this.#urdf = urdf;
    this.#joints = this.#told();
  }

  /**
   * @param where the data set, for messages
   * @param names of the numbers of its states
   * @throws LeRobotError where the task names what is not there
   */
  static async open(
    where: string,
    names: readonly string[],
    selection: KinematicSelection,
  ): Promise<RobotStates> {
    const path = selection.states?.urdf;
    const urdf =
      path === undefined ? undefined : await (await import("./UrdfModel.js")).UrdfModel.open(path);
    try {
      return new RobotStates(where, names, selection, urdf);
    } catch (error) {
      urdf?.close();
      throw error;
    }
  }

  /** @param cameras frame and names of the cameras: their poses are told where the task has them */
  of(
    state: readonly number[],
    cameras: readonly { readonly frame: string; readonly names: readonly string[] }[] = [],
  ): StateKinematics {
    const numbers = new Map(
      this.#names.flatMap((name, i): [string, number][] => {
        const value = state[i];
        return value === undefined || !Number.isFinite(value) ? [] : [[name, value]];
      }),
    );
    // Unnamed numbers have their places.
    const all = new Map([...state.map((value, i) => [`state[${i}]`, value] as const), ...numbers]);
    this.#move(all);
    const poses = new Map<string, Pose>();
    const missing = new Map<string, string>();
    for (const frame of this.#frames) {
      const pose = this.#poseOf(frame, all);
      if (pose) poses.set(frame, pose);
      else missing.set(frame, this.#whyNot(frame));
    }
    for (const { frame, names } of cameras) {
      const known = names.find((name) => this.#stated?.frames.has(name));
      const pose = known === undefined ? undefined : this.#poseOf(known, all);
      if (pose) poses.set(frame, pose);
    }
    return { joints: numbers, poses, missing };
  }

  /** @throws LeRobotError for a joint on the way to a frame that no number tells */
  #told(): { readonly joint: UrdfJoint; readonly state: string }[] {
    const urdf = this.#urdf;
    if (urdf === undefined) return [];
    const wanted = [...this.#frames, ...(this.#stated?.frames.keys() ?? [])];
    const links = new Set(wanted.flatMap((frame) => this.#linkOf(frame) ?? []));
    for (const link of links) {
      if (!urdf.hasLink(link)) throw new LeRobotError(`the task's URDF has no link ${link}`);
    }
    return urdf.joints.flatMap((joint) => {
      const { name, moves } = joint;
      const mapped = this.#stated?.joints.get(name);
      const state = mapped ?? [name, `${name}.pos`].find((each) => this.#names.includes(each));
      const isKnown = state !== undefined && this.#isNumber(state);
      if (isKnown) return [{ joint, state }];
      if (mapped === undefined && ![...links].some((link) => moves.has(link))) return [];
      const near = closestName(state ?? name, this.#names);
      throw new LeRobotError(
        `${this.#where}: observation.state has no number ${state ?? name} for the URDF's joint ${name}` +
          `${near === undefined ? "" : `; did you mean ${near}?`} Name it in the task (states: joints: ` +
          `${name}: …). Its names: ${this.#names.join(", ") || "none; write state[0], state[1], …"}`,
      );
    });
  }

  #isNumber(name: string): boolean {
    return this.#names.includes(name) || /^state\[\d+\]$/.test(name);
  }

  #move(numbers: ReadonlyMap<string, number>): void {
    if (this.#urdf === undefined) return;
    const { radPerUnit = 1 } = this.#stated ?? {};
    const positions = this.#joints.map(({ joint, state }) => {
      const value = numbers.get(state) ?? Number.NaN;
      return [joint.name, joint.turns ? radPerUnit * value : value] as const;
    });
    this.#urdf.move(new Map(positions));
  }

  #linkOf(frame: string): string | undefined {
    const stated = this.#stated?.frames.get(frame);
    if (stated) return "link" in stated ? stated.link : undefined;
    return this.#urdf?.hasLink(frame) ? frame : undefined;
  }

  #poseOf(frame: string, numbers: ReadonlyMap<string, number>): Pose | undefined {
    const link = this.#linkOf(frame);
    if (link !== undefined) return finite(this.#urdf?.poseOf(link));
    const stated = this.#stated?.frames.get(frame);
    const { position, rotation } =
      stated && "position" in stated ? stated : conventionalPose(frame, numbers);
    const values = (list: readonly StatedNumber[]) =>
      list.map((each) => (typeof each === "number" ? each : (numbers.get(each) ?? Number.NaN)));
    const [x = Number.NaN, y = Number.NaN, z = Number.NaN] = values(position);
    return finite({ position: [x, y, z], rotation: rotationOf(values(rotation)) });
  }

  #whyNot(frame: string): string {
    const stated = this.#stated?.frames.get(frame);
    if (stated && "position" in stated) {
      const names = [...stated.position, ...stated.rotation].filter(
        (each): each is string => typeof each === "string" && !this.#isNumber(each),
      );
      if (names.length > 0) return `observation.state of ${this.#where} has no ${names.join(", ")}`;
      return `observation.state of ${this.#where} has no finite pose of ${frame} here`;
    }
    return `observation.state of ${this.#where} has no ${frame}.x, ${frame}.y, ${frame}.z`;
  }

  [Symbol.dispose](): void {
    this.#urdf?.close();
  }
}

/**
 * Where the task says nothing: a frame `ee` is where the numbers `ee.x`, `ee.y` and `ee.z` (m) are,
 * turned by `ee.qx` … `ee.qw`, or by the rotation vector `ee.wx` … `ee.wz` (rad), as LeRobot's own
 * processors name them.
 */
function conventionalPose(frame: string, numbers: ReadonlyMap<string, number>) {
  const named = (...parts: readonly string[]) => parts.map((part) => `${frame}.${part}`);
  const isThere = (names: readonly string[]) => names.every((name) => numbers.has(name));
  const turns = [named("wx", "wy", "wz"), named("qx", "qy", "qz", "qw")];
  return { position: named("x", "y", "z"), rotation: turns.find(isThere) ?? [] };
}

function rotationOf(numbers: readonly number[]): Quaternion {
  const [a = 0, b = 0, c = 0, w] = numbers;
  if (w !== undefined) {
    const length = Math.hypot(a, b, c, w);
    return [a / length, b / length, c / length, w / length];
  }
  const angle = Math.hypot(a, b, c);
  if (angle === 0) return [0, 0, 0, 1];
  const s = Math.sin(angle / 2) / angle;
  return [a * s, b * s, c * s, Math.cos(angle / 2)];
}

function finite(pose: Pose | undefined): Pose | undefined {
  return pose && [...pose.position, ...pose.rotation].every(Number.isFinite) ? pose : undefined;
}
