import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { annotateRecording as annotateSource, type FrameCounters } from "../annotate/index.js";
import type { Calibration } from "../estimate/index.js";
import type { SpatialVlm } from "../models/index.js";
import { sinks } from "../sinks/index.js";
import { openSource } from "../sources/index.js";
import { type Task, taskDigest } from "../task/index.js";
import { clearAfter, finishedRun, type RunKey, recordRun } from "./FinishedRun.js";
import { journalPath, type PlannedOutput } from "./outputs.js";
import { type Progress, startProgress } from "./progress.js";
import { RunSummary } from "./RunSummary.js";
import type { S3Run } from "./s3/S3Outputs.js";

/** How a recording is annotated into which outputs. */
export interface RecordingSettings {
  readonly task: Task;
  readonly vlm: SpatialVlm;
  readonly outputs: readonly PlannedOutput[];
  /** What it is called to the user, where others have its name too. */
  readonly title?: string;
  /** Goes on with an interrupted run; a finished one stays as it is. */
  readonly resume: boolean;
  readonly withImages: boolean;
  /** Images a second at most, Hz. */
  readonly rate?: number;
  /** Bounds, ns from the recording's start. */
  readonly from?: bigint;
  readonly to?: bigint;
  /** Rewards between the images too, so many a second at most, Hz. */
  readonly atRate?: number;
  /** Values rest on later images of the episode too. */
  readonly smooth?: boolean;
  /** Of the model. */
  readonly calibration?: Calibration;
  /** Images that are done, of how many; 0 where that is not known. */
  readonly onProgress?: (done: number, total: number) => void;
  /** The outputs are put there when they are complete. */
  readonly s3?: S3Run;
}

/** All that the outputs of a run follow from. */
async function runKey(recording: string, settings: RecordingSettings): Promise<RunKey> {
  const { task, vlm, withImages, calibration, rate, from, to, atRate, smooth } = settings;
  const digest = (text: string) => createHash("sha256").update(text).digest("hex");
  return {
    recording,
    task: await taskDigest(task),
    model: vlm.fingerprint,
    cameras: JSON.stringify(task.cameras),
    calibration: calibration === undefined ? "" : digest(JSON.stringify(calibration)),
    options: [rate, from, to, atRate, smooth === true, withImages].map(String).join(" "),
  };
}

/**
 * Annotates a recording with a progress bar, unless it is to be resumed and finished already.
 * Returns the lines that describe the result.
 */
export async function annotateRecording(
  recording: string,
  settings: RecordingSettings,
  signal: AbortSignal,
): Promise<string[]> {
  const { task, vlm, outputs, resume, withImages, calibration } = settings;
  const { rate, from, to, atRate, smooth = false, s3 } = settings;
  await using source = await openSource(recording);
  const { title = source.info.name } = settings;
  const key = await runKey(source.info.identity, settings);
  if (resume && s3?.isFinished(key)) return [`${title}: finished by an earlier run`];
  const finished = resume ? await finishedRun(key, outputs) : undefined;
  if (finished) {
    const journals = outputs.slice(0, 1).map(({ path }) => journalPath(path));
    await clearAfter([...outputs.map(({ path }) => path), ...journals]);
    for (const path of journals) await rm(path, { force: true });
    return [`${title}: finished by an earlier run`];
  }
  const watch =
    calibration && new (await import("../calibrate/index.js")).AnswerWatch(task, calibration);
  const drifts = () => watch?.firstDrifts ?? [];
  const summary = new RunSummary(task, source.info, vlm.id, drifts, title);
  const whole = outputs.filter(({ partOf }) => partOf === undefined);
  const linesOf = (frames: FrameCounters) => [
    ...summary.lines(frames),
    ...whole.map(({ path }) => `  written  ${s3?.addressOf(path) ?? path}`),
  ];
  let progress: Progress | undefined;
  let total = 0;
  let isComplete = false;
  try {
    const counters = await annotateSource(source, task, vlm, {
      sinks: outputs.map(({ path, format }) => async (frames: FrameCounters) => {
        const kind = sinks.get(format);
        if (!kind) throw new Error(`no output format ${format}`);
        return kind.open(path, { task, source, model: vlm.id, frames, withImages, drifts });
      }),
      ...(rate !== undefined && { rateHz: rate }),
      ...(from !== undefined && { fromNs: from }),
      ...(to !== undefined && { toNs: to }),
      ...(outputs[0] && { journalPath: journalPath(outputs[0].path) }),
      ...(atRate !== undefined && { atRateHz: atRate }),
      ...(calibration && { calibration }),
      ...{ resume, signal, smooth },
      onStart(expected) {
        total = expected ?? 0;
        progress = startProgress(title, total, "frames");
      },
      onContradiction: (finding) => summary.contradict(finding),
      onDoubt: (note) => summary.doubt(note),
      // Before the journal goes: a run that is killed in between is done, or can still go on.
      async onComplete(frames) {
        isComplete = true;
        await recordRun(recording, key, outputs, frames, linesOf(frames));
        await s3?.publish(key);
      },
      async onAnnotation(annotation) {
        summary.add(annotation);
        await watch?.observe(annotation);
      },
      onAsked(frames) {
        progress?.update(frames);
        settings.onProgress?.(frames, total);
      },
    });
    if (!isComplete) await s3?.publish(undefined);
    return linesOf(counters);
  } finally {
    progress?.stop();
  }
}
