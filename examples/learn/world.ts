/**
 * A world for `train.py`: the table top, and the reward of each step by the library in the same
 * process. One JSON object a line: commands on standard input, moments on standard output.
 *
 *   npx tsx examples/learn/world.ts TASK REWARD
 *
 * TASK is an environment's (`reach_tray`, `push`). REWARD is one of REWARDS below.
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
import { TABLETOP_TASKS, TabletopEnvironment } from "spatial-reward-bridge/sim";

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
  wrong_target: { vlm: "embedded?threads=1&cores=1", seesPictures: true, task: "wrong_target" },
};

/** Of the shape that the embedded model was trained on, and small: drawing takes most of the time. */
const PICTURE = { width: 128, height: 96 };

const [taskName, rewardName = ""] = process.argv.slice(2);
const environmentTask = TABLETOP_TASKS.find((name) => name === taskName);
const kind = REWARDS[rewardName];
if (environmentTask === undefined || kind === undefined) {
  throw new Error(`usage: world.ts TASK REWARD, with REWARD of ${Object.keys(REWARDS).join(", ")}`);
}

const here = import.meta.dirname;
await loadPlugins([join(here, "sick.js")]);
await using vlm = await createVlm(kind.vlm);
const task = await loadTask(join(here, "tasks", `${kind.task ?? environmentTask}.yaml`));
const calibration = kind.isCalibrated
  ? await loadCalibration(join(here, "calibration.yaml"), vlm)
  : undefined;
using steps = disposable(new StepRewards(task, calibration ? { calibration } : {}));
using table = await TabletopEnvironment.create({
  task: environmentTask,
  ...PICTURE,
  steps: environmentTask === "push" ? 30 : 12,
});
const never = new AbortController().signal;

/** Without a value to go by, a step has the last one's: 0 would be the best reward of all. */
let last = -2;
let episodes = 0;
let isEvaluation = false;
for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line) as Command;
  if (command.reset !== undefined) {
    await table.reset(command.reset);
    isEvaluation = command.evaluation === true;
    episodes++;
    last = -2;
  } else {
    table.step(command.action ?? []);
  }
  const { state, task: truth, isTruncated } = table.moment;
  const sample = isEvaluation ? undefined : await rewardOf(vlm, kind, task);
  if (typeof sample?.reward === "number") last = sample.reward;
  console.log(
    JSON.stringify({
      state: [...state],
      reward: last,
      validity: sample?.validity,
      ...{ reach: truth.reachM, place: truth.placeM, success: truth.isSuccess },
      truncated: isTruncated,
    }),
  );
}

/** The reward of the present moment; the first of an episode is asked for as well, and not used. */
async function rewardOf(model: SpatialVlm, how: RewardKind, asked: Task): Promise<RewardSample> {
  const frame = how.seesPictures ? withoutTruth(await table.frame()) : poses();
  const step = { vlm: model, frames: [frame], episode: `${asked.name}-${episodes}` };
  return (await steps.evaluate(step, never)).reward;
}

/** What a robot's camera would give: the picture, depth and labels, but no poses of things. */
function withoutTruth({ poses: _, ...frame }: CameraFrame): CameraFrame {
  return frame;
}

/** A frame without a picture, for the model that looks at none. */
function poses(): CameraFrame {
  const { truth } = table.moment;
  return {
    camera: "camera",
    stampNs: truth.stampNs,
    frameId: "camera_color_optical_frame",
    episode: "",
    image: {
      ...{ kind: "raw", width: 1, height: 1, encoding: "rgb8", step: 3, isBigEndian: false },
      data: new Uint8Array(3),
    },
    poses: new Map([...truth.poses].map(([name, pose]) => [name, { ok: true, pose }])),
    kinematics: table.kinematics,
  };
}

function disposable(rewards: StepRewards): StepRewards & Disposable {
  return Object.assign(rewards, { [Symbol.dispose]: () => rewards.close() });
}
