import { normalDensity, vec3At } from "../../base/index.js";
import { invertPose, type Pose, type Quaternion, rotate } from "../../camera/index.js";
import type { RobotSpec } from "../../task/index.js";
import { meet, see } from "./evidence.js";
import type { GripEvent } from "./GripWatch.js";
import { copyOf, type Grasped, type Hypothesis } from "./Hypothesis.js";
import { AXES } from "./lengths.js";
import type { StateLayout } from "./StateLayout.js";

/** How a hypothesis goes on when the gripper closes or opens: as several, one for each outcome. */

/** An object that is grasped lies this close to the grasp point, m. */
const GRASP_SIGMA_M = 0.012;
/** How likely it is that the fingers closed on another thing than what was aimed at. */
const MISTAKEN = 0.02;
/** Objects that a gripper may close on instead, by volume, 1/m³. */
const OTHER_THINGS = 60;
/** Odds that it is an object of the task if the opening fits it, is unknown, does not fit. */
const SUITS = { yes: 20, unknown: 3, no: 1e-4 };
/** How far an object moves when it is released, m. */
const SETTLE_M = 0.004;
/** What is released this much higher than it was picked up may stand on another object, m. */
const STEP = { leastM: 0.005, mostM: 0.06, share: 0.15, sigmaM: 0.035, regionM: 0.5 } as const;
/** The same for objects whose height the task tells: how exactly it is met, m. */
const TOP = { toleranceM: 0.003, share: 0.5, sigmaM: 0.025, least: 1e-3 } as const;

/** What is known exactly when the gripper closes or opens. */
export interface GripScene {
  readonly layout: StateLayout;
  readonly robot: RobotSpec;
  readonly stampNs: bigint;
  readonly gripper: Pose;
}

/** Nothing of the task is held, or one of its objects is. */
export function grasped(
  hypothesis: Hypothesis,
  event: Extract<GripEvent, { readonly kind: "closed" }>,
  { layout, robot, stampNs, gripper }: GripScene,
): Hypothesis[] {
  const other = copyOf(hypothesis);
  other.logWeight += Math.log(OTHER_THINGS * (hypothesis.aim?.object === undefined ? 1 : MISTAKEN));
  const held = [...layout.slots].flatMap(([name, slot]) => {
    if (hypothesis.modes.get(name)?.kind !== "rest") return [];
    const suits = event.suits(name);
    const odds = suits === undefined ? SUITS.unknown : suits ? SUITS.yes : SUITS.no;
    const branch = copyOf(hypothesis);
    branch.modes.set(name, { kind: "held", grasped: { stampNs, gripper } });
    const { position, rotation } = invertPose(gripper);
    branch.belief.transform(slot, matrixOf(rotation), position);
    // The three coordinates one after the other are one update with a diagonal noise.
    for (const axis of [0, 1, 2] as const) {
      const form = { indices: [slot + axis], values: [1] };
      const residual = robot.graspPointM[axis] - (branch.belief.mean[slot + axis] ?? 0);
      see(branch, form, residual, GRASP_SIGMA_M);
    }
    branch.logWeight += Math.log(odds);
    return [branch];
  });
  return [other, ...held];
}

/** What was held stays where it was let go, falls to the support, or stands on another object. */
export function released(
  hypothesis: Hypothesis,
  { layout, robot, stampNs, gripper }: GripScene,
): Hypothesis[] {
  for (const [name, mode] of hypothesis.modes) {
    const slot = layout.slots.get(name);
    if (mode.kind !== "held" || slot === undefined) continue;
    const stays = copyOf(hypothesis);
    keepPast(stays, name, layout, stampNs, mode.grasped);
    stays.modes.set(name, { kind: "rest" });
    stays.belief.transform(slot, matrixOf(gripper.rotation), gripper.position);
    for (const axis of [0, 1, 2]) stays.belief.widen(slot + axis, SETTLE_M);
    const stepM = gripper.position[2] - mode.grasped.gripper.position[2];
    const on = putOn(stays, name, slot, layout, robot.topM, stepM);
    const heightM = (stays.belief.mean[slot + 2] ?? 0) - (stays.belief.mean[slot + 3] ?? 0);
    if (heightM < 0.02) return [stays, ...on];
    const falls = copyOf(stays);
    falls.belief.assign(slot + 2, { indices: [slot + 3], values: [1] }, 0.003, 0.01);
    for (const axis of [0, 1]) falls.belief.widen(slot + axis, 0.25 * heightM);
    falls.logWeight += Math.log(0.7);
    stays.logWeight += Math.log(0.3);
    return [stays, falls, ...on];
  }
  return [hypothesis];
}

/** If values are to be smoothed, keeps where an object was until now. */
export function keepPast(
  hypothesis: Hypothesis,
  name: string,
  { archives, slots }: StateLayout,
  untilNs: bigint,
  held?: Grasped,
): void {
  const kept = hypothesis.past.filter(({ object }) => object === name).length;
  const archive = archives.get(name)?.[kept];
  const slot = slots.get(name);
  if (archive === undefined || slot === undefined) return;
  for (const i of [0, 1, 2, 3]) {
    hypothesis.belief.assign(archive + i, { indices: [slot + i], values: [1] }, 0, 0);
  }
  hypothesis.past = [
    ...hypothesis.past,
    { object: name, untilNs, slot: archive, ...(held && { grasped: held }) },
  ];
}

/**
 * What is released higher than it was picked up stands on something, such as another object of the
 * task: it is over that, then. How much higher is known exactly, from TF. Where the task tells the
 * height of the other object, it has to be that.
 */
function putOn(
  stays: Hypothesis,
  name: string,
  slot: number,
  { slots }: StateLayout,
  topM: RobotSpec["topM"],
  stepM: number,
): Hypothesis[] {
  return [...slots].flatMap(([other, under]) => {
    if (other === name || stays.modes.get(other)?.kind !== "rest") return [];
    const { odds, sigmaM } = oddsOfPutting(stepM, topM.get(other));
    if (odds === 0) return [];
    const on = copyOf(stays);
    on.logWeight += Math.log(odds);
    for (const axis of [0, 1] as const) {
      const form = { indices: [under + axis, slot + axis], values: [1, -1] };
      const residual = vec3At(on.belief.mean, slot)[axis] - vec3At(on.belief.mean, under)[axis];
      meet(on, form, residual, sigmaM, STEP.regionM);
    }
    return [on];
  });
}

/**
 * The odds that an object which was released so much higher than it was picked up stands on one of the
 * given height, where the way the two lie does not matter; and how exactly it is over that, then.
 */
function oddsOfPutting(stepM: number, topM: number | undefined): { odds: number; sigmaM: number } {
  const heightsM = STEP.mostM - STEP.leastM;
  if (topM === undefined) {
    const isStep = stepM > STEP.leastM && stepM < STEP.mostM;
    return { odds: isStep ? STEP.share / (1 - STEP.share) : 0, sigmaM: STEP.sigmaM };
  }
  // Other things have any height.
  const fit = heightsM * normalDensity(stepM - topM, TOP.toleranceM ** 2);
  const odds = (fit * TOP.share) / (1 - TOP.share);
  return { odds: odds < TOP.least ? 0 : odds, sigmaM: TOP.sigmaM };
}

/** Row-major. */
function matrixOf(rotation: Quaternion): number[] {
  const columns = AXES.map((axis) => rotate(rotation, axis));
  return [0, 1, 2].flatMap((row) => columns.map((column) => column[row] ?? 0));
}
