import { kindInfo, type QuantityKind, type QuestionKind } from "../../language/index.js";
import type { Measurement, Task } from "../../task/index.js";
import { type Calibration, calibrationOf } from "../Calibration.js";
import {
  priorOf,
  SaidModel,
  type SaidPrior,
  UNCALIBRATED,
  UNCALIBRATED_SIGNED,
} from "./SaidModel.js";

/** Kinds whose length follows from where objects are (and, for the gap, how large they are). */
const PLACED: ReadonlySet<QuantityKind> = new Set([
  "distance",
  "gap",
  "elevation",
  "vertical_distance",
  "horizontal_distance",
  "above_difference",
  "below_difference",
  "behind_difference",
  "front_difference",
  "left_difference",
  "right_difference",
]);

/**
 * Kinds that also depend on the sizes of the objects, and that dependence before it is known, m.
 */
const SIZES: ReadonlyMap<QuantityKind, readonly [mean: number, sigma: number]> = new Map([
  ["gap", [-0.06, 0.04]],
  ["above_difference", [0, 0.05]],
  ["below_difference", [0, 0.05]],
]);

/** A question whose answers are evidence of where objects are. */
export interface Channel {
  /** Of the task's measurements. */
  readonly index: number;
  readonly kind: QuantityKind;
  readonly subject: string;
  readonly object: string | undefined;
  readonly words: SaidModel;
  /** Index in the state of the error that neighbouring answers have in common. */
  readonly errorIndex: number;
  /** Index in the state of what the objects' sizes add. */
  readonly sizeIndex?: number;
  readonly sizePrior?: readonly [mean: number, sigma: number];
}

/** A question which of two sides an object is on: the sign of a difference. */
export interface SideChannel {
  readonly index: number;
  readonly kind: QuantityKind;
  readonly subject: string;
  readonly object: string;
}

/** Which entry of the state means what. */
export interface StateLayout {
  readonly size: number;
  readonly channels: readonly Channel[];
  readonly sides: readonly SideChannel[];
  readonly words: readonly SaidModel[];
  /** Index of x; y, z and the height at rest follow. */
  readonly slots: ReadonlyMap<string, number>;
  /** The same for what is kept of times that are over, oldest first; empty unless it smooths. */
  readonly archives: ReadonlyMap<string, readonly number[]>;
}

/** How many times smoothing remembers where an object was before it was grasped or moved. */
const KEPT_TIMES = 3;

/** Objects that are placed together: more than this many directions at once are too many to try. */
const TOGETHER = 2;
/** Kinds whose answers say where an object is around a known place. */
const PLACING: ReadonlySet<QuestionKind> = new Set(["distance", "gap", "horizontal_distance"]);

type LaidTask = Pick<Task, "measurements" | "robot" | "support">;

/**
 * The layouts for a task's measurements, of those objects that the robot's frames do not locate:
 * one for objects that questions tie together. Where these would be more than two that are measured
 * from the gripper itself, a question between two of them is no evidence.
 */
export function layOut(
  task: LaidTask,
  calibration: Calibration | undefined,
  smooths = false,
): StateLayout[] {
  const known = new Set([task.robot?.gripper.name, ...(task.robot?.tracked ?? [])]);
  const placed = task.measurements
    .map((measurement, index) => ({ measurement, index }))
    .filter(({ measurement }) => isEvidence(measurement, task.support?.name, known));
  const groups = new Map<string, Group>();
  for (const { measurement } of placed) {
    const things = thingsOf(measurement).filter((name) => !known.has(name));
    const isFromKnown = things.length === 1 && PLACING.has(measurement.kind);
    for (const name of things) {
      const group = groups.get(name) ?? { things: new Set([name]), anchored: new Set<string>() };
      groups.set(name, group);
      if (isFromKnown && measurement.object) group.anchored.add(name);
    }
  }
  const tied = placed.filter(({ measurement }) => {
    const [a, b] = thingsOf(measurement).flatMap((name) => groups.get(name) ?? []);
    if (!a || !b || a === b) return true;
    if (a.anchored.size + b.anchored.size > TOGETHER) return false;
    const both = {
      things: new Set([...a.things, ...b.things]),
      anchored: new Set([...a.anchored, ...b.anchored]),
    };
    for (const name of both.things) groups.set(name, both);
    return true;
  });
  return [...new Set(groups.values())].map(({ things }) =>
    layOutGroup(
      task,
      tied.filter(({ measurement }) => thingsOf(measurement).some((name) => things.has(name))),
      things,
      calibration,
      smooths,
    ),
  );
}

interface Group {
  readonly things: ReadonlySet<string>;
  /** Those that are measured from a known place. */
  readonly anchored: Set<string>;
}

function thingsOf({ subject, object }: Measurement): string[] {
  return [subject.name, ...(object ? [object.name] : [])];
}

function isEvidence(
  measurement: Measurement,
  support: string | undefined,
  known: ReadonlySet<string | undefined>,
): boolean {
  const things = thingsOf(measurement);
  const isOfSupport = support !== undefined && things.includes(support);
  return isPlaced(measurement) && !isOfSupport && things.some((name) => !known.has(name));
}

function layOutGroup(
  { measurements }: LaidTask,
  placed: readonly { readonly measurement: Measurement; readonly index: number }[],
  things: ReadonlySet<string>,
  calibration: Calibration | undefined,
  smooths: boolean,
): StateLayout {
  const words = new Map<string, SaidModel>();
  let size = 0;
  const take = (count: number) => {
    size += count;
    return size - count;
  };
  const wordsOf = (kind: QuantityKind): SaidModel => {
    const length = calibration && calibrationOf(calibration, kind);
    const { signed } = kindInfo(kind);
    const key = length && calibration?.kinds.has(kind) ? kind : signed ? "signed" : "lengths";
    const found = words.get(key);
    if (found) return found;
    const prior: SaidPrior = length ? priorOf(length) : signed ? UNCALIBRATED_SIGNED : UNCALIBRATED;
    const made = new SaidModel(prior, take(3));
    words.set(key, made);
    return made;
  };
  const slots = new Map([...things].map((name) => [name, take(4)]));
  const channels = placed.map(({ measurement, index }): Channel => {
    const { subject, object } = measurement;
    const kind = measurement.kind as QuantityKind;
    const sizePrior = SIZES.get(kind);
    return {
      index,
      kind,
      subject: subject.name,
      object: object?.name,
      words: wordsOf(kind),
      errorIndex: take(1),
      ...(sizePrior && { sizePrior, sizeIndex: take(1) }),
    };
  });
  const archives = new Map(
    [...slots.keys()].map((name) => [
      name,
      Array.from({ length: smooths ? KEPT_TIMES : 0 }, () => take(4)),
    ]),
  );
  const sides = measurements.flatMap((measurement, index): SideChannel[] => {
    const kind = sideOf(measurement.kind);
    const { subject, object } = measurement;
    const isHere = thingsOf(measurement).some((name) => things.has(name));
    return kind && object && isHere
      ? [{ index, kind, subject: subject.name, object: object.name }]
      : [];
  });
  return { archives, sides, size, channels, words: [...words.values()], slots };
}

function isPlaced({ kind }: Measurement): boolean {
  return PLACED.has(kind as QuantityKind);
}

/** The difference whose sign a yes/no question, choice or relation asks for; of sizes none. */
function sideOf(kind: QuestionKind): QuantityKind | undefined {
  const [relation] = kindInfo(kind).relations;
  switch (relation) {
    case "left":
    case "right":
    case "above":
    case "below":
    case "behind":
    case "front":
      return `${relation}_difference`;
    default:
      return undefined;
  }
}
