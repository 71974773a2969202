import { annotateRecording as annotateSource, type FrameCounters } from "../annotate/index.js";
import type { Calibration } from "../estimate/index.js";
import type { SpatialVlm } from "../models/index.js";
import { sinks } from "../sinks/index.js";
import { openSource } from "../sources/index.js";
import type { Task } from "../task/index.js";
import { journalPath, type PlannedOutput } from "./outputs.js";
import { type Progress, startProgress } from "./progress.js";
import { RunSummary } from "./RunSummary.js";

/** How a recording is annotated into which outputs. */
export interface RecordingSettings {
  readonly task: Task;
  readonly vlm: SpatialVlm;
  readonly outputs: readonly PlannedOutput[];
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
}

/** Annotates a recording with a progress bar. Returns the lines that describe the result. */
export async function annotateRecording(
  recording: string,
  {
    task,
    vlm,
    outputs,
    resume,
    withImages,
    rate,
    from,
    to,
    atRate,
    smooth = false,
    calibration,
  }: RecordingSettings,
  signal: AbortSignal,
): Promise<string[]> {
  await using source = await openSource(recording);
  const watch =
    calibration && new (await import("../calibrate/index.js")).AnswerWatch(task, calibration);
  const drifts = () => watch?.firstDrifts ?? [];
  const summary = new RunSummary(task, source.info, vlm.id, drifts);
  let progress: Progress | undefined;
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
        progress = startProgress(source.info.name, expected ?? 0, "frames");
      },
      async onAnnotation(annotation) {
        summary.add(annotation);
        await watch?.observe(annotation);
      },
      onAsked: (frames) => progress?.update(frames),
    });
    return [...summary.lines(counters), ...outputs.map(({ path }) => `  written  ${path}`)];
  } finally {
    progress?.stop();
  }
}
