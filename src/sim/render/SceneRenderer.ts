import type { MainModule, MjData, MjModel } from "@mujoco/mujoco";
import { loadMujoco } from "../loadMujoco.js";
import type { TabletopLayout } from "../scene/TabletopLayout.js";
import { tabletopMjcf } from "../scene/tabletopMjcf.js";
import { CameraView, type RenderedView } from "./CameraView.js";
import { LampView } from "./LampView.js";
import { loosenRayCulling } from "./loosenRayCulling.js";
import { findMovingGeoms, type MovingGeoms } from "./movingBoxes.js";
import { pinhole } from "./pinhole.js";
import { RayCaster } from "./RayCaster.js";
import { Shader } from "./Shader.js";

/** What a renderer must know; plain data, so that it can be sent to a worker. */
export interface RenderSetup {
  readonly layout: TabletopLayout;
  /** How many of the layout's cameras are drawn. */
  readonly cameras: number;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

/** Draws configurations of one layout with its own MuJoCo model. Close it after use. */
export class SceneRenderer {
  readonly #mujoco: MainModule;
  readonly #model: MjModel;
  readonly #data: MjData;
  readonly #moving: MovingGeoms;
  readonly #caster: RayCaster;
  readonly #lamp: LampView;
  readonly #views: readonly CameraView[];

  private constructor(mujoco: MainModule, setup: RenderSetup) {
    this.#mujoco = mujoco;
    this.#model = mujoco.MjModel.from_xml_string(tabletopMjcf(setup.layout));
    this.#data = new mujoco.MjData(this.#model);
    mujoco.mj_kinematics(this.#model, this.#data);
    this.#moving = findMovingGeoms(this.#model);
    loosenRayCulling(this.#model);
    this.#caster = new RayCaster(mujoco, this.#model, this.#data);
    this.#lamp = new LampView(setup.layout.lamp);
    const scene = {
      model: this.#model,
      data: this.#data,
      moving: this.#moving,
      caster: this.#caster,
      shader: new Shader(mujoco, this.#model, setup.layout.lamp),
      lamp: this.#lamp,
    };
    const { width, height } = setup;
    this.#views = setup.layout.cameras
      .slice(0, setup.cameras)
      .map(
        ({ pose, focalWidths }) => new CameraView(scene, pose, pinhole(width, height, focalWidths)),
      );
  }

  static async create(setup: RenderSetup): Promise<SceneRenderer> {
    return new SceneRenderer(await loadMujoco(), setup);
  }

  /** One view for each camera. `configuration` is MuJoCo's qpos. */
  render(configuration: Float64Array): RenderedView[] {
    (this.#data.qpos as Float64Array).set(configuration);
    this.#mujoco.mj_kinematics(this.#model, this.#data);
    this.#lamp.update(this.#moving, this.#data);
    return this.#views.map((view) => view.render());
  }

  close(): void {
    this.#caster.close();
    this.#data.delete();
    this.#model.delete();
  }
}
