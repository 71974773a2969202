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

/** Kinds whose length follows from where things are (and, for the gap, how large they are). */
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

/** Kinds that also depend on the sizes of the things, and that dependence before it is known, m. */
const SIZES: ReadonlyMap<QuantityKind, readonly [mean: number, sigma: number]> = new Map([
  ["gap", [-0.06, 0.04]],
  ["above_difference", [0, 0.05]],
  ["below_difference", [0, 0.05]],
]);

/** A question whose answers are evidence of where things are. */
export interface Channel {
  /** Of the task's measurements. */
  readonly index: number;
  readonly kind: QuantityKind;
  readonly subject: string;
  readonly object: string | undefined;
  readonly words: SaidModel;
  /** Index in the state of the error that neighbouring answers have in common. */
  readonly errorIndex: number;
  /** Index in the state of what the things' sizes add. */
  readonly sizeIndex?: number;
  readonly sizePrior?: readonly [mean: number, sigma: number];
}

/** A question which of two sides a thing is on: the sign of a difference. */
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

/** Times that a thing was grasped or moved of which smoothing keeps where it was before. */
const KEPT_TIMES = 3;

/** The layout for a task's measurements: of those things that the robot's frames do not tell. */
export function layOut(
  task: Pick<Task, "measurements" | "robot" | "support">,
  calibration: Calibration | undefined,
  smooths = false,
): StateLayout {
  const { robot, support } = task;
  const known = new Set([robot?.gripper.name, ...(robot?.tracked ?? [])]);
  const words = new Map<string, SaidModel>();
  const slots = new Map<string, number>();
  const channels: Channel[] = [];
  const sides: SideChannel[] = [];
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
  for (const [index, measurement] of task.measurements.entries()) {
    const { kind, subject, object } = measurement;
    const side = sideOf(kind);
    if (side && object) {
      sides.push({ index, kind: side, subject: subject.name, object: object.name });
    }
    if (!isPlaced(measurement) || (object?.name === support?.name && object)) continue;
    if (subject.name === support?.name || (kind === "elevation" && known.has(subject.name)))
      continue;
    for (const thing of [subject, ...(object ? [object] : [])]) {
      if (!known.has(thing.name) && !slots.has(thing.name)) slots.set(thing.name, take(4));
    }
    const sizePrior = SIZES.get(kind as QuantityKind);
    channels.push({
      index,
      kind: kind as QuantityKind,
      subject: subject.name,
      object: object?.name,
      words: wordsOf(kind as QuantityKind),
      errorIndex: take(1),
      ...(sizePrior && { sizePrior, sizeIndex: take(1) }),
    });
  }
  const archives = new Map(
    [...slots.keys()].map((name) => [
      name,
      Array.from({ length: smooths ? KEPT_TIMES : 0 }, () => take(4)),
    ]),
  );
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
