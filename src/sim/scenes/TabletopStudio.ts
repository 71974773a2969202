import { dot, itemAt, Random, type Vec3, valueAt } from "../../base/index.js";
import { invertPose, type Pose, rotate, transformPoint } from "../../camera/index.js";
import { addDepthNoise, frameOf, labelNamesOf, type SimulatedFrame } from "../frames.js";
import { SceneRenderer } from "../render/SceneRenderer.js";
import { LABEL, TABLE_TOP_M, tfFrameOf } from "../scene/constants.js";
import { type Arrangement, arrange, gripperJoints, type Placement } from "./arrange.js";
import { extentAlong, SceneModel, type Solid } from "./SceneModel.js";
import {
  type SceneDomain,
  type SceneLayout,
  type SceneViews,
  sampleSceneLayout,
} from "./sampleSceneLayout.js";

/** An object of a scene and its exact measures: metres, points in the camera's optical frame. */
export interface SceneBody {
  /** Unique in the scene: "green box 2". */
  readonly name: string;
  /** What it is, in one word, and the words that distinguish it from others of its kind. */
  readonly noun: string;
  readonly color: string | undefined;
  readonly size: string | undefined;
  readonly label: number;
  readonly center: Vec3;
  /** Above the table top. */
  readonly topM: number;
  readonly bottomM: number;
  /** Along the optical x axis. */
  readonly widthM: number;
  /** Of the smallest box with vertical sides around it. */
  readonly box: { readonly lengthM: number; readonly widthM: number; readonly heightM: number };
}

/** One picture of a tabletop with the truth about it. */
export interface TabletopScene {
  /** Unique for seed and number. */
  readonly id: string;
  readonly frame: SimulatedFrame;
  readonly bodies: readonly SceneBody[];
  /** The table top in the optical frame, metres: the points p with normal · p + offset = 0. */
  readonly table: { readonly normal: Vec3; readonly offsetM: number };
  /** Between the nearest points of two instance ids; valid until the next scene is made. */
  gapBetween(a: number, b: number): number;
}

export interface StudioOptions {
  readonly seed: number;
  readonly domain: SceneDomain;
  /** Of familiar scenes. Default "front". */
  readonly views?: SceneViews;
  readonly width: number;
  readonly height: number;
  /** As SimOptions.depthNoiseMm. */
  readonly depthNoiseMm?: number;
}

/**
 * Makes many pictures of one table, objects and camera: what never moves is drawn once, and no
 * physics is computed. The same seed and number give the same scene. Close it after use.
 */
export class TabletopStudio {
  readonly #options: StudioOptions;
  readonly #layout: SceneLayout;
  readonly #model: SceneModel;
  readonly #renderer: SceneRenderer;
  #isClosed = false;

  private constructor(
    options: StudioOptions,
    layout: SceneLayout,
    model: SceneModel,
    renderer: SceneRenderer,
  ) {
    this.#options = options;
    this.#layout = layout;
    this.#model = model;
    this.#renderer = renderer;
  }

  static async create(options: StudioOptions): Promise<TabletopStudio> {
    const layout = sampleSceneLayout(options.seed, options.domain, options.views);
    const model = await SceneModel.create(layout);
    const { width, height } = options;
    const renderer = await SceneRenderer.create({ layout, cameras: 1, width, height });
    return new TabletopStudio(options, layout, model, renderer);
  }

  /** Scene number `index` of this table. */
  scene(index: number): TabletopScene {
    const { seed, width, height, depthNoiseMm = 0 } = this.#options;
    const id = `table_${seed}_${index}`;
    const arrangement = arrange(this.#layout, new Random(seed, `arrangement ${index}`));
    const configuration = configurationOf(this.#model, arrangement);
    this.#model.arrange(configuration);
    const view = itemAt(this.#renderer.render(configuration), 0);
    addDepthNoise(view.depthM, depthNoiseMm, seed, `scene depth ${index}`);
    const camera = itemAt(this.#layout.cameras, 0);
    const truth = { stampNs: BigInt(index) * 1_000_000_000n, poses: posesOf(arrangement) };
    const scene = { episode: `table_${seed}`, labelNames: labelNamesOf(this.#layout) };
    const worldInCamera = invertPose(camera.pose);
    const normal = rotate(worldInCamera.rotation, [0, 0, 1]);
    const onTable = transformPoint(worldInCamera, [0, 0, TABLE_TOP_M]);
    return {
      id,
      frame: frameOf(view, { width, height }, camera, truth, scene),
      bodies: this.#bodies(arrangement, worldInCamera, camera.pose),
      table: { normal, offsetM: -dot(normal, onTable) },
      gapBetween: (a, b) => this.#model.gapBetween(a, b),
    };
  }

  /** Frees MuJoCo's memory; no more scenes after it. Again it does nothing. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#renderer.close();
    this.#model.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #bodies(arrangement: Arrangement, worldInCamera: Pose, camera: Pose): SceneBody[] {
    const across = rotate(camera.rotation, [1, 0, 0]);
    const body = (
      words: Pick<SceneBody, "name" | "noun" | "color" | "size" | "label">,
      position: Vec3,
    ): SceneBody => {
      const solids = this.#model.solidsOf(words.label);
      const [bottom, top] = extentAlong(solids, [0, 0, 1]);
      const [left, right] = extentAlong(solids, across);
      return {
        ...words,
        center: transformPoint(worldInCamera, position),
        topM: top - TABLE_TOP_M,
        // Lengths of a nanometre are the sums' rounding.
        bottomM: Math.round((bottom - TABLE_TOP_M) * 1e6) / 1e6,
        widthM: right - left,
        box: { ...smallestFootprint(solids), heightM: top - bottom },
      };
    };
    const at = (name: string) => valueAt(arrangement.things, name).position;
    return [
      body(
        {
          name: "robot gripper",
          noun: "gripper",
          color: undefined,
          size: undefined,
          label: LABEL.gripper,
        },
        arrangement.gripper,
      ),
      body(
        { name: "red mug", noun: "mug", color: "red", size: undefined, label: LABEL.mug },
        at("red_mug"),
      ),
      body(
        { name: "blue tray", noun: "tray", color: "blue", size: undefined, label: LABEL.tray },
        at("blue_tray"),
      ),
      ...this.#layout.distractors.map(({ name, shape, color, size, labelId }) =>
        body({ name, noun: shape.noun, color, size, label: labelId }, at(tfFrameOf(name))),
      ),
    ];
  }
}

/** MuJoCo's qpos of an arrangement. */
export function configurationOf(model: SceneModel, arrangement: Arrangement): Float64Array {
  const configuration = model.initial();
  for (const [joint, value] of gripperJoints(arrangement))
    configuration[model.addressOf(joint)] = value;
  for (const [body, placement] of arrangement.things) {
    const [x, y, z, w] = rotationOf(placement);
    configuration.set([...placement.position, w, x, y, z], model.addressOf(body));
  }
  return configuration;
}

/** TF frames in the world, as the simulator's own frames carry them. */
function posesOf({ things, gripper }: Arrangement): Map<string, Pose> {
  const poses = new Map<string, Pose>([
    ["table", { position: [0, 0, TABLE_TOP_M], rotation: [0, 0, 0, 1] }],
    ["gripper", { position: gripper, rotation: [0, 0, 0, 1] }],
  ]);
  for (const [name, placement] of things)
    poses.set(name, { position: placement.position, rotation: rotationOf(placement) });
  return poses;
}

/** Quaternion of a turn about z, then about the world's x. */
function rotationOf({ yawRad, tiltRad }: Placement): Pose["rotation"] {
  const [sinYaw, cosYaw] = [Math.sin(yawRad / 2), Math.cos(yawRad / 2)];
  const [sinTilt, cosTilt] = [Math.sin(tiltRad / 2), Math.cos(tiltRad / 2)];
  return [sinTilt * cosYaw, -sinTilt * sinYaw, cosTilt * sinYaw, cosTilt * cosYaw];
}

const TURNS = 60;

/** Sides of the smallest upright rectangle around solids, of those turned by whole 1.5°. */
function smallestFootprint(solids: readonly Solid[]): { lengthM: number; widthM: number } {
  let best = { lengthM: Infinity, widthM: Infinity };
  for (let turn = 0; turn < TURNS; turn++) {
    const angle = ((Math.PI / 2) * turn) / TURNS;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    const [lowU, highU] = extentAlong(solids, [cos, sin, 0]);
    const [lowV, highV] = extentAlong(solids, [-sin, cos, 0]);
    const [lengthM, widthM] = [highU - lowU, highV - lowV];
    if (lengthM * widthM < best.lengthM * best.widthM) best = { lengthM, widthM };
  }
  return best;
}
