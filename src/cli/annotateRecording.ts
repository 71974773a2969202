import type { FrameCounters } from "../annotate/index.js";
import { findCameras } from "../camera/index.js";
import { type BagInfo, openBag } from "../sources/index.js";
import type { Task } from "../task/index.js";
import { type AnnotateSettings, type FrameRange, runAnnotate } from "./annotateRun.js";
import { startProgress } from "./progress.js";

export interface RecordingSettings extends AnnotateSettings {
  /** Images a second at most, Hz. */
  readonly rate?: number;
  /** Bounds, ns from the recording's start. */
  readonly from?: bigint;
  readonly to?: bigint;
}

/** Annotates a recording with a progress bar. Returns the lines that tell of it. */
export async function annotateRecording(
  recording: string,
  { rate, from, to, ...settings }: RecordingSettings,
  signal: AbortSignal,
): Promise<string[]> {
  const bag = await openBag(recording);
  const { startNs } = bag.info;
  const range: FrameRange = {
    ...(rate !== undefined && { rateHz: rate }),
    ...(from !== undefined && { startNs: startNs + from }),
    ...(to !== undefined && { endNs: startNs + to }),
  };
  const total = expectedFrames(bag.info, settings.task, range);
  const progress = startProgress(bag.info.name, total, "frames");
  try {
    const onFrame = (counters: FrameCounters): void =>
      progress.update(counters.annotated + counters.failed);
    const summary = await runAnnotate({ ...settings, bag, range, onFrame }, signal);
    return [...summary.lines(), ...settings.outputs.map(({ path }) => `  written  ${path}`)];
  } finally {
    progress.stop();
    await bag.close();
  }
}

/** How many frames a run will give, as far as one can tell before reading: for the progress bar. */
function expectedFrames(info: BagInfo, task: Task, range: FrameRange): number {
  const startNs = range.startNs ?? info.startNs;
  const endNs = range.endNs !== undefined && range.endNs < info.endNs ? range.endNs : info.endNs;
  const all = findCameras(info, task.cameras).reduce(
    (sum, { color }) => sum + (info.topics.find(({ name }) => name === color)?.messageCount ?? 0),
    0,
  );
  const share = Number(endNs - startNs) / Math.max(1, Number(info.endNs - info.startNs));
  const seconds = Number(endNs - startNs) / 1e9;
  const expected = Math.ceil(all * Math.max(0, share));
  return range.rateHz ? Math.min(expected, Math.ceil(seconds * range.rateHz)) : expected;
}
