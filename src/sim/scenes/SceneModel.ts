import type { DoubleBuffer, MainModule, MjData, MjModel } from "@mujoco/mujoco";
import { dot, itemAt, type Vec3, vec3At } from "../../base/index.js";
import type { TabletopLayout } from "../scene/TabletopLayout.js";
import { loadMujoco, tabletopMjcf } from "../scene/tabletopMjcf.js";

/** Gaps above this are not looked for, metres: wider than the table. */
const FARTHEST_M = 5;

/**
 * The exact geometry of one layout in any configuration: MuJoCo without physics. Close it after
 * use.
 */
export class SceneModel {
  readonly #mujoco: MainModule;
  readonly #model: MjModel;
  readonly #data: MjData;
  readonly #fromTo: DoubleBuffer;
  /** The geoms of each instance id. */
  readonly #geoms = new Map<number, number[]>();

  private constructor(mujoco: MainModule, layout: TabletopLayout) {
    this.#mujoco = mujoco;
    this.#model = mujoco.MjModel.from_xml_string(tabletopMjcf(layout));
    this.#data = new mujoco.MjData(this.#model);
    this.#fromTo = new mujoco.DoubleBuffer(6);
    const labels = this.#model.geom_user as Float64Array;
    labels.forEach((label, geom) => {
      const known = this.#geoms.get(label);
      if (known) known.push(geom);
      else this.#geoms.set(label, [geom]);
    });
  }

  static async create(layout: TabletopLayout): Promise<SceneModel> {
    return new SceneModel(await loadMujoco(), layout);
  }

  /** MuJoCo's qpos as the scene's file has it. */
  initial(): Float64Array {
    return Float64Array.from(this.#data.qpos as Float64Array);
  }

  /** Where a joint's numbers begin in a configuration. */
  addressOf(joint: string): number {
    const id = this.#mujoco.mj_name2id(this.#model, this.#mujoco.mjtObj.mjOBJ_JOINT.value, joint);
    if (id < 0) throw new Error(`the scene has no joint "${joint}"`);
    return itemAt(this.#model.jnt_qposadr as Int32Array, id);
  }

  /** Puts everything where the configuration says. */
  arrange(configuration: Float64Array): void {
    (this.#data.qpos as Float64Array).set(configuration);
    this.#mujoco.mj_kinematics(this.#model, this.#data);
  }

  /** What the objects of an instance id are made of, in the world. */
  solidsOf(label: number): Solid[] {
    const types = this.#model.geom_type as Int32Array;
    const sizes = this.#model.geom_size as Float64Array;
    const positions = this.#data.geom_xpos as Float64Array;
    const rotations = this.#data.geom_xmat as Float64Array;
    return (this.#geoms.get(label) ?? []).map((geom) => {
      const column = (c: number): Vec3 => [
        itemAt(rotations, 9 * geom + c),
        itemAt(rotations, 9 * geom + 3 + c),
        itemAt(rotations, 9 * geom + 6 + c),
      ];
      return {
        type: this.#typeName(itemAt(types, geom)),
        size: vec3At(sizes, 3 * geom),
        center: vec3At(positions, 3 * geom),
        axes: [column(0), column(1), column(2)],
      };
    });
  }

  /** Between the nearest points of two instances, metres; 0 if they touch. */
  gapBetween(a: number, b: number): number {
    let nearest = FARTHEST_M;
    for (const first of this.#geoms.get(a) ?? []) {
      for (const second of this.#geoms.get(b) ?? []) {
        const gap = this.#mujoco.mj_geomDistance(
          this.#model,
          this.#data,
          first,
          second,
          nearest,
          this.#fromTo,
        );
        nearest = Math.min(nearest, gap);
        if (nearest <= 0) return 0;
      }
    }
    return nearest;
  }

  close(): void {
    this.#fromTo.delete();
    this.#data.delete();
    this.#model.delete();
  }

  #typeName(type: number): Solid["type"] {
    const { mjtGeom } = this.#mujoco;
    switch (type) {
      case mjtGeom.mjGEOM_BOX.value:
        return "box";
      case mjtGeom.mjGEOM_CYLINDER.value:
        return "cylinder";
      case mjtGeom.mjGEOM_SPHERE.value:
        return "sphere";
      case mjtGeom.mjGEOM_CAPSULE.value:
        return "capsule";
      case mjtGeom.mjGEOM_ELLIPSOID.value:
        return "ellipsoid";
      default:
        throw new Error(`an object of the scene has geom type ${type}, which has no extent here`);
    }
  }
}

/** A convex body in MuJoCo's terms, in the world: what objects are made of. */
export interface Solid {
  readonly type: "box" | "cylinder" | "sphere" | "capsule" | "ellipsoid";
  /** Half sizes, metres: MJCF `size`. */
  readonly size: Vec3;
  readonly center: Vec3;
  /** Unit vectors along the body's own x, y, z. */
  readonly axes: readonly [Vec3, Vec3, Vec3];
}

/** How far a solid reaches from its centre along a unit vector, to either side; exact. */
function reachAlong({ type, size, axes }: Solid, direction: Vec3): number {
  const [a, b, c] = axes.map((axis) => dot(axis, direction)) as [number, number, number];
  const [x, y, z] = size;
  switch (type) {
    case "box":
      return Math.abs(a) * x + Math.abs(b) * y + Math.abs(c) * z;
    case "ellipsoid":
      return Math.hypot(a * x, b * y, c * z);
    case "sphere":
      return x;
    case "capsule":
      return x + Math.abs(c) * y;
    case "cylinder":
      return Math.hypot(a, b) * x + Math.abs(c) * y;
  }
}

/** Lowest and highest coordinate of solids along a unit vector. */
export function extentAlong(solids: readonly Solid[], direction: Vec3): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const solid of solids) {
    const at = dot(solid.center, direction);
    const reach = reachAlong(solid, direction);
    low = Math.min(low, at - reach);
    high = Math.max(high, at + reach);
  }
  return [low, high];
}
