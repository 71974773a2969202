import { createHash } from "node:crypto";
import { fromEvent, lastValueFrom, takeUntil } from "rxjs";
import { type Annotation, annotateAll, FrameCounters } from "../annotate/index.js";
import { UserError } from "../base/index.js";
import { type CameraTopics, type FramePart, findCameras } from "../camera/index.js";
import { AnswerJournal, journaled, type SpatialVlm } from "../models/index.js";
import { type AnnotationSink, annotatedBagSink, csvSink, jsonLinesSink } from "../sinks/index.js";
import { type Bag, bagFrames } from "../sources/index.js";
import type { Task } from "../task/index.js";
import { exists, type OutputFormat, type PlannedOutput } from "./outputs.js";
import { RunSummary } from "./RunSummary.js";
import { type REPORT_FORMATS, reportSink } from "./reportSink.js";

/** How a recording is annotated into which outputs. */
export interface AnnotateSettings {
  readonly task: Task;
  readonly vlm: SpatialVlm;
  readonly outputs: readonly PlannedOutput[];
  readonly resume: boolean;
  readonly withImages: boolean;
}

/** Which of a recording's images are annotated; bounds are log times. */
export interface FrameRange {
  readonly rateHz?: number;
  readonly startNs?: bigint;
  readonly endNs?: bigint;
}

export interface AnnotateRun extends AnnotateSettings {
  readonly bag: Bag;
  readonly range: FrameRange;
  readonly onFrame: (counters: FrameCounters) => void;
}

/** A recording lacks what the model cannot do without. */
export class MissingTopicError extends UserError {
  override readonly code = "recording.topics";
}

/**
 * Annotates one recording into its outputs. Outputs appear when all is done; when the signal
 * aborts or something fails, what the model said so far is kept for `resume`.
 */
export async function runAnnotate(run: AnnotateRun, signal: AbortSignal): Promise<RunSummary> {
  const { bag, task, vlm } = run;
  const cameras = findCameras(bag.info, task.cameras);
  checkNeeds(bag, cameras, vlm);

  const counters = new FrameCounters();
  const summary = new RunSummary(task, bag.info, counters, vlm.id);
  const journal = await openJournal(run, cameras);
  const sinks: AnnotationSink[] = [];
  try {
    for (const output of run.outputs) {
      sinks.push(await SINKS[output.format](output.path, run, summary));
    }
    const frames = bagFrames(bag, { cameras, tfFrames: tfFrames(task), ...run.range });
    const deliver = async (annotation: Annotation): Promise<void> => {
      for (const sink of sinks) await sink.write(annotation);
      summary.add(annotation);
      run.onFrame(counters);
    };
    const annotations$ = annotateAll(frames, task, journaled(vlm, journal), { counters, deliver });
    await lastValueFrom(annotations$.pipe(takeUntil(fromEvent(signal, "abort"))), {
      defaultValue: undefined,
    });
    signal.throwIfAborted();
    summary.check(bag.info, cameras);
    for (const sink of sinks) await sink.close();
    await journal.remove();
    return summary;
  } catch (error) {
    // The first error is the one to report; what cannot be closed any more adds nothing to it.
    await Promise.allSettled([...sinks.map((sink) => sink.abort()), journal.close()]);
    throw error;
  }
}

type OpenSink = (path: string, run: AnnotateRun, summary: RunSummary) => Promise<AnnotationSink>;

const report =
  (format: keyof typeof REPORT_FORMATS): OpenSink =>
  (path, { bag, task, vlm }, { frames }) =>
    reportSink(path, format, task, { source: bag.info.name, model: vlm.id, frames });

const SINKS: Readonly<Record<OutputFormat, OpenSink>> = {
  mcap: (path, { bag, task, vlm, withImages }) =>
    annotatedBagSink(path, { task, source: bag, model: vlm.id, withImages }),
  jsonl: (path) => jsonLinesSink(path),
  csv: (path, { task }) => csvSink(path, task),
  html: report("html"),
  svg: report("svg"),
  png: report("png"),
};

/** The TF frames of the task's objects: truth for reports, positions for objects without masks. */
function tfFrames(task: Task): string[] {
  return [...task.objects.values()].flatMap(({ frame }) => frame ?? []);
}

const SIBLING: Readonly<Partial<Record<FramePart, "depth" | "labels" | "detections" | "info">>> = {
  depth: "depth",
  labels: "labels",
  detections: "detections",
  info: "info",
};

function checkNeeds(bag: Bag, cameras: readonly CameraTopics[], vlm: SpatialVlm): void {
  for (const camera of cameras) {
    for (const part of vlm.needs) {
      const sibling = SIBLING[part];
      if (sibling === undefined || camera[sibling] !== undefined) continue;
      throw new MissingTopicError(
        `${bag.info.path}: no ${part} topic beside ${camera.color}, and the model ${vlm.id} cannot ` +
          `do without ${part}. Name the topic in the task (cameras: … ${sibling}: /topic), or choose ` +
          `a model that needs colour only (--vlm http://…#model). Topics there: ` +
          bag.info.topics.map(({ name }) => name).join(", "),
      );
    }
  }
}

async function openJournal(
  { bag, task, vlm, outputs, resume, range }: AnnotateRun,
  cameras: readonly CameraTopics[],
): Promise<AnswerJournal> {
  const path = `${outputs[0]!.path}.answers.partial`;
  const key = {
    recording: `${bag.info.name} ${bag.info.messageCount} ${bag.info.startNs} ${bag.info.endNs}`,
    task: createHash("sha256").update(task.source).digest("hex"),
    model: vlm.fingerprint,
    cameras: JSON.stringify(cameras),
    "frame selection": `${range.rateHz} ${range.startNs} ${range.endNs}`,
  };
  return resume && (await exists(path))
    ? AnswerJournal.resume(path, key)
    : AnswerJournal.create(path, key);
}
