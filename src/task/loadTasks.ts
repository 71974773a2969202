import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import * as z from "zod";
import { itemAt, refuseSpecialFile } from "../base/index.js";
import { kindInfo } from "../language/index.js";
import { YamlSource } from "../yaml/index.js";
import { FieldReader } from "./FieldReader.js";
import { words } from "./fieldSchemas.js";
import { loadTask, TaskFileError, told, unreadable } from "./loadTask.js";
import { parseTask, TASK_FILE } from "./parseTask.js";
import { wordsFor } from "./readWording.js";
import type { EpisodeTask, Measurement, Task } from "./Task.js";

/**
 * Reads a task file, or a map of tasks: a file whose `tasks` give the task file for what an episode is
 * said to be about.
 *
 * @throws TaskFileError, TaskError
 * @example
 * // tasks:
 * //   pick up the <thing>: pick.yaml
 * //   open the drawer: drawer.yaml
 * const task = await loadTasks("tasks.yaml");
 * taskFor(task, "Pick up the red mug.")?.name; // "pick"
 */
export async function loadTasks(path: string): Promise<Task> {
  await refuseSpecialFile(path);
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    throw unreadable(path, error);
  });
  const source = new YamlSource(text, path, TASK_FILE);
  if (!isMap(source.root)) return told(parseTask(text, path));
  const { tasks = {} } = new FieldReader(source).fields([], source.root, { tasks: TASKS });
  if (Object.keys(tasks).length === 0 && !source.hasProblems) {
    source.problem(["tasks"], "must name at least one task file");
  }
  source.finish();
  const entries: EpisodeTask[] = [];
  for (const [pattern, file] of Object.entries(tasks)) {
    const whole = resolve(dirname(path), file);
    entries.push({ pattern, file: whole, task: await loadTask(whole) });
  }
  checkTogether(source, entries);
  source.finish();
  return joined(text, entries);
}

/** Between the texts of a map and of its tasks in `source`. */
const BETWEEN = "\n---\n";

/**
 * The task that an annotated recording carries (`Task.source`): a task file, or a map of tasks with
 * the files that it names.
 *
 * @param where names the recording in errors
 * @throws TaskFileError, TaskError
 */
export function parseRecordedTask(text: string, where: string): Task {
  const [map = "", ...parts] = text.split(BETWEEN);
  const source = new YamlSource(map, where, TASK_FILE);
  if (!isMap(source.root)) return parseTask(text, where);
  const { tasks = {} } = new FieldReader(source).fields([], source.root, { tasks: TASKS });
  source.finish();
  const named = Object.entries(tasks);
  if (named.length !== parts.length) {
    throw new TaskFileError(
      `${where} is a map of ${named.length} tasks, but ${parts.length} are recorded with it: give the ` +
        "task file with --task.",
    );
  }
  const entries = named.map(([pattern, file], i): EpisodeTask => {
    return { pattern, file, task: parseTask(itemAt(parts, i), `${where}, ${file}`) };
  });
  return joined(map, entries);
}

const TASKS = z.record(words, words, {
  error: "must give a task file for each text: `pick up the <thing>: pick.yaml`",
});

function isMap(root: unknown): root is object {
  return typeof root === "object" && root !== null && Object.hasOwn(root, "tasks");
}

/**
 * The task of an episode that is said to be about this: the task itself where it is one for all,
 * undefined where no text of its map is like it.
 */
export function taskFor(task: Task, instruction: string | undefined): Task | undefined {
  if (task.episodes === undefined) return task;
  if (instruction === undefined) return undefined;
  return task.episodes.find(({ pattern }) => wordsFor({ patterns: [pattern] }, instruction))?.task;
}

/** What shares one output must have one meaning and one set of pictures. */
function checkTogether(source: YamlSource, entries: readonly EpisodeTask[]): void {
  const [first] = entries;
  const known = new Map<string, { readonly of: Measurement; readonly file: string }>();
  for (const { pattern, file, task } of entries) {
    if (JSON.stringify(task.cameras) !== JSON.stringify(first?.task.cameras)) {
      source.problem(["tasks", pattern], `its cameras are not those of ${first?.file}`);
    }
    for (const measurement of task.measurements) {
      const before = known.get(measurement.name);
      known.set(measurement.name, before ?? { of: measurement, file });
      const shapeOf = ({ kind }: Measurement) => kindInfo(kind).shape;
      if (before === undefined || shapeOf(before.of) === shapeOf(measurement)) continue;
      source.problem(
        ["tasks", pattern],
        `its ${measurement.name} is a ${measurement.kind}, that of ${before.file} a ${before.of.kind}: ` +
          "one column cannot hold both; give one another name",
      );
    }
  }
}

/** All that some episode of the map can have: the columns of outputs. */
function joined(text: string, entries: readonly EpisodeTask[]): Task {
  const tasks = entries.map(({ task }) => task);
  const measurements = new Map<string, Measurement>();
  for (const each of tasks.flatMap((task) => task.measurements)) {
    if (!measurements.has(each.name)) measurements.set(each.name, each);
  }
  const shaping = tasks.find(({ reward }) => reward.shaping)?.reward.shaping;
  const { robot } = tasks.find((task) => task.robot) ?? {};
  return {
    name: "tasks",
    source: [text, ...tasks.map(({ source }) => source)].join(BETWEEN),
    objects: new Map(tasks.flatMap(({ objects }) => [...objects])),
    cameras: tasks[0]?.cameras ?? [],
    ...(robot && { robot }),
    measurements: [...measurements.values()],
    reward: {
      terms: new Map(tasks.flatMap(({ reward }) => [...reward.terms])),
      ...(shaping && { shaping }),
      successBonus: Math.max(...tasks.map(({ reward }) => reward.successBonus)),
      failurePenalty: Math.min(...tasks.map(({ reward }) => reward.failurePenalty)),
    },
    stages: tasks.flatMap(({ stages }) => stages),
    stalenessS: Math.max(...tasks.map(({ stalenessS }) => stalenessS)),
    episodes: entries,
  };
}
