import type { MainModule, MjData, MjModel } from "@mujoco/mujoco";
import type { CameraInfo } from "../../camera/index.js";
import type { TabletopLayout } from "../scene/TabletopLayout.js";
import { loadMujoco, tabletopMjcf } from "../scene/tabletopMjcf.js";
import { CameraView, type RenderedView } from "./CameraView.js";
import { findMovingGeoms, type MovingGeoms } from "./Frustum.js";
import { RayCaster } from "./RayCaster.js";
import { LampView, Shader } from "./Shader.js";

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
    this.#caster = new RayCaster(this.#model, this.#data);
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
    this.#data.delete();
    this.#model.delete();
  }
}

/** An ideal pinhole of a focal length in image widths; a pixel's centre lies at whole coordinates. */
export function pinhole(width: number, height: number, focalWidths: number): CameraInfo {
  const focal = focalWidths * width;
  return {
    width,
    height,
    fx: focal,
    fy: focal,
    cx: (width - 1) / 2,
    cy: (height - 1) / 2,
    distortion: { model: "plumb_bob", coefficients: [0, 0, 0, 0, 0] },
  };
}
