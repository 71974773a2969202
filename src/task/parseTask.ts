import * as z from "zod";
import { type YamlFileSort, YamlSource } from "../yaml/index.js";
import { FieldReader } from "./FieldReader.js";
import { expression, name, quantity, words } from "./fieldSchemas.js";
import { BUILT_IN, DEFAULT_FILTER, readMeasurements, readSmoothing } from "./readMeasurements.js";
import { readCameras, readObjects } from "./readObjects.js";
import { readReward, readStages, type VariableKinds } from "./readReward.js";
import { readRobot } from "./readRobot.js";
import { readStates } from "./readStates.js";
import { EPISODE_TASK, readWording } from "./readWording.js";
import type { Task } from "./Task.js";
import { TaskError } from "./TaskError.js";

export const TASK_FILE: YamlFileSort = {
  noun: "task file",
  fail: (file, problems) => new TaskError(file, problems),
};

const TASK = {
  name,
  description: words.optional(),
  episode_task: EPISODE_TASK.optional(),
  objects: z.unknown(),
  support: name.optional(),
  fixed_frame: words.optional(),
  cameras: z.unknown().optional(),
  states: z.unknown().optional(),
  measurements: z.unknown(),
  smoothing: z.unknown().optional(),
  estimator: name.optional(),
  staleness: quantity("s", { inclusive: true, doubtFrom: 30 }).optional(),
  stages: z.unknown().optional(),
  reward: z.unknown(),
  success: expression.optional(),
  failure: expression.optional(),
  timeout: quantity("s", { doubtFrom: 7200 }).optional(),
};

const DEFAULT_STALENESS_S = 0.5;

/**
 * Reads a task file's text (docs/task-file.md); `file` names it in messages.
 * @throws TaskError with everything that is wrong in the file, each with its line and column
 */
export function parseTask(text: string, file: string): Task {
  const source = new YamlSource(text, file, TASK_FILE);
  const reader = new FieldReader(source);
  const top = reader.fields([], source.root, TASK);
  // A file that is not a task at all gets that one message.
  if (Object.keys(top).length === 0) source.finish();

  const { objects, parts } = readObjects(reader, top.objects);
  const robot = readRobot(reader, parts, top.fixed_frame);
  const supportName = top.support && reader.objectName(["support"], top.support, objects.keys());
  const support = supportName ? objects.get(supportName) : undefined;
  const cameras = readCameras(reader, top.cameras);
  const states = readStates(reader, top.states, file);
  const filter = readSmoothing(reader, ["smoothing"], top.smoothing, DEFAULT_FILTER);
  const hasSupport = top.support !== undefined;
  const known = { objects, hasSupport, filter };
  const { measurements, variables } = readMeasurements(reader, top.measurements, known);

  const phrases = new Map(
    [...objects.values()].map(({ name, phrase }) => [["objects", name, "phrase"], phrase]),
  );
  for (const { name, question } of measurements) {
    if (question !== undefined) phrases.set(["measurements", name, "question"], question);
  }
  const wording = readWording(reader, top.episode_task, phrases);

  const all: VariableKinds = new Map([...variables, ...BUILT_IN]);
  const stages = readStages(reader, top.stages, all);
  const usable = top.stages === undefined ? withoutStages(all) : all;
  const reward = readReward(reader, top.reward, usable);
  const condition = (end: "success" | "failure") =>
    top[end] === undefined ? undefined : reader.condition([end], top[end], usable);
  const success = condition("success");
  const failure = condition("failure");
  if (reward.successBonus !== 0 && top.success === undefined && top.stages === undefined) {
    const message = 'the task never succeeds: add "success" or "stages"';
    source.problem(["reward", "success"], message);
  }
  if (reward.failurePenalty !== 0 && top.failure === undefined && top.timeout === undefined) {
    const message = 'no episode ends in failure: add "failure" or "timeout"';
    source.problem(["reward", "failure"], message);
  }
  source.finish();
  return {
    name: top.name!,
    ...(top.description !== undefined && { description: top.description }),
    source: text,
    objects,
    ...(support && { support }),
    cameras,
    ...(robot && { robot }),
    ...(states && { states }),
    ...(wording && { wording }),
    measurements,
    ...(top.estimator !== undefined && { estimator: top.estimator }),
    reward,
    stages,
    ...(success && { success }),
    ...(failure && { failure }),
    ...(top.timeout !== undefined && { timeoutS: top.timeout }),
    stalenessS: top.staleness ?? DEFAULT_STALENESS_S,
    ...(source.warnings.length > 0 && { warnings: source.warnings }),
  };
}

function withoutStages(variables: VariableKinds): VariableKinds {
  return new Map([...variables].filter(([name]) => name !== "progress" && name !== "stage"));
}
