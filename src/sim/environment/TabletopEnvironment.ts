import * as z from "zod";
import { clamp, itemAt, minus, type Vec3, valueAt } from "../../base/index.js";
import type { CameraFrame, KinematicSample } from "../../camera/index.js";
import { frameOf, kinematicsOf, labelNamesOf } from "../frames.js";
import { SceneRenderer } from "../render/SceneRenderer.js";
import { type SimAction, SimError } from "../SimOptions.js";
import { MAX_OPENING_M, TABLE_TOP_M } from "../scene/constants.js";
import { TabletopEpisode } from "../TabletopEpisode.js";
import type { SimTruth } from "../TabletopWorld.js";
import {
  judgeTask,
  TABLETOP_TASKS,
  TASK_RULES,
  type TabletopTask,
  type TaskTruth,
} from "./TabletopTask.js";

/** What is done at the table, and how it is seen. */
export interface EnvironmentOptions {
  /** Default `reach`. */
  readonly task?: TabletopTask;
  /** Of the first episode; a whole number from 0. Default 0. */
  readonly seed?: number;
  /** Of the images, pixels. Default 128 by 128. */
  readonly width?: number;
  readonly height?: number;
  /** Actions a second. Default 5. */
  readonly rateHz?: number;
  /** Steps until an episode is cut off. Default: that of the task, 15 to 60. */
  readonly steps?: number;
}

const optionsSchema = z.strictObject({
  task: z.enum(TABLETOP_TASKS).default("reach"),
  seed: z.int().min(0).default(0),
  width: z.int().min(16).max(4096).default(128),
  height: z.int().min(16).max(4096).default(128),
  rateHz: z.number().min(1).max(50).default(5),
  steps: z.int().min(1).max(100_000).optional(),
});

type Settings = z.infer<typeof optionsSchema>;

/** The numbers of `state`, in their order; metres, from the middle of the table's top. */
export const STATE_NAMES = [
  ...["gripper_x", "gripper_y", "gripper_z", "opening"],
  ...["mug_x", "mug_y", "mug_z"],
  ...["tray_x", "tray_y", "tray_z"],
  ...["mug_from_gripper_x", "mug_from_gripper_y", "mug_from_gripper_z"],
  ...["tray_from_gripper_x", "tray_from_gripper_y", "tray_from_gripper_z"],
  ...["tray_from_mug_x", "tray_from_mug_y", "tray_from_mug_z"],
] as const;

/** A moment of an environment, without its picture. */
export interface EnvironmentMoment {
  /** As STATE_NAMES says. */
  readonly state: Float32Array;
  /** By the truth; of the state after the step. */
  readonly task: TaskTruth;
  readonly truth: SimTruth;
  /** Steps since the reset. */
  readonly step: number;
  /** The episode is cut off: its steps are used up. */
  readonly isTruncated: boolean;
}

/** Full speed of an action, m/s. */
const SPEED = 0.4;
/** Of the robot's kinematics, at the least. */
const KINEMATICS_HZ = 30;

/**
 * The table top as an environment for a policy: `reset`, `step` with an action, and the picture
 * where somebody wants it. The seed and the actions decide everything. A step of physics without a
 * picture costs some 5 ms for 0.1 s of simulated time; a picture is drawn when `frame()` asks.
 *
 * An action has a number from -1 to 1 for each of the gripper's x, y and z velocities (1 is
 * 0.4 m/s; larger ones are limited), and where the task lets the policy decide (`pick_and_place`) a
 * fourth for the gap of the fingers: -1 closes, 1 opens.
 *
 * @example
 * using table = await TabletopEnvironment.create({ task: "reach", width: 128, height: 128 });
 * let { state } = await table.reset(7);
 * while (!table.moment.isTruncated) ({ state } = table.step(policy(state)));
 */
export class TabletopEnvironment {
  readonly #settings: Settings;
  #episode: TabletopEpisode;
  #renderer: SceneRenderer | undefined;
  #episodes = 1;
  #moment: EnvironmentMoment;
  #kinematics: readonly KinematicSample[] = [];
  #frame: CameraFrame | undefined;
  #isClosed = false;

  private constructor(settings: Settings, episode: TabletopEpisode) {
    this.#settings = settings;
    this.#episode = episode;
    this.#moment = this.#observe(0);
    this.#kinematics = [this.#kinematicsNow()];
  }

  /** Throws SimError for options out of range, naming the option. */
  static async create(options: EnvironmentOptions = {}): Promise<TabletopEnvironment> {
    const parsed = optionsSchema.safeParse(options);
    if (!parsed.success) throw new SimError(`environment: ${z.prettifyError(parsed.error)}`);
    return new TabletopEnvironment(parsed.data, await begin(parsed.data.seed));
  }

  get task(): TabletopTask {
    return this.#settings.task;
  }

  get width(): number {
    return this.#settings.width;
  }

  get height(): number {
    return this.#settings.height;
  }

  /** How many numbers an action has. */
  get actionSize(): 3 | 4 {
    return TASK_RULES[this.task].openingM === undefined ? 4 : 3;
  }

  /** Steps until an episode is cut off. */
  get steps(): number {
    return this.#settings.steps ?? TASK_RULES[this.task].steps;
  }

  /** The present moment. */
  get moment(): EnvironmentMoment {
    return this.#moment;
  }

  /** Since the last step, the present moment included, as a robot tells of itself. */
  get kinematics(): readonly KinematicSample[] {
    return this.#kinematics;
  }

  /** A new episode. Throws SimError for a seed that is not a whole number from 0. */
  async reset(seed: number): Promise<EnvironmentMoment> {
    this.#refuseClosed();
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new SimError(`seed is ${seed}; it must be a whole number from 0`);
    }
    const next = await begin(seed);
    this.#free();
    this.#episode = next;
    this.#episodes++;
    this.#frame = undefined;
    this.#moment = this.#observe(0);
    this.#kinematics = [this.#kinematicsNow()];
    return this.#moment;
  }

  /** Throws SimError for an action of another size, or with numbers that are not finite. */
  step(action: ArrayLike<number>): EnvironmentMoment {
    this.#refuseClosed();
    const command = this.#commandOf(action);
    const { rateHz } = this.#settings;
    const samples = Math.ceil(KINEMATICS_HZ / rateHz);
    const step = this.#moment.step + 1;
    const kinematics: KinematicSample[] = [];
    for (let sample = 1; sample <= samples; sample++) {
      this.#episode.advanceTo((step - 1 + sample / samples) / rateHz, command);
      kinematics.push(this.#kinematicsNow());
    }
    this.#frame = undefined;
    this.#kinematics = kinematics;
    this.#moment = this.#observe(step);
    return this.#moment;
  }

  /** The present moment as its camera sees it: rgb8, 32FC1 depth, mono8 labels, info, all poses. */
  async frame(): Promise<CameraFrame> {
    this.#refuseClosed();
    if (this.#frame) return this.#frame;
    const { width, height } = this.#settings;
    const episode = this.#episode;
    const { layout, truth } = episode;
    this.#renderer ??= await SceneRenderer.create({ layout, cameras: 1, width, height });
    const [view] = this.#renderer.render(episode.configuration);
    if (view === undefined) throw new Error("the layout has no camera");
    const scene = { episode: `${layout.seed}-${this.#episodes}`, labelNames: labelNamesOf(layout) };
    const camera = itemAt(layout.cameras, 0);
    const frame = frameOf(view, { width, height }, camera, truth, scene);
    this.#frame = { ...frame, kinematics: this.#kinematics };
    return this.#frame;
  }

  /** Frees MuJoCo's memory; the environment is of no use after it. Again it does nothing. */
  close(): void {
    if (!this.#isClosed) this.#free();
    this.#isClosed = true;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #refuseClosed(): void {
    if (this.#isClosed) throw new SimError("the environment is closed");
  }

  #free(): void {
    this.#episode.close();
    this.#renderer?.close();
    this.#renderer = undefined;
  }

  #commandOf(action: ArrayLike<number>): SimAction {
    const numbers = Array.from(action);
    if (numbers.length !== this.actionSize || !numbers.every(Number.isFinite)) {
      throw new SimError(
        `an action of ${this.task} has ${this.actionSize} finite numbers from -1 to 1, ` +
          `and not ${JSON.stringify(numbers.slice(0, 8))}`,
      );
    }
    const [x = 0, y = 0, z_ = 0, gap = 0] = numbers.map((n) => clamp(n, -1, 1));
    const openingM = TASK_RULES[this.task].openingM ?? ((gap + 1) / 2) * MAX_OPENING_M;
    return { velocity: [SPEED * x, SPEED * y, SPEED * z_], openingM };
  }

  #observe(step: number): EnvironmentMoment {
    const { truth } = this.#episode;
    const top: Vec3 = [0, 0, TABLE_TOP_M];
    const at = (frame: string) => minus(valueAt(truth.poses, frame).position, top);
    const [gripper, mug, tray] = [at("gripper"), at("red_mug"), at("blue_tray")];
    const state = Float32Array.from([
      ...[...gripper, truth.openingM],
      ...[...mug, ...tray],
      ...[...minus(mug, gripper), ...minus(tray, gripper), ...minus(tray, mug)],
    ]);
    const task = judgeTask(this.task, truth);
    return { state, task, truth, step, isTruncated: step >= this.steps };
  }

  #kinematicsNow(): KinematicSample {
    const { truth, joints, layout } = this.#episode;
    const own = kinematicsOf(truth, joints, layout.cameras.slice(0, 1));
    // Where the table stands is known in a cell; see `tracked` in docs/task-file.md.
    return { ...own, poses: new Map([...own.poses, ["table", valueAt(truth.poses, "table")]]) };
  }
}

/** Its script is never followed. */
function begin(seed: number): Promise<TabletopEpisode> {
  return TabletopEpisode.create(seed, "idle");
}
