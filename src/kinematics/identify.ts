import { sampleRankCorrelation } from "simple-statistics";
import { distanceBetween, type Vec3 } from "../base/index.js";
import { transformPoint } from "../camera/index.js";
import type { Measurement, RobotSpec, Task } from "../task/index.js";
import type { Grip } from "./findGrips.js";
import type { GraspEvent, Said } from "./GraspEvent.js";
import type { RobotTrack } from "./RobotTrack.js";

/** An object that the gripper can have grasped. */
interface Candidate {
  readonly name: string;
  readonly phrase: string;
  /** Measurements of its distance from the gripper. */
  readonly distances: readonly Measurement[];
}

export type Identity = Pick<GraspEvent, "object" | "identifiedBy" | "why">;

/** An object that was carried no further than this may not have been held at all. */
const CARRIED_M = 0.02;
/** A `held_at` that spans more of the openings than this fits anything. */
const TELLING_SHARE = 0.5;
/** Answers about an object that is held and about one that is far, so that they can be compared. */
const LEAST_HELD = 3;
const LEAST_FAR = 5;
const FAR_M = 0.15;
/** Answers during the hold are less than this share of those from afar if it is the object. */
const NEAR_SHARE = 0.8;
const LEAST_RANK_CORRELATION = 0.3;

/**
 * Says which of the task's objects each grip was of. The task tells the candidates: the objects
 * whose place to the gripper is measured, and those with `held_at`. One that `held_at` or the
 * model's answers contradict is none; where more than one is left, and nothing decides, none is
 * named. Without `held_at` nothing tells an object of the task from any other thing: what a model
 * says fits a thing beside it as well.
 */
export function identify(
  grips: readonly Grip[],
  track: RobotTrack,
  task: Task,
  robot: RobotSpec,
  says: readonly Said[],
): Identity[] {
  const candidates = candidatesOf(task, robot);
  const inOrder = stageOrder(task, candidates);
  return grips.map((grip, index): Identity => {
    if (grip.object !== undefined) return { object: grip.object, identifiedBy: "frame" };
    if (candidates.length === 0) {
      return { why: "no measurement is about the gripper and an object that it could grasp" };
    }
    const reasons: string[] = [];
    const left = candidates.flatMap((candidate) => {
      const opening = suits(grip, candidate, track, robot);
      const answers = agrees(grip, candidate, track, robot, says);
      if (opening.verdict === false) reasons.push(opening.reason);
      else if (answers.verdict === false) reasons.push(answers.reason);
      else return [{ candidate, byOpening: opening.verdict, byAnswers: answers.verdict }];
      return [];
    });
    const names = left.map(({ candidate }) => candidate.phrase).join(", ");
    const fitting = left.filter(({ byOpening }) => byOpening);
    const [only] = fitting;
    if (left.length === 0) return { why: `something else was grasped: ${reasons.join("; ")}` };
    if (!only) return { why: unproved(names) };
    if (left.length === 1) {
      const doubt = tells(only.candidate, track, robot) ? undefined : doubtOf(grip, track);
      return doubt === undefined
        ? { object: only.candidate.name, identifiedBy: "opening" }
        : { why: doubt };
    }
    const answered = fitting.filter(({ byAnswers }) => byAnswers);
    const [decided] = answered;
    if (decided && answered.length === 1) {
      return { object: decided.candidate.name, identifiedBy: "answers" };
    }
    const ordered = grips.length === inOrder.length ? inOrder[index] : undefined;
    if (ordered !== undefined && fitting.some(({ candidate }) => candidate.name === ordered)) {
      return { object: ordered, identifiedBy: "order" };
    }
    return { why: `it may have been ${names}: give each its held_at, or measure only one` };
  });
}

function unproved(names: string): string {
  return (
    `nothing proves that it was ${names}: give held_at, the finger opening while the gripper holds ` +
    "it (the whole range of openings if it can grasp nothing else)"
  );
}

function candidatesOf(task: Task, { gripper, heldAt, tracked }: RobotSpec): Candidate[] {
  const beside = task.measurements.flatMap(({ subject, object }) => {
    if (subject.name === gripper.name) return object ? [object.name] : [];
    return object?.name === gripper.name ? [subject.name] : [];
  });
  const names = new Set([...beside, ...heldAt.keys()]);
  return [...names].flatMap((name) => {
    const object = task.objects.get(name);
    if (!object || name === task.support?.name || tracked.includes(name)) return [];
    const distances = task.measurements.filter(
      ({ kind, subject, object: other }) =>
        kind === "distance" &&
        [subject.name, other?.name].includes(name) &&
        [subject.name, other?.name].includes(gripper.name),
    );
    return [{ name, phrase: object.phrase, distances }];
  });
}

/** The candidates in the order in which the stages speak of their distance from the gripper. */
function stageOrder(task: Task, candidates: readonly Candidate[]): string[] {
  const texts = task.stages.map(({ until }) => until.text);
  const first = ({ distances }: Candidate) =>
    texts.findIndex((text) => distances.some(({ name }) => new RegExp(`\\b${name}\\b`).test(text)));
  if (candidates.some((candidate) => first(candidate) < 0)) return [];
  return candidates.toSorted((a, b) => first(a) - first(b)).map(({ name }) => name);
}

interface Verdict {
  /** Undefined: no evidence. */
  readonly verdict: boolean | undefined;
  readonly reason: string;
}

const UNTOLD: Verdict = { verdict: undefined, reason: "" };

function suits(
  { opening }: Grip,
  { name, phrase }: Candidate,
  { sign, hasLengths }: RobotTrack,
  { heldAt }: RobotSpec,
): Verdict {
  const range = heldAt.get(name);
  if (!range) return UNTOLD;
  const position = sign * opening;
  const shown = (x: number) => (hasLengths ? `${(100 * x).toFixed(1)} cm` : `${x.toFixed(2)} rad`);
  return {
    verdict: position >= range[0] && position <= range[1],
    reason:
      `the fingers stopped at ${shown(position)}, and ${phrase} is held at ` +
      `${shown(range[0])} to ${shown(range[1])}`,
  };
}

/** Whether the model said that the object is near while it was held, and far when it was far. */
function agrees(
  grip: Grip,
  { phrase, distances }: Candidate,
  track: RobotTrack,
  { graspPointM }: RobotSpec,
  says: readonly Said[],
): Verdict {
  const names = new Set(distances.map(({ name }) => name));
  const point: Vec3 = transformPoint(grip.from.pose, graspPointM);
  const pairs = says.flatMap(({ stampNs, measurement, valueM }) => {
    if (!names.has(measurement) || stampNs > grip.to.stampNs) return [];
    const gripper = track.gripperAt(stampNs);
    if (!gripper) return [];
    const isHeld = stampNs >= grip.from.stampNs;
    const trueM = isHeld ? 0 : distanceBetween(gripper.pose.position, point);
    return [{ isHeld, trueM, valueM }];
  });
  const held = pairs.filter(({ isHeld }) => isHeld).map(({ valueM }) => valueM);
  const far = pairs.filter(({ trueM }) => trueM > FAR_M).map(({ valueM }) => valueM);
  if (held.length < LEAST_HELD || far.length < LEAST_FAR) return UNTOLD;
  const [near, away] = [middleOf(held), middleOf(far)];
  // A model that always gives the same answer contains no information.
  if (new Set(pairs.map(({ valueM }) => valueM)).size < 3) return UNTOLD;
  const rank = sampleRankCorrelation(
    pairs.map(({ trueM }) => trueM),
    pairs.map(({ valueM }) => valueM),
  );
  return {
    verdict: near < NEAR_SHARE * away && rank > LEAST_RANK_CORRELATION,
    reason:
      `while something was held, the model said that ${phrase} is ${near.toFixed(2)} m from the ` +
      `gripper, and before that, from afar, ${away.toFixed(2)} m (held_at in the task would decide)`,
  };
}

function middleOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

/** Whether an opening within `held_at` tells more than that the fingers stopped. */
function tells({ name }: Candidate, track: RobotTrack, { heldAt }: RobotSpec): boolean {
  const [from = 0, to = 0] = heldAt.get(name) ?? [];
  const openings = track.points.flatMap(({ opening }) => opening ?? []);
  return to - from < TELLING_SHARE * (Math.max(...openings) - Math.min(...openings));
}

/** Why fingers that stopped anywhere may have held nothing. */
function doubtOf(grip: Grip, track: RobotTrack): string | undefined {
  if (grip.end === "closed") {
    return "the fingers stopped and later closed fully: it was dropped, or never held";
  }
  const { position } = grip.from.pose;
  const [begin, end] = [track.indexOf(grip.from.stampNs), track.indexOf(grip.to.stampNs)];
  const carried = track.points
    .slice(begin, end + 1)
    .some(({ pose }) => distanceBetween(pose.position, position) > CARRIED_M);
  return carried
    ? undefined
    : "the fingers stopped, but carried nothing: it is unknown whether they held it";
}
