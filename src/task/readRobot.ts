import * as z from "zod";
import type { Vec3 } from "../base/index.js";
import type { KinematicSelection } from "../camera/index.js";
import type { ObjectRef } from "../language/index.js";
import type { FieldPath } from "../yaml/index.js";
import type { FieldReader } from "./FieldReader.js";
import { oneOrMore, opening, openings, quantity, topic, words } from "./fieldSchemas.js";
import type { GripSpec, RobotSpec, Task } from "./Task.js";

/** The fields of an object that concern the robot. */
export const ROBOT_FIELDS = {
  grasp: z.unknown().optional(),
  tracked: z.boolean({ error: "must be true or false" }).optional(),
  held_at: openings.optional(),
  top: quantity("m").optional(),
};

const signed = quantity("m", { min: Number.NEGATIVE_INFINITY, inclusive: true });

const GRASP = {
  topic: oneOrMore(topic).optional(),
  joints: oneOrMore(words).optional(),
  attached: z.literal(true, { error: "must be true, or be left out" }).optional(),
  closed_below: opening.optional(),
  open_above: opening.optional(),
  closed_above: opening.optional(),
  open_below: opening.optional(),
  at: z
    .tuple([signed, signed, signed], {
      error: "must be a point in the gripper's frame, like [0, 0, 10 cm]",
    })
    .optional(),
};

const JOINT_STATES = "/joint_states";

/** What the fields of one object say of the robot. */
export interface RobotPart {
  readonly object: ObjectRef;
  readonly grasp?: unknown;
  readonly tracked?: boolean | undefined;
  readonly heldAt?: readonly [number, number] | undefined;
  readonly topM?: number | undefined;
}

/** The robot of a task: the object with `grasp`, `fixed_frame`, and what is said of the others. */
export function readRobot(
  reader: FieldReader,
  parts: readonly RobotPart[],
  fixedFrame: string | undefined,
): RobotSpec | undefined {
  const { source } = reader;
  const part = gripperOf(reader, parts);
  const things = {
    tracked: trackedOf(reader, parts),
    heldAt: heldAtOf(reader, parts),
    topM: new Map(
      parts.flatMap(({ object, topM: top }) => (top === undefined ? [] : [[object.name, top]])),
    ),
  };
  if (part === undefined) {
    refuseWithoutGripper(reader, things, fixedFrame);
    return undefined;
  }
  const { object: gripper } = part;
  if (part.heldAt !== undefined) {
    const message =
      "is the opening while an object is held: give it to that object, not to the gripper";
    source.problem(["objects", gripper.name, "held_at"], message, "key");
  }
  const path = ["objects", gripper.name, "grasp"];
  const read = reader.fields(path, part.grasp, GRASP);
  if (gripper.frame === undefined) {
    const message = `the gripper is found by its TF frame: add "frame" to "${gripper.name}"`;
    source.problem(path, message, "key");
    return undefined;
  }
  return {
    gripper,
    gripperFrame: gripper.frame,
    ...(fixedFrame !== undefined && { fixedFrame }),
    graspPointM: (read.at as Vec3 | undefined) ?? [0, 0, 0],
    grip: read.attached
      ? readAttached(reader, path, read, parts)
      : {
          topics: read.topic ?? [JOINT_STATES],
          joints: read.joints ?? [],
          ...readThresholds(reader, path, read),
        },
    ...things,
  };
}

function gripperOf({ source }: FieldReader, parts: readonly RobotPart[]): RobotPart | undefined {
  const [first, ...others] = parts.filter(({ grasp }) => grasp !== undefined);
  for (const { object } of others) {
    const message = `"${first?.object.name}" is already the gripper: a task has only one`;
    source.problem(["objects", object.name, "grasp"], message, "key");
  }
  return first;
}

function trackedOf({ source }: FieldReader, parts: readonly RobotPart[]): RobotSpec["tracked"] {
  return parts.flatMap(({ object, tracked = false }) => {
    if (tracked && object.frame === undefined) {
      const message = `a tracked object is found by its TF frame: add "frame"`;
      source.problem(["objects", object.name, "tracked"], message, "key");
    }
    return tracked ? [object.name] : [];
  });
}

function heldAtOf({ source }: FieldReader, parts: readonly RobotPart[]): RobotSpec["heldAt"] {
  return new Map(
    parts.flatMap(({ object, heldAt: range }) => {
      if (range === undefined) return [];
      if (range[0] > range[1]) {
        source.problem(["objects", object.name, "held_at"], "begins above its end");
      }
      return [[object.name, range] as const];
    }),
  );
}

/** What is said of a robot in a task that has none. */
function refuseWithoutGripper(
  { source }: FieldReader,
  { tracked, heldAt, topM }: Pick<RobotSpec, "tracked" | "heldAt" | "topM">,
  fixedFrame: string | undefined,
): void {
  const needless: FieldPath[] = [
    ...(fixedFrame === undefined ? [] : [["fixed_frame"]]),
    ...tracked.map((name) => ["objects", name, "tracked"]),
    ...[...heldAt.keys()].map((name) => ["objects", name, "held_at"]),
    ...[...topM.keys()].map((name) => ["objects", name, "top"]),
  ];
  for (const path of needless) {
    const message = 'has no effect without a gripper: give one object "grasp"';
    source.problem(path, message, "key");
  }
}

/** What is held is told by the frames of the objects, and by nothing else. */
function readAttached(
  { source }: FieldReader,
  path: readonly string[],
  read: Readonly<Record<string, unknown>>,
  parts: readonly RobotPart[],
): GripSpec {
  for (const field of Object.keys(GRASP)) {
    if (field === "attached" || field === "at" || read[field] === undefined) continue;
    const message = 'has no effect with "attached": the frames of the objects tell what is held';
    source.problem([...path, field], message, "key");
  }
  const attachable = new Map(
    parts.flatMap(({ object, grasp, tracked }) => {
      const isOther = grasp === undefined && tracked !== true;
      return isOther && object.frame !== undefined ? [[object.name, object.frame] as const] : [];
    }),
  );
  if (attachable.size === 0) {
    const message = 'no object has a "frame" that could be attached to the gripper';
    source.problem([...path, "attached"], message, "key");
  }
  return { topics: [], joints: [], attachable };
}

type Thresholds = {
  readonly [K in "closed_below" | "open_above" | "closed_above" | "open_below"]?:
    | number
    | undefined;
};

function readThresholds(
  { source }: FieldReader,
  path: readonly string[],
  { closed_below, open_above, closed_above, open_below }: Thresholds,
): Omit<GripSpec, "topics" | "joints"> {
  const opens = closed_below !== undefined || open_above !== undefined;
  const closes = closed_above !== undefined || open_below !== undefined;
  if (opens && closes) {
    const message =
      'define closing either by an opening ("closed_below", "open_above") or by a ' +
      'position of a closing joint ("closed_above", "open_below"), not both';
    source.problem(path, message, "key");
  }
  if (opens && closed_below !== undefined && open_above !== undefined && closed_below >= open_above)
    source.problem([...path, "open_above"], 'must be more than "closed_below"');
  if (
    closes &&
    closed_above !== undefined &&
    open_below !== undefined &&
    closed_above <= open_below
  )
    source.problem([...path, "open_below"], 'must be less than "closed_above"');
  // A joint that grows as the gripper closes is an opening with its sign turned.
  const closedBelow = closes ? negative(closed_above) : closed_below;
  const openAbove = closes ? negative(open_below) : open_above;
  return {
    ...(opens && { closesUpwards: false }),
    ...(closes && { closesUpwards: true }),
    ...(closedBelow !== undefined && { closedBelow }),
    ...(openAbove !== undefined && { openAbove }),
  };
}

function negative(value: number | undefined): number | undefined {
  return value === undefined ? undefined : -value;
}

/** What a source's frames shall carry for the task; undefined if the task names no gripper. */
export function kinematicSelection({
  robot,
  objects,
  states,
}: Pick<Task, "robot" | "objects" | "states">): KinematicSelection | undefined {
  if (robot === undefined) return undefined;
  const tracked = robot.tracked.flatMap((name) => objects.get(name)?.frame ?? []);
  return {
    ...(robot.fixedFrame !== undefined && { fixedFrame: robot.fixedFrame }),
    frames: [...new Set([robot.gripperFrame, ...tracked])],
    jointTopics: robot.grip.topics,
    ...(states && { states }),
    ...(robot.grip.attachable && { attachable: [...robot.grip.attachable.values()] }),
  };
}
