/** A camera of the simulator that may be elsewhere in each image: at the wrist, on a head or a base. */
import type { MjData, MjModel } from "@mujoco/mujoco";
import type { CameraInfo, Pose } from "../../src/camera/index.js";
import type { RenderedView } from "../../src/sim/render/CameraView.js";
import {
  FIXED_GROUP,
  Frustum,
  findMovingGeoms,
  MOVING_GROUP,
} from "../../src/sim/render/Frustum.js";
import { RayCaster } from "../../src/sim/render/RayCaster.js";
import { Shader, srgbByte } from "../../src/sim/render/Shader.js";
import type { TabletopLayout } from "../../src/sim/scene/TabletopLayout.js";
import { loadMujoco, tabletopMjcf } from "../../src/sim/scene/tabletopMjcf.js";

type Mujoco = Awaited<ReturnType<typeof loadMujoco>>;

export class MovingCamera {
  readonly #mujoco: Mujoco;
  readonly #model: MjModel;
  readonly #data: MjData;
  readonly #caster: RayCaster;
  readonly #shader: Shader;

  private constructor(mujoco: Mujoco, layout: TabletopLayout) {
    this.#mujoco = mujoco;
    this.#model = mujoco.MjModel.from_xml_string(tabletopMjcf(layout));
    this.#data = new mujoco.MjData(this.#model);
    mujoco.mj_kinematics(this.#model, this.#data);
    // It sorts the geoms into the groups that are cast.
    findMovingGeoms(this.#model);
    this.#caster = new RayCaster(this.#model, this.#data);
    this.#shader = new Shader(mujoco, this.#model, layout.lamp);
  }

  static async create(layout: TabletopLayout): Promise<MovingCamera> {
    return new MovingCamera(await loadMujoco(), layout);
  }

  /**
   * Without shadows and smooth edges, which take most of the time.
   *
   * @param pose of the optical frame in the world
   */
  render(configuration: Float64Array, pose: Pose, lens: CameraInfo): RenderedView {
    (this.#data.qpos as Float64Array).set(configuration);
    this.#mujoco.mj_kinematics(this.#model, this.#data);
    const frustum = new Frustum(pose, lens);
    const directions = frustum.directions();
    const { origin, forward } = frustum;
    const hits = this.#caster.cast(origin, directions, [FIXED_GROUP, MOVING_GROUP]);
    const count = lens.width * lens.height;
    const labelOfGeom = Uint8Array.from(this.#model.geom_user as Float64Array);
    const rgb = new Uint8Array(3 * count);
    const depthM = new Float32Array(count).fill(Number.NaN);
    const labels = new Uint8Array(count);
    const light = new Float32Array(6);
    for (let i = 0; i < count; i++) {
      const geom = hits.geomIds[i] ?? -1;
      if (geom < 0) continue;
      const isFacing = this.#shader.shade(geom, hits.points, hits.normals, i, origin, light, 0);
      for (let c = 0; c < 3; c++) {
        rgb[3 * i + c] = srgbByte((light[c] ?? 0) + (isFacing ? (light[3 + c] ?? 0) : 0));
      }
      const along = forward.reduce((sum, it, c) => sum + it * (directions[3 * i + c] ?? 0), 0);
      depthM[i] = (hits.distances[i] ?? 0) * along;
      labels[i] = labelOfGeom[geom] ?? 0;
    }
    return { rgb, depthM, labels };
  }

  [Symbol.dispose](): void {
    this.#data.delete();
    this.#model.delete();
  }
}
