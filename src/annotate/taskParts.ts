import { itemAt, UserError } from "../base/index.js";
import type { MeasuredValue } from "../estimate/index.js";
import { kindInfo } from "../language/index.js";
import type { FrameSource, LeRobotDataset } from "../sources/index.js";
import { type Task, taskFor, taskQuestions } from "../task/index.js";
import type { Annotation } from "./Annotation.js";

/** What episodes are about is in no text of a map of tasks, or is not told. */
class EpisodeTextError extends UserError {
  override readonly code = "task.episode";
}

/** A stretch of a source, and the task that it is about. */
export interface TaskPart {
  readonly task: Task;
  /** Bounds of its stamps, ns; the whole source where absent. */
  readonly startNs?: bigint;
  readonly endNs?: bigint;
}

/** Texts that are listed. */
const LISTED = 10;

/**
 * The stretches of a source by the task that its episodes are about; one stretch where the task is one
 * for all.
 *
 * @throws EpisodeTextError where the task is a map and an episode is about none of its texts
 */
export function taskParts({ info, dataset }: FrameSource, task: Task): readonly TaskPart[] {
  if (task.episodes === undefined) return [{ task }];
  if (dataset === undefined) {
    throw new EpisodeTextError(
      `${info.path} does not say what its episodes are about, which a map of tasks needs: give one ` +
        "of its task files as --task",
    );
  }
  checkTexts(info.path, dataset, task);
  const { fps } = dataset.info;
  const atRow = (row: number) => BigInt(Math.round(((row - 0.5) / fps) * 1e9));
  const parts: { task: Task; startNs: bigint; endNs: bigint }[] = [];
  for (const { tasks, fromRow, toRow } of dataset.episodes) {
    const own = taskFor(task, tasks[0]);
    if (own === undefined) continue;
    const last = parts.at(-1);
    if (last?.task === own) last.endNs = atRow(toRow);
    else parts.push({ task: own, startNs: atRow(fromRow), endNs: atRow(toRow) });
  }
  return parts;
}

function checkTexts(path: string, { episodes }: LeRobotDataset, task: Task): void {
  const unlike = new Map<string, number>();
  for (const { tasks } of episodes) {
    const [text, ...others] = tasks;
    if (others.length === 0 && taskFor(task, text) !== undefined) continue;
    const said = tasks.map((each) => `"${each}"`).join(" and ") || "nothing";
    unlike.set(said, (unlike.get(said) ?? 0) + 1);
  }
  if (unlike.size === 0) return;
  const list = [...unlike].slice(0, LISTED).map(([said, count]) => `  ${count}× ${said}`);
  const more = unlike.size > LISTED ? [`  and ${unlike.size - LISTED} more`] : [];
  const known = (task.episodes ?? []).map(({ pattern }) => `  ${pattern}`);
  throw new EpisodeTextError(
    `${path} has episodes that are about none of the map's texts:\n${[...list, ...more].join("\n")}\n` +
      `The map's texts are:\n${known.join("\n")}\n` +
      "Add their texts to `tasks` (docs/lerobot.md); `<anything>: task.yaml` takes all that is left",
  );
}

/** Gives an annotation of one task the measurements of the whole map, in their order. */
export function inColumnsOf(whole: Task): (annotation: Annotation) => Annotation {
  if (whole.episodes === undefined) return (annotation) => annotation;
  const questions = taskQuestions(whole);
  const absent = whole.measurements.map(
    ({ name, kind }, i): MeasuredValue => ({
      ...{ name, value: null, sigma: null, raw: null, rawSigma: null },
      unit: kindInfo(kind).shape === "quantity" ? "m" : "1",
      ...{ question: itemAt(questions, i), answer: "", validity: "invalid" },
      reason: "the task of this episode does not measure it",
    }),
  );
  return (annotation) => {
    const own = new Map(annotation.measurements.map((measured) => [measured.name, measured]));
    return { ...annotation, measurements: absent.map((each) => own.get(each.name) ?? each) };
  };
}
