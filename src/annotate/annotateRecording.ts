import { fromEvent, lastValueFrom, type Observable, takeUntil } from "rxjs";
import { checkMemory, keepInputs, secondsOf, UserError } from "../base/index.js";
import type { CameraFrame, CameraTopics, FramePart } from "../camera/index.js";
import { AnswerJournal, journaled, type SpatialVlm } from "../models/index.js";
import type { FrameSelection, FrameSource } from "../sources/index.js";
import { kinematicSelection, type Task, taskDigest, taskFrames } from "../task/index.js";
import type { Annotation } from "./Annotation.js";
import type { AnnotationSink } from "./AnnotationSink.js";
import { annotateAll } from "./annotateAll.js";
import { type AnnotateSmoothedOptions, annotateSmoothed } from "./annotateSmoothed.js";
import { studiedVlm, usesDepth, watchedVlm } from "./consistentVlm.js";
import { FrameCounters } from "./FrameCounters.js";
import { inColumnsOf, type TaskPart, taskParts } from "./taskParts.js";
import type { TrackRewardsOptions } from "./trackRewards.js";
import { wordedVlm } from "./wordedVlm.js";

/** Which frames of a source are annotated, into what. */
export interface AnnotateRecordingOptions extends TrackRewardsOptions {
  /** Opens an output; it gets the counts of the run, which are complete when it is closed. */
  readonly sinks?: readonly ((frames: FrameCounters) => Promise<AnnotationSink>)[];
  /** Images a second at most, Hz. */
  readonly rateHz?: number;
  /** Bounds of the images' times, ns from the source's start, inclusive. */
  readonly fromNs?: bigint;
  readonly toNs?: bigint;
  /**
   * Where the model's answers are kept until the run is complete, so that an interrupted run can
   * go on; nowhere where absent.
   */
  readonly journalPath?: string;
  /** Goes on with the journal of an interrupted run, if there is one. */
  readonly resume?: boolean;
  /** Told when all outputs are there and nothing is left open; the journal stays until it is done. */
  readonly onComplete?: (frames: FrameCounters) => void | Promise<void>;
  /** The journal stays when the run is complete: the caller has more to do with what was said. */
  readonly keepJournal?: boolean;
  /**
   * Only images with stamps in this stretch are asked about, ns from the source's start, the end
   * excluded: what the model says of them is what it says in a run over all. The rest is read, since
   * images are chosen and placed by what came before.
   */
  readonly slice?: readonly [fromNs: bigint, toNs: bigint];
  /** Values rest on later images of the episode too (`annotateSmoothed`); takes no `atRateHz`. */
  readonly smooth?: boolean;
  /** Told how many frames have been asked about, or were lost. */
  readonly onAsked?: (frames: number) => void;
  /** Told of each annotation after every sink has it; the next one waits until it is done. */
  readonly onAnnotation?: (annotation: Annotation) => void | Promise<void>;
  /**
   * Told once of each thing in a camera's frames that cannot be right (its masks, depth, intrinsics or
   * transforms): nothing is measured in them.
   */
  readonly onContradiction?: (finding: string) => void;
  /** Told once of each thing in a recording that may be wrong: sigma of lengths covers it. */
  readonly onDoubt?: (note: string) => void;
  /** Receives the expected number of frames, if known, before the first. */
  readonly onStart?: (expectedFrames: number | undefined) => void;
  readonly signal?: AbortSignal;
}

/** A source lacks what the model cannot do without. */
export class MissingTopicError extends UserError {
  override readonly code = "recording.topics";
}

/** Nothing came of a run. */
export class NothingAnnotatedError extends UserError {
  override readonly code = "annotation.empty";
}

/**
 * Annotates all frames of a source into sinks. Outputs appear when all is done; when the signal
 * aborts or something fails, they are given up, and what the model said so far stays in the
 * journal. The caller closes the source and the model.
 *
 * @returns the counts: in = annotated + failed
 * @throws InputKeptError, MissingTopicError, EpisodeTextError, NothingAnnotatedError, the signal's reason, what a sink throws
 * @example
 * await using source = await openSource("run1.mcap");
 * await annotateRecording(source, task, vlm, { sinks: [() => jsonLinesSink("rewards.jsonl")] });
 */
export async function annotateRecording(
  source: FrameSource,
  task: Task,
  vlm: SpatialVlm,
  options: AnnotateRecordingOptions = {},
): Promise<FrameCounters> {
  const { signal, rateHz, fromNs, toNs } = options;
  const cameras = source.cameras(task.cameras);
  checkNeeds(source, cameras, vlm);
  const parts = taskParts(source, task);
  const { startNs } = source.info;
  const selection: FrameSelection = {
    cameras,
    checksDepth: usesDepth(vlm),
    ...(rateHz !== undefined && { rateHz }),
    ...(fromNs !== undefined && { startNs: startNs + fromNs }),
    ...(toNs !== undefined && { endNs: startNs + toNs }),
  };
  const counters = new FrameCounters();
  const journal = await openJournal(source, task, vlm, selection, options);
  const sinks: AnnotationSink[] = [];
  let firstFault: string | undefined;
  try {
    for (const open of options.sinks ?? []) sinks.push(await open(counters));
    await keepInputs(
      [source.info.path],
      sinks.map(({ path }) => path).filter((path) => path !== ""),
    );
    options.onStart?.(source.expectedFrames(selection));
    const onAsked = (): void => options.onAsked?.(counters.annotated + counters.failed);
    const inColumns = inColumnsOf(task);
    const deliver = async (ofPart: Annotation): Promise<void> => {
      const annotation = inColumns(ofPart);
      checkMemory(() => {
        const { camera, stampNs } = annotation.frame;
        return `${source.info.path}: ${camera} at ${secondsOf(stampNs - startNs).toFixed(1)} s`;
      });
      for (const sink of sinks) await sink.write(annotation);
      if (annotation.outcome === "failed") firstFault ??= annotation.reward.reason;
      if (annotation.outcome !== "predicted" && !options.smooth) onAsked();
      await options.onAnnotation?.(annotation);
    };
    const answering = journal ? journaled(vlm, journal) : vlm;
    const onFindings = toldOnce(options);
    for (const part of parts) {
      const worded = wordedVlm(answering, part.task);
      const ofPart = selectionOf(part, selection);
      const model = source.recording
        ? await studiedVlm(worded, part.task, source, ofPart, onFindings)
        : watchedVlm(worded, part.task, () => cameras, onFindings);
      const readFrames = () => {
        const frames = source.frames(ofPart, signal);
        return options.slice ? within(frames, startNs, options.slice) : frames;
      };
      const run = { counters, deliver, onAsked };
      const annotations$ = annotationsOf(readFrames, part.task, model, run, options);
      const wanted$ = signal
        ? annotations$.pipe(takeUntil(fromEvent(signal, "abort")))
        : annotations$;
      await lastValueFrom(wanted$, { defaultValue: undefined });
      signal?.throwIfAborted();
    }
    if (!options.slice) checkSomething(source, cameras, counters, firstFault);
    for (const sink of sinks) await sink.close();
    // What another run may cure is asked then.
    const isComplete = journal?.hasOpen !== true;
    if (isComplete) await options.onComplete?.(counters);
    if (options.keepJournal || !isComplete) await journal?.close();
    else await journal?.remove();
    return counters;
  } catch (error) {
    // The first error is the one to report; what cannot be closed any more adds nothing to it.
    await Promise.allSettled([...sinks.map((sink) => sink.abort()), journal?.close()]);
    throw error;
  }
}

/** All annotations of a task's frames, with the estimator that the options ask for. */
function annotationsOf(
  readFrames: () => AsyncIterable<CameraFrame>,
  task: Task,
  vlm: SpatialVlm,
  { onAsked, ...run }: Required<Pick<AnnotateSmoothedOptions, "counters" | "deliver" | "onAsked">>,
  { smooth, createEstimator, atRateHz, calibration }: AnnotateRecordingOptions,
): Observable<Annotation> {
  const calibrated = { ...run, ...(calibration && { calibration }) };
  return smooth
    ? annotateSmoothed(readFrames, task, vlm, { ...calibrated, onAsked })
    : annotateAll(readFrames(), task, vlm, {
        ...calibrated,
        ...(createEstimator && { createEstimator }),
        ...(atRateHz !== undefined && { atRateHz }),
      });
}

/** Tells each contradiction and each doubt once. */
function toldOnce({ onContradiction, onDoubt }: AnnotateRecordingOptions) {
  const known = new Set<string>();
  const fresh = (text: string) => !known.has(text) && known.add(text);
  return (findings: readonly string[], notes: readonly string[] = []): void => {
    for (const finding of findings.filter(fresh)) onContradiction?.(finding);
    for (const note of notes.filter(fresh)) onDoubt?.(note);
  };
}

/** The frames of a part, with the robot's kinematics as its task needs them. */
function selectionOf({ task, startNs, endNs }: TaskPart, all: FrameSelection): FrameSelection {
  const kinematics = kinematicSelection(task);
  const from = latest(all.startNs, startNs);
  const to = earliest(all.endNs, endNs);
  return {
    ...all,
    tfFrames: taskFrames(task),
    ...(kinematics && { kinematics }),
    ...(from !== undefined && { startNs: from }),
    ...(to !== undefined && { endNs: to }),
  };
}

function latest(a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  return a === undefined || (b !== undefined && b > a) ? b : a;
}

function earliest(a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  return a === undefined || (b !== undefined && b < a) ? b : a;
}

async function* within(
  frames: AsyncIterable<CameraFrame>,
  startNs: bigint,
  [fromNs, toNs]: readonly [bigint, bigint],
): AsyncGenerator<CameraFrame> {
  for await (const frame of frames) {
    const atNs = frame.stampNs - startNs;
    if (fromNs <= atNs && atNs < toNs) yield frame;
  }
}

const SIBLING: Readonly<Partial<Record<FramePart, "depth" | "labels" | "detections" | "info">>> = {
  depth: "depth",
  labels: "labels",
  detections: "detections",
  info: "info",
};

function checkNeeds(source: FrameSource, cameras: readonly CameraTopics[], vlm: SpatialVlm): void {
  for (const camera of cameras) {
    for (const part of vlm.needs) {
      const sibling = SIBLING[part];
      if (sibling === undefined || camera[sibling] !== undefined) continue;
      const topics = source.recording?.info.topics.map(({ name }) => name).join(", ");
      throw new MissingTopicError(
        `${source.info.path}: no ${part} topic beside ${camera.color}, and the model ${vlm.id} cannot ` +
          `do without ${part}. Name the topic in the task (cameras: … ${sibling}: /topic), or choose ` +
          `a model that needs colour only (--vlm http://…#model).` +
          (topics === undefined ? "" : ` Topics there: ${topics}`),
      );
    }
  }
}

function checkSomething(
  { info }: FrameSource,
  cameras: readonly CameraTopics[],
  counters: FrameCounters,
  fault: string | undefined,
): void {
  if (counters.annotated > 0) return;
  const topics = cameras.map(({ color }) => color).join(", ");
  throw new NothingAnnotatedError(
    fault === undefined
      ? `${info.path}: no image on ${topics} in the chosen time range` +
          (info.damage.length > 0 ? `; damage: ${info.damage.join("; ")}` : "")
      : `${info.path}: none of the ${counters.in} images on ${topics} could be annotated: ${fault}`,
  );
}

async function openJournal(
  source: FrameSource,
  task: Task,
  vlm: SpatialVlm,
  { cameras, rateHz, startNs, endNs }: FrameSelection,
  { journalPath: path, resume = false }: AnnotateRecordingOptions,
): Promise<AnswerJournal | undefined> {
  if (path === undefined) return undefined;
  const key = {
    recording: source.info.identity,
    task: await taskDigest(task),
    model: vlm.fingerprint,
    cameras: JSON.stringify(cameras),
    "frame selection": `${rateHz} ${startNs} ${endNs}`,
  };
  return AnswerJournal.open(path, key, resume);
}
