import { Command } from "commander";
import { UserError } from "../base/index.js";
import type { ObjectRef } from "../language/index.js";
import { loadTasks, type Task, taskQuestions, taskVariables } from "../task/index.js";

/** Several task files were checked and some cannot be used. */
export class TaskCheckError extends UserError {
  override readonly code = "task.check";
}

/** `spatial-reward task check` */
export function taskCheckCommand(): Command {
  return new Command("check")
    .description(
      "Checks task files and shows how they are understood: the objects and how each is found, the " +
        "questions to ask about every image, the stages and the parts of the reward. Every mistake " +
        "in a file is shown with its line, and the exit code is then 1.",
    )
    .argument("<file...>", "task files (YAML); docs/task-file.md describes them; or maps of tasks")
    .addHelpText(
      "after",
      `
Examples:
  spatial-reward task check examples/tasks/pick_and_place.yaml
  spatial-reward task check tasks/*.yaml`,
    )
    .action(checkTasks);
}

async function checkTasks(files: readonly string[]): Promise<void> {
  const faults: string[] = [];
  for (const file of files) {
    try {
      console.log(`${file}: ok\n\n${describe(await loadTasks(file))}\n`);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      faults.push(error.message);
    }
  }
  if (faults.length > 0) throw new TaskCheckError(faults.join("\n\n"));
}

/** A task, or each task of a map under its text. */
function describe(task: Task): string {
  const { episodes } = task;
  if (episodes === undefined) return describeTask(task);
  return episodes
    .map((each) => `"${each.pattern}": ${each.file}\n\n${describeTask(each.task)}`)
    .join("\n\n");
}

/** A task in words, for a terminal. */
export function describeTask(task: Task): string {
  const { name, description, stages, reward, success, failure, timeoutS, stalenessS } = task;
  const done = stages.length > 0 ? "all stages are done" : "never";
  const objects = [...task.objects.values()].map((object) => [object.name, found(object, task)]);
  const questions = taskQuestions(task).map(({ kind, text }, i) => [
    task.measurements[i]!.name,
    `${text}  (${kind})`,
  ]);
  const parts: string[][] = [
    ...[...reward.terms].map(([term, { text }]) => [term, oneLine(text)]),
    ...(reward.shaping ? [["shaping", shapingText(reward.shaping)]] : []),
    ...(reward.successBonus !== 0 ? [["success", `${reward.successBonus} at the end`]] : []),
    ...(reward.failurePenalty !== 0 ? [["failure", `${reward.failurePenalty} at the end`]] : []),
  ];
  const ends: string[][] = [
    ["success", oneLine(success?.text ?? done)],
    ["failure", oneLine(failure?.text ?? "never")],
    ["timeout", timeoutS === undefined ? "never" : `after ${timeoutS} s`],
  ];
  const cameras = task.cameras.map((camera) => [camera.name, camera.color]);
  return [
    `task  ${name}${description ? `: ${description}` : ""}`,
    table("objects", objects),
    table("cameras", cameras.length > 0 ? cameras : [["(any)", "found by message type"]]),
    table("questions", questions),
    table("stages", stages.flatMap(stageRows)),
    table("reward", parts),
    table("ends", ends),
    table("variables", [
      ["names", [...taskVariables(task).keys()].join(", ")],
      ["held for", `up to ${stalenessS} s if an answer is missing`],
    ]),
  ]
    .filter((section) => section !== "")
    .join("\n\n");
}

function found({ name, phrase, labels, classIds, frame }: ObjectRef, { support }: Task): string {
  const ways = [
    labels && `label ${labels.join(", ")}`,
    classIds && `detector class ${classIds.join(", ")}`,
    frame && `TF frame ${frame}`,
  ].filter((way) => way !== undefined);
  const how =
    ways.length > 0 ? ways.join("; ") : "only by its phrase: rgbd needs this name in LabelInfo";
  return `"${phrase}"  (${how})${support?.name === name ? "  support" : ""}`;
}

function stageRows({ name, progress, until, lost }: Task["stages"][number]): string[][] {
  return [
    [name, `progress ${oneLine(progress.text)}`],
    ["", `until    ${oneLine(until.text)}`],
    ...(lost === undefined ? [] : [["", `lost     ${oneLine(lost.text)}`]]),
  ];
}

function shapingText({ scale, gamma, potential }: NonNullable<Task["reward"]["shaping"]>): string {
  const factor = scale === 1 ? "" : `${scale} · `;
  return `${factor}(${gamma} · Φ' − Φ), Φ = ${oneLine(potential.text)}`;
}

function oneLine(text: string): string {
  return text.trim().replace(/\s+/g, " ");
}

/** Titled rows with aligned first columns; nothing if there are no rows. */
function table(title: string, rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const width = Math.max(...rows.map(([first = ""]) => first.length));
  const lines = rows.map(([first = "", rest = ""]) => `  ${first.padEnd(width)}  ${rest}`);
  return [title, ...lines].join("\n");
}
