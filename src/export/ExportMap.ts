import { readFile } from "node:fs/promises";
import * as z from "zod";
import { refuseSpecialFile, UserError } from "../base/index.js";
import type { CameraTopics } from "../camera/index.js";
import { describeProblems, type FieldPath, type YamlProblem, YamlSource } from "../yaml/index.js";

/** Numbers of a topic's messages. */
export interface TopicSignal {
  readonly kind: "topic";
  readonly topic: string;
  /**
   * Which numbers of a message, by their paths (`twist.linear.x`, `position`); absent: those that
   * the type is about.
   */
  readonly fields?: readonly string[];
  /** Of messages with named joints, these, in this order; absent: all. */
  readonly joints?: readonly string[];
  /** How old the newest message may be for a row, s. */
  readonly maxAgeS?: number;
}

/** Where a TF frame is in another one: x, y, z (m) and the quaternion qx, qy, qz, qw. */
export interface FrameSignal {
  readonly kind: "frame";
  readonly frame: string;
  /** Absent: the root of the TF tree. */
  readonly in?: string;
}

/** All joints that a source without topics tells: a data set's named state. */
export interface JointsSignal {
  readonly kind: "joints";
}

export type Signal = TopicSignal | FrameSignal | JointsSignal;

/** What of a recording becomes which part of a training data set. */
export interface ExportMap {
  /** What the robot is told to do, in words; absent: the task's description, or its name. */
  readonly instruction?: string;
  readonly robotType?: string;
  /** Cameras beside those of the task, which no model is asked about. */
  readonly images: readonly CameraTopics[];
  /** Empty: the joints of the task's gripper topic, or /joint_states. */
  readonly state: readonly Signal[];
  /** Empty: the one command topic; `next_state`: the state of the next row. */
  readonly action: readonly Signal[] | "next_state";
}

export const EMPTY_MAP: ExportMap = { images: [], state: [], action: [] };

/** A `--map` file with everything that is wrong in it. */
class ExportMapError extends UserError {
  override readonly code = "export.map";
  override readonly exitCode = 2;
  readonly problems: readonly YamlProblem[];

  constructor(file: string, problems: readonly YamlProblem[]) {
    super(describeProblems("map file", file, problems));
    this.problems = problems;
  }
}

const words = z.string({ error: "must be text" }).trim().min(1, { error: "must not be empty" });
const list = z
  .union([words.transform((one) => [one]), z.array(words).min(1)], {
    error: "must be a text or a list of texts",
  })
  .optional();
const seconds = z
  .union([z.number(), z.string().regex(/^\d+(\.\d+)?\s*(s|ms)$/)], {
    error: "must be a time like `0.5 s` or `200 ms`",
  })
  .transform((value) => {
    if (typeof value === "number") return value;
    return Number.parseFloat(value) * (value.endsWith("ms") ? 0.001 : 1);
  })
  .pipe(z.number().positive({ error: "must be more than 0" }));

const signalSchema = z
  .strictObject({
    topic: words.optional(),
    fields: list,
    joints: list,
    max_age: seconds.optional(),
    frame: words.optional(),
    in: words.optional(),
  })
  .transform((read, context): Signal => {
    const { topic, fields, joints, max_age: maxAgeS, frame } = read;
    const fail = (message: string): never => {
      context.issues.push({ code: "custom", message, input: read });
      return z.NEVER;
    };
    if ((topic === undefined) === (frame === undefined)) {
      return fail("must name either a `topic` of messages or a TF `frame`");
    }
    if (frame !== undefined) {
      if (fields || joints || maxAgeS !== undefined) return fail("a `frame` takes `in` only");
      return { kind: "frame", frame, ...(read.in !== undefined && { in: read.in }) };
    }
    if (read.in !== undefined) return fail("`in` goes with `frame`");
    return {
      ...{ kind: "topic", topic: topic ?? "" },
      ...(fields && { fields }),
      ...(joints && { joints }),
      ...(maxAgeS !== undefined && { maxAgeS }),
    };
  });
const topicOnly = words.transform((topic): Signal => ({ kind: "topic", topic }));
const signal = z.unknown().transform((value, context): Signal => {
  const read =
    typeof value === "string" ? topicOnly.safeParse(value) : signalSchema.safeParse(value);
  if (read.success) return read.data;
  for (const issue of read.error.issues) {
    context.issues.push({ code: "custom", message: issue.message, path: issue.path, input: value });
  }
  return z.NEVER;
});
const signals = z
  .unknown()
  .transform((value) => (Array.isArray(value) ? value : [value]))
  .pipe(z.array(signal).min(1, { error: "must not be empty" }));

const mapSchema = z.strictObject(
  {
    instruction: words.optional(),
    robot_type: words.optional(),
    images: z
      .record(z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/), words, {
        error: "must map names (letters, digits and _) to colour topics",
      })
      .optional(),
    state: signals.optional(),
    action: z.union([z.literal("next_state"), signals]).optional(),
  },
  { error: "must be a mapping with the fields instruction, robot_type, images, state, action" },
);

/** @throws ExportMapError */
export async function loadExportMap(path: string): Promise<ExportMap> {
  const fail = (file: string, problems: readonly YamlProblem[]) =>
    new ExportMapError(file, problems);
  await refuseSpecialFile(path);
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    const message = error.code === "ENOENT" ? "there is no such file" : error.message;
    const nowhere = { line: 1, column: 1, length: 1, lineText: "" };
    throw fail(path, [{ message, field: "", ...nowhere }]);
  });
  const source = new YamlSource(text, path, { noun: "map file", fail });
  const read = mapSchema.safeParse(source.root);
  for (const issue of read.error?.issues ?? []) {
    const at = issue.path as FieldPath;
    if (issue.code === "unrecognized_keys") {
      for (const key of issue.keys) source.problem([...at, key], `unknown field "${key}"`, "key");
    } else source.problem(at, issue.message);
  }
  source.finish();
  if (!read.success) throw fail(path, []);
  const { instruction, robot_type, images = {}, state = [], action = [] } = read.data;
  return {
    ...(instruction !== undefined && { instruction }),
    ...(robot_type !== undefined && { robotType: robot_type }),
    images: Object.entries(images).map(([name, color]) => ({ name, color })),
    state,
    action,
  };
}
