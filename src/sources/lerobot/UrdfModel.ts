import { readFile } from "node:fs/promises";
import type { MainModule, MjData, MjModel } from "@mujoco/mujoco";
import { messageOf } from "../../base/index.js";
import type { Pose } from "../../camera/index.js";
import { loadMujoco } from "../../sim/index.js";
import { LeRobotError } from "./readInfo.js";

/** A joint of a robot that can move. */
export interface UrdfJoint {
  readonly name: string;
  /** Turns, in rad; else it slides, in m. */
  readonly turns: boolean;
  /** The links that it moves. */
  readonly moves: ReadonlySet<string>;
}

/** MuJoCo's types of joints, as its enum counts them. */
const SLIDE = 2;
const HINGE = 3;

/**
 * Where a robot's links are for positions of its joints: MuJoCo's kinematics of a URDF, without
 * its shapes. Joints that mimic others follow them. Close it after use.
 */
export class UrdfModel {
  readonly joints: readonly UrdfJoint[];
  readonly #mujoco: MainModule;
  readonly #model: MjModel;
  readonly #data: MjData;
  readonly #path: string;

  private constructor(path: string, mujoco: MainModule, model: MjModel) {
    this.#path = path;
    this.#mujoco = mujoco;
    this.#model = model;
    this.#data = new mujoco.MjData(model);
    this.joints = this.#readJoints();
  }

  /** @throws LeRobotError that says what of the URDF cannot be used */
  static async open(path: string): Promise<UrdfModel> {
    const text = await readFile(path, "utf8").catch((error: Error) => {
      throw new LeRobotError(`the task's URDF cannot be read: ${error.message}`);
    });
    if (!/<robot\b/.test(text)) throw new LeRobotError(`${path} is no URDF: it has no <robot>`);
    const mujoco = await loadMujoco();
    try {
      return new UrdfModel(path, mujoco, mujoco.MjModel.from_xml_string(kinematicsOf(text)));
    } catch (error) {
      if (error instanceof LeRobotError) throw error;
      const reason = messageOf(error);
      throw new LeRobotError(`${path}: ${reason.trim()}`, { cause: error });
    }
  }

  hasLink(link: string): boolean {
    return this.#bodyOf(link) >= 0;
  }

  /** @param positions by joint, rad or m; a joint that is not named stands at 0 */
  move(positions: ReadonlyMap<string, number>): void {
    const qpos = this.#data.qpos as Float64Array;
    qpos.set(this.#model.qpos0 as Float64Array);
    for (const [joint, position] of positions) {
      const id = this.#idOf(this.#mujoco.mjtObj.mjOBJ_JOINT.value, joint);
      qpos[at(this.#model.jnt_qposadr, id)] = position;
    }
    this.#followMimics(qpos);
    this.#mujoco.mj_kinematics(this.#model, this.#data);
  }

  /** Of a link in the robot's root, after `move`. */
  poseOf(link: string): Pose {
    const body = this.#bodyOf(link);
    if (body < 0) throw new LeRobotError(`${this.#path} has no link ${link}`);
    const p = (i: number) => at(this.#data.xpos, 3 * body + i);
    const q = (i: number) => at(this.#data.xquat, 4 * body + i);
    return { position: [p(0), p(1), p(2)], rotation: [q(1), q(2), q(3), q(0)] };
  }

  close(): void {
    this.#data.delete();
    this.#model.delete();
  }

  /** A mimic is an equality of MuJoCo's: a polynomial of how far the other joint has moved. */
  #followMimics(qpos: Float64Array): void {
    const { neq, eq_obj1id, eq_obj2id, eq_data, jnt_qposadr, qpos0 } = this.#model;
    const width = neq > 0 ? (eq_data as Float64Array).length / neq : 0;
    for (let i = 0; i < neq; i++) {
      const own = at(jnt_qposadr, at(eq_obj1id, i));
      const other = at(jnt_qposadr, at(eq_obj2id, i));
      const moved = (qpos[other] ?? 0) - at(qpos0, other);
      let sum = at(qpos0, own);
      for (let k = 0; k < 5; k++) sum += at(eq_data, width * i + k) * moved ** k;
      qpos[own] = sum;
    }
  }

  #readJoints(): UrdfJoint[] {
    const { njnt, nbody, jnt_type, jnt_bodyid, body_parentid, neq, eq_obj1id } = this.#model;
    const mimics = new Set(Array.from({ length: neq }, (_, i) => at(eq_obj1id, i)));
    const bodies = Array.from({ length: nbody }, (_, body) => body);
    const isBelow = (body: number, top: number): boolean =>
      body === top || (body > 0 && isBelow(at(body_parentid, body), top));
    const { mjOBJ_BODY, mjOBJ_JOINT } = this.#mujoco.mjtObj;
    return Array.from({ length: njnt }, (_, joint): UrdfJoint[] => {
      const type = at(jnt_type, joint);
      if (mimics.has(joint) || (type !== HINGE && type !== SLIDE)) return [];
      const top = at(jnt_bodyid, joint);
      const moved = bodies.filter((body) => isBelow(body, top));
      return [
        {
          name: this.#nameOf(mjOBJ_JOINT.value, joint),
          turns: type === HINGE,
          moves: new Set(moved.map((body) => this.#nameOf(mjOBJ_BODY.value, body))),
        },
      ];
    }).flat();
  }

  #bodyOf(link: string): number {
    return this.#idOf(this.#mujoco.mjtObj.mjOBJ_BODY.value, link);
  }

  #idOf(type: number, name: string): number {
    return this.#mujoco.mj_name2id(this.#model, type, name);
  }

  #nameOf(type: number, id: number): string {
    return this.#mujoco.mj_id2name(this.#model, type, id) ?? "";
  }
}

function at(numbers: unknown, index: number): number {
  return (numbers as ArrayLike<number>)[index] ?? 0;
}

const COMPILER =
  '<mujoco><compiler fusestatic="false" boundmass="0.001" boundinertia="0.001" ' +
  'balanceinertia="true" strippath="true"/></mujoco>';

/**
 * A URDF without shapes, whose meshes are often not there, and with masses that MuJoCo accepts:
 * where links are does not depend on either.
 */
function kinematicsOf(urdf: string): string {
  return urdf
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace(/<mujoco\b[\s\S]*?<\/mujoco>/g, "")
    .replace(
      /<(visual|collision|gazebo|transmission|ros2_control)\b([^>]*[^/])?>[\s\S]*?<\/\1>/g,
      "",
    )
    .replace(/<robot\b[^>]*>/, (robot) => robot + COMPILER);
}
