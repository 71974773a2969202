import { Random, type Vec3 } from "../../src/base/index.js";
import type { CameraFrame, KinematicSample, Pose } from "../../src/camera/index.js";
import { type Reliability, type SpatialAnswer, UNMEASURED } from "../../src/language/index.js";
import { parseTask, type Task, taskQuestions } from "../../src/task/index.js";
import { frameOf } from "../support/frames.js";

/** A gripper, a mug and a tray; the mug is reached for. */
export const REACH_SPEC = `name: reach
objects:
  gripper: { phrase: the gripper, frame: hand, grasp: { joints: [fingers], closed_below: 1 cm } }
  mug: { phrase: the mug, frame: mug_frame, held_at: [6 cm, 8 cm] }
  tray: { phrase: the tray, frame: tray_frame }
  table: { phrase: the table, frame: table_frame }
support: table
measurements:
  reach: { kind: distance, subject: gripper, object: mug }
  lift: { kind: elevation, subject: mug }
  place: { kind: horizontal_distance, subject: mug, object: tray }
reward: { terms: { near: -reach } }
`;
export const REACH_TASK = parseTask(REACH_SPEC, "reach.yaml");

export interface Moment {
  readonly gripper: Vec3;
  /** Sum of the finger joints, m. */
  readonly opening: number;
  readonly mug: Vec3;
}

export interface Reaching {
  readonly frames: readonly CameraFrame[];
  readonly answers: readonly (readonly SpatialAnswer[])[];
  readonly truths: readonly (readonly [reach: number, lift: number, place: number])[];
}

export const TRAY: Vec3 = [0.25, 0.1, 0.01];
const MUG_HEIGHT_M = 0.045;
const STEP_NS = 100_000_000n;

/** Says x as a model does: 0.57 x + 6 cm, at least 11 cm, with noise of a quarter. */
export function asFigure5(trueM: number, random: Random): number {
  return Math.max(0.57 * trueM + 0.06, 0.11) * Math.exp(0.25 * random.normal());
}

/** Ten images a second of what happens, with TF and joints at each, and what a model says. */
export function record(
  moments: readonly Moment[],
  {
    say = asFigure5,
    seed = 1,
    reliability = UNMEASURED,
    task = REACH_TASK,
    kinematics = (sample) => sample,
  }: {
    /** Undefined: refused. */
    readonly say?: (trueM: number, random: Random, image: number) => number | undefined;
    readonly seed?: number;
    readonly reliability?: Reliability | null;
    readonly task?: Task;
    readonly kinematics?: (sample: KinematicSample, image: number) => KinematicSample | undefined;
  } = {},
): Reaching {
  const random = new Random(seed, "answers");
  const questions = taskQuestions(task);
  const truths = moments.map(({ gripper, mug }) => {
    const reach = Math.hypot(...gripper.map((value, i) => value - (mug[i] ?? 0)));
    const place = Math.hypot(mug[0] - TRAY[0], mug[1] - TRAY[1]);
    return [reach, mug[2] - MUG_HEIGHT_M, place] as const;
  });
  const frames = moments.map(({ gripper, opening }, i) => {
    const stampNs = BigInt(i) * STEP_NS;
    const pose: Pose = { position: gripper, rotation: [0, 0, 0, 1] };
    const sample = kinematics(
      { stampNs, poses: new Map([["hand", pose]]), joints: new Map([["fingers", opening]]) },
      i,
    );
    return frameOf({ stampNs, ...(sample && { kinematics: [sample] }) });
  });
  const answers = truths.map((truth, i) =>
    questions.map((question, k): SpatialAnswer => {
      const saidM = say(truth[k] ?? 0, random, i);
      const common = { question, model: "m", latencyMs: 0, ...(reliability && { reliability }) };
      if (saidM === undefined) {
        return { ...common, text: "No.", refusal: { reason: "refused", detail: "no" } };
      }
      const valueM = Math.round(saidM * 100) / 100;
      return {
        ...common,
        text: `${valueM} m`,
        value: { shape: "quantity", valueM, sigmaM: 0.005 },
      };
    }),
  );
  return { frames, answers, truths };
}

export const MUG: Vec3 = [-0.15, 0.05, MUG_HEIGHT_M];

/** From up and aside, level, then down over the mug. `share`: how far it comes, 0..1. */
export function approach(images: number, share = 1): Moment[] {
  const from: Vec3 = [0.2, -0.1, 0.28];
  return Array.from({ length: images }, (_, i) => {
    const s = (share * i) / (images - 1);
    const smooth = s * s * (3 - 2 * s);
    const level = Math.min(1, smooth / 0.7);
    const down = Math.max(0, (smooth - 0.6) / 0.4);
    const along = (axis: 0 | 1) => from[axis] + level * (MUG[axis] - from[axis]);
    return {
      gripper: [along(0), along(1), from[2] + down * (MUG[2] - from[2])],
      opening: 0.1,
      mug: MUG,
    };
  });
}

/** After an approach: the fingers close on the mug, it is carried to the tray and let go. */
export function grasp(): Moment[] {
  const closing = Array.from({ length: 8 }, (_, i) => ({
    gripper: MUG,
    opening: Math.max(0.07, 0.1 - 0.01 * i),
    mug: MUG,
  }));
  const carried = Array.from({ length: 20 }, (_, i): Moment => {
    const s = (i + 1) / 20;
    const at: Vec3 = [
      MUG[0] + s * (TRAY[0] - MUG[0]),
      MUG[1] + s * (TRAY[1] - MUG[1]),
      MUG[2] + 0.4 * s * (1 - s) + 0.01 * s,
    ];
    return { gripper: at, opening: 0.07, mug: at };
  });
  const placed: Vec3 = [TRAY[0], TRAY[1], MUG[2] + 0.01];
  const away = Array.from({ length: 20 }, (_, i): Moment => {
    const up = Math.max(0, (i - 3) / 17);
    return {
      gripper: [placed[0], placed[1], placed[2] + 0.25 * up],
      opening: Math.min(0.1, 0.07 + 0.01 * i),
      mug: placed,
    };
  });
  return [...closing, ...carried, ...away];
}
