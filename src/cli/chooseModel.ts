import { judged, studied } from "../annotate/index.js";
import type { CameraFrame } from "../camera/index.js";
import type { SpatialQuestion } from "../language/index.js";
import { createVlm, DEFAULT_VLM } from "../models/index.js";
import { openSource } from "../sources/index.js";
import { kinematicSelection, type Task, taskFrames, taskQuestions } from "../task/index.js";

/** What a model said to a task's questions about some frames of a recording. */
export interface Trial {
  readonly spec: string;
  readonly asked: number;
  readonly answered: number;
  /** Of the lengths among the answers: the median of their sigmas, metres. */
  readonly sigmaM?: number;
  /** Reasons of the refusals, the commonest first, each with one of its details. */
  readonly refusals: readonly {
    readonly reason: string;
    readonly count: number;
    readonly detail: string;
  }[];
}

/** The models of this package, in the order in which they are tried: the more exact one first. */
export const MODELS_TRIED = ["rgbd", DEFAULT_VLM, "plane"] as const;

/** A model is used where it answers at least this share of a task's questions. */
const ENOUGH = 0.5;
/** Frames that a trial looks at. */
const FRAMES = 4;

export function works({ asked, answered }: Trial): boolean {
  return asked > 0 && answered / asked >= ENOUGH;
}

export interface Sampled {
  readonly frames: readonly CameraFrame[];
  /** Why the first image that cannot be read cannot. */
  readonly fault?: string;
  /** What may be wrong with its cameras. */
  readonly notes: readonly string[];
}

/** Some frames of a recording, spread over it, with all that a task needs of them. */
export async function sampleFrames(
  recording: string,
  task: Task,
  signal: AbortSignal,
): Promise<Sampled> {
  await using source = await openSource(recording);
  const { startNs, endNs } = source.info;
  const seconds = Number(endNs - startNs) / 1e9;
  const kinematics = kinematicSelection(task);
  const selection = {
    cameras: source.cameras(task.cameras),
    tfFrames: taskFrames(task),
    checksDepth: true,
    ...(kinematics && { kinematics }),
    ...(seconds > 0 && { rateHz: FRAMES / seconds }),
  };
  const frames: CameraFrame[] = [];
  let fault: string | undefined;
  for await (const frame of source.frames(selection, signal)) {
    if (frame.fault === undefined) frames.push(frame);
    else fault ??= frame.fault;
    if (frames.length > FRAMES) break;
  }
  if (!source.recording) return { frames, notes: [], ...(fault !== undefined && { fault }) };
  const watch = await studied(task, source, selection);
  return {
    frames: frames.map((frame) => judged(frame, watch)),
    notes: watch.notes,
    ...(fault !== undefined && { fault }),
  };
}

/** Asks a model a task's questions about some frames. */
export async function tryModel(
  spec: string,
  frames: readonly CameraFrame[],
  questions: readonly SpatialQuestion[],
  signal: AbortSignal,
): Promise<Trial> {
  await using vlm = await createVlm(spec, { signal, onNotice: () => {} });
  const refusals = new Map<string, { reason: string; count: number; detail: string }>();
  const sigmas: number[] = [];
  let answered = 0;
  for (const frame of frames) {
    for (const { value, refusal } of await vlm.ask(frame, questions, signal)) {
      if (value) {
        answered += 1;
        if (value.shape === "quantity") sigmas.push(value.sigmaM);
        continue;
      }
      const { count } = refusals.get(refusal.reason) ?? { count: 0 };
      refusals.set(refusal.reason, { ...refusal, count: count + 1 });
    }
  }
  const sigmaM = sigmas.sort((a, b) => a - b)[sigmas.length >> 1];
  return {
    spec,
    asked: frames.length * questions.length,
    answered,
    ...(sigmaM !== undefined && { sigmaM }),
    refusals: [...refusals.values()].sort((a, b) => b.count - a.count),
  };
}

/** A model for a recording, and why it is the one. */
export interface Choice {
  readonly spec: string;
  readonly why: string;
}

/**
 * The model that is used where none is named: the first of `MODELS_TRIED` that answers at least
 * half of the task's questions about a few frames of the recording. Where none does, `embedded`,
 * which refuses what it does not know.
 */
export async function chooseModel(
  recording: string,
  task: Task,
  signal: AbortSignal,
): Promise<Choice> {
  const { frames, fault } = await sampleFrames(recording, task, signal);
  const questions = taskQuestions(task);
  const reasons: string[] = [];
  for (const spec of MODELS_TRIED) {
    const trial = await tryModel(spec, frames, questions, signal);
    const share = `it answers ${trial.answered} of ${trial.asked} questions about ${frames.length} images`;
    if (works(trial)) return { spec, why: [...reasons, share].join("; ") };
    reasons.push(
      `${spec} does not: ${trial.refusals[0]?.detail ?? fault ?? "no image can be read"}`,
    );
  }
  const why = `${reasons.join("; ")}. Most questions will be refused: see \`spatial-reward doctor\``;
  return { spec: DEFAULT_VLM, why };
}
