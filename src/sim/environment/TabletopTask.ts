import { distanceBetween, valueAt } from "../../base/index.js";
import { MAX_OPENING_M } from "../scene/constants.js";
import type { SimTruth } from "../TabletopWorld.js";

/**
 * What a policy is to do at the table:
 * - `reach`: the open gripper around the mug;
 * - `reach_tray`: the closed gripper down to the tray, where nothing is in its way;
 * - `push`: the mug, pushed with the closed gripper, against the tray;
 * - `pick_and_place`: the mug on the tray.
 */
export const TABLETOP_TASKS = ["reach", "reach_tray", "push", "pick_and_place"] as const;

export type TabletopTask = (typeof TABLETOP_TASKS)[number];

/** How far a task is, by the truth. */
export interface TaskTruth {
  /** Between the centres of the gripper and what it is to reach, metres: the mug, or the tray. */
  readonly reachM: number;
  /** Between the centres of mug and tray, seen from above, metres. */
  readonly placeM: number;
  /** The task is done at this moment. */
  readonly isSuccess: boolean;
  /**
   * Dense: minus the metres that are still to go. `reach`, `reach_tray`: `reachM`. Otherwise
   * `placeM` and half of `reachM`, so that the gripper has a reason to go to the mug.
   */
  readonly reward: number;
}

/** What is particular to a task. */
interface TaskRules {
  /** The gap that the fingers keep, metres; absent: the policy decides. */
  readonly openingM?: number;
  /** What the gripper is to reach. */
  readonly target: "red_mug" | "blue_tray";
  /** Steps until an episode is cut off. */
  readonly steps: number;
  isSuccess(distances: Pick<TaskTruth, "reachM" | "placeM">, truth: SimTruth): boolean;
}

/** The mug's middle is between the fingers. */
const REACHED_M = 0.05;
/** The lowest that the gripper's centre comes is 4 cm above the tray's. */
const TRAY_REACHED_M = 0.06;
/** Mug and tray touch at 12 to 17 cm, and begin at 24 cm or more. */
const PUSHED_M = 0.17;

export const TASK_RULES: Readonly<Record<TabletopTask, TaskRules>> = {
  reach: {
    openingM: MAX_OPENING_M,
    target: "red_mug",
    steps: 20,
    isSuccess: ({ reachM }) => reachM < REACHED_M,
  },
  reach_tray: {
    openingM: 0,
    target: "blue_tray",
    steps: 15,
    isSuccess: ({ reachM }) => reachM < TRAY_REACHED_M,
  },
  push: {
    openingM: 0,
    target: "red_mug",
    steps: 40,
    isSuccess: ({ placeM }) => placeM < PUSHED_M,
  },
  pick_and_place: { target: "red_mug", steps: 60, isSuccess: (_, truth) => truth.isSuccess },
};

export function judgeTask(task: TabletopTask, truth: SimTruth): TaskTruth {
  const { target, isSuccess } = TASK_RULES[task];
  const at = (frame: string) => valueAt(truth.poses, frame).position;
  const [mug, tray] = [at("red_mug"), at("blue_tray")];
  const reachM = distanceBetween(at("gripper"), at(target));
  const placeM = Math.hypot(mug[0] - tray[0], mug[1] - tray[1]);
  const isReach = task === "reach" || task === "reach_tray";
  return {
    reachM,
    placeM,
    isSuccess: isSuccess({ reachM, placeM }, truth),
    reward: isReach ? -reachM : -placeM - reachM / 2,
  };
}
