/**
 * A world for `train.py`: the table top, and the reward of each step by the library in the same
 * process. One JSON object a line: commands on standard input, moments on standard output.
 *
 *   npx tsx examples/learn/world.ts TASK REWARD
 *
 * TASK is `reach_tray` (the simulator's physics) or `carry` (Carrying.ts: no physics and no pictures).
 * REWARD is one of REWARDS below.
 */
import { join } from "node:path";
import { createInterface } from "node:readline";
import {
  type CameraFrame,
  createVlm,
  loadPlugins,
  loadTask,
  type RewardSample,
  type SpatialVlm,
  StepRewards,
  type Task,
} from "spatial-reward-bridge";
import { loadCalibration } from "spatial-reward-bridge/calibrate";
import { TabletopEnvironment } from "spatial-reward-bridge/sim";
import { Carrying, type Moment } from "./Carrying.js";

/** A line of standard input. */
interface Command {
  /** A new episode of this seed. */
  readonly reset?: number;
  /** Of an episode that only the truth judges: no reward is computed. */
  readonly evaluation?: boolean;
  readonly action?: readonly number[];
}

interface RewardKind {
  /** The model that is asked. */
  readonly vlm: string;
  /** It looks at pictures. */
  readonly seesPictures: boolean;
  /** Another task file than that of the environment. */
  readonly task?: string;
  /** Its answers are corrected by calibration.yaml and fused with the gripper's path. */
  readonly isCalibrated?: boolean;
}

const REWARDS: Readonly<Record<string, RewardKind>> = {
  true: { vlm: "sick?exact=true", seesPictures: false },
  embedded: { vlm: "embedded?threads=1&cores=1", seesPictures: true },
  rgbd: { vlm: "rgbd", seesPictures: true },
  sick_raw: { vlm: "sick?reliability=false", seesPictures: false },
  sick_fused: { vlm: "sick", seesPictures: false, isCalibrated: true },
  wrong_target: { vlm: "sick?exact=true", seesPictures: false, task: "wrong_target" },
};

/** Of the shape that the embedded model was trained on, and small: drawing takes most of the time. */
const PICTURE = { width: 128, height: 96 };

/** Steps of an episode. */
const STEPS: Readonly<Record<string, number>> = { reach_tray: 12, carry: 20 };

const [taskName = "", rewardName = ""] = process.argv.slice(2);
const kind = REWARDS[rewardName];
const limit = STEPS[taskName];
if (limit === undefined || kind === undefined || (taskName === "carry" && kind.seesPictures)) {
  throw new Error(
    `usage: world.ts ${Object.keys(STEPS).join("|")} REWARD, with REWARD of ` +
      `${Object.keys(REWARDS).join(", ")}; carry has no pictures`,
  );
}

const here = import.meta.dirname;
await loadPlugins([join(here, "sick.js")]);
await using vlm = await createVlm(kind.vlm);
const task = await loadTask(join(here, "tasks", `${kind.task ?? taskName}.yaml`));
const calibration = kind.isCalibrated
  ? await loadCalibration(join(here, "calibration.yaml"), vlm)
  : undefined;
using steps = disposable(new StepRewards(task, calibration ? { calibration } : {}));
using table = await TabletopEnvironment.create({ task: "reach_tray", ...PICTURE, steps: limit });
const carrying = taskName === "carry" ? new Carrying(limit) : undefined;
const never = new AbortController().signal;

/** Without a value to go by, a step has the last one's: 0 would be the best reward of all. */
let last = -2;
let episodes = 0;
let isEvaluation = false;
for await (const line of createInterface({ input: process.stdin })) {
  const { reset, evaluation, action = [] } = JSON.parse(line) as Command;
  if (reset !== undefined) {
    await table.reset(reset);
    isEvaluation = evaluation === true;
    episodes++;
    last = -2;
  }
  const moment = reset !== undefined ? begin() : go(action);
  const sample = isEvaluation ? undefined : await rewardOf(moment, vlm, kind, task);
  if (typeof sample?.reward === "number") last = sample.reward;
  console.log(
    JSON.stringify({
      state: Array.from(moment.state),
      reward: last,
      validity: sample?.validity,
      ...{ reach: moment.reachM, place: moment.placeM, success: moment.isSuccess },
      truncated: moment.isTruncated,
    }),
  );
}

function begin(): Moment {
  return carrying ? carrying.begin(table) : physical();
}

function go(action: readonly number[]): Moment {
  if (carrying) return carrying.step(action);
  table.step(action);
  return physical();
}

function physical(): Moment {
  const { state, task: truth, truth: world, isTruncated } = table.moment;
  const { stampNs, poses } = world;
  return { state, ...truth, stampNs, poses, kinematics: table.kinematics, isTruncated };
}

/** The reward of the present moment; the first of an episode is asked for as well, and not used. */
async function rewardOf(
  moment: Moment,
  model: SpatialVlm,
  how: RewardKind,
  asked: Task,
): Promise<RewardSample> {
  const frame = how.seesPictures ? withoutTruth(await table.frame()) : unseen(moment);
  const step = { vlm: model, frames: [frame], episode: `${asked.name}-${episodes}` };
  return (await steps.evaluate(step, never)).reward;
}

/** What a robot's camera would give: the picture, depth and labels, but no poses of things. */
function withoutTruth({ poses: _, ...frame }: CameraFrame): CameraFrame {
  return frame;
}

/** A frame without a picture, for the model that looks at none. */
function unseen({ stampNs, poses, kinematics }: Moment): CameraFrame {
  return {
    camera: "camera",
    stampNs,
    frameId: "camera_color_optical_frame",
    episode: "",
    image: {
      ...{ kind: "raw", width: 1, height: 1, encoding: "rgb8", step: 3, isBigEndian: false },
      data: new Uint8Array(3),
    },
    poses: new Map([...poses].map(([name, pose]) => [name, { ok: true, pose }])),
    kinematics,
  };
}

function disposable(rewards: StepRewards): StepRewards & Disposable {
  return Object.assign(rewards, { [Symbol.dispose]: () => rewards.close() });
}
