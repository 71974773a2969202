import { judged, studied } from "../annotate/index.js";
import { type CameraFrame, judgeImages } from "../camera/index.js";
import type { CameraNote } from "../consistency/index.js";
import { createVlm, DEFAULT_VLM } from "../models/index.js";
import { openSource } from "../sources/index.js";
import { kinematicSelection, type Task, taskFrames, taskQuestions } from "../task/index.js";

/** What a model said to a task's questions about some frames of a recording. */
export interface Trial {
  readonly spec: string;
  readonly asked: number;
  readonly answered: number;
  readonly byCamera: ReadonlyMap<string, { readonly asked: number; readonly answered: number }>;
  /** A measurement that the task's rewards need and that it answered about no frame, and why. */
  readonly never?: { readonly measurement: string; readonly detail: string };
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
/** Frames of each camera that a trial looks at. */
const FRAMES = 4;

export function works(trial: Trial): boolean {
  return answersEnough(trial) && trial.never === undefined;
}

function answersEnough({ asked, answered }: Trial): boolean {
  return asked > 0 && answered / asked >= ENOUGH;
}

/** Names that the expressions of a task's rewards and stages use. */
function rewardNames({ reward, stages, success, failure }: Task): ReadonlySet<string> {
  const expressions = [
    ...reward.terms.values(),
    reward.shaping?.potential,
    ...stages.flatMap(({ progress, until, lost }) => [progress, until, lost]),
    success,
    failure,
  ];
  return new Set(expressions.flatMap((expression) => expression?.names ?? []));
}

export interface Sampled {
  readonly frames: readonly CameraFrame[];
  /** Why the first image that cannot be read cannot. */
  readonly fault?: string;
  /** What may be wrong with its cameras. */
  readonly notes: readonly CameraNote[];
  /** Topics of a camera or robot that are there without a message. */
  readonly silent: readonly string[];
  /** Images that are named depth and are none, each with what it is. */
  readonly noDepth: readonly string[];
  /** What the source says of itself: its clocks, what of it is damaged. */
  readonly remarks: readonly string[];
}

/** Types whose absence a task can suffer from. */
const SOUGHT =
  /(Image|CompressedVideo|FFMPEGPacket|PointCloud2|CameraInfo|TFMessage|Detection2DArray|LabelInfo|JointState)$/;

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
    if (frames.length > FRAMES * selection.cameras.length) break;
  }
  const { notes = [], damage = [] } = source.info;
  const sampled = { remarks: [...notes, ...damage], ...(fault !== undefined && { fault }) };
  if (!source.recording) return { ...sampled, frames, notes: [], silent: [], noDepth: [] };
  const watch = await studied(task, source, selection);
  return {
    ...sampled,
    frames: frames.map((frame) => judged(frame, watch)),
    notes: watch.notes,
    noDepth: [...judgeImages(source.recording.info.topics)].flatMap(([name, { role, why }]) =>
      role === "other" && /depth/i.test(name) ? [`${name} (${why})`] : [],
    ),
    silent: source.recording.info.topics
      .filter(({ type, messageCount }) => messageCount === 0 && SOUGHT.test(type))
      .map(({ name }) => name),
  };
}

/** Asks a model a task's questions about some frames. */
export async function tryModel(
  spec: string,
  frames: readonly CameraFrame[],
  task: Task,
  signal: AbortSignal,
): Promise<Trial> {
  const questions = taskQuestions(task);
  const needed = rewardNames(task);
  const unanswered = new Map<string, string>();
  for (const { name } of task.measurements) if (needed.has(name)) unanswered.set(name, "");
  await using vlm = await createVlm(spec, { signal, onNotice: () => {} });
  const refusals = new Map<string, { reason: string; count: number; detail: string }>();
  const sigmas: number[] = [];
  const byCamera = new Map<string, { readonly asked: number; readonly answered: number }>();
  let answered = 0;
  for (const frame of frames) {
    const before = answered;
    const answers = await vlm.ask(frame, questions, signal);
    for (const [i, { value, refusal }] of answers.entries()) {
      const name = task.measurements[i]?.name ?? "";
      if (value) {
        answered += 1;
        unanswered.delete(name);
        if (value.shape === "quantity") sigmas.push(value.sigmaM);
        continue;
      }
      if (unanswered.has(name)) unanswered.set(name, refusal.detail);
      const { count } = refusals.get(refusal.reason) ?? { count: 0 };
      refusals.set(refusal.reason, { ...refusal, count: count + 1 });
    }
    const sofar = byCamera.get(frame.camera) ?? { asked: 0, answered: 0 };
    byCamera.set(frame.camera, {
      asked: sofar.asked + questions.length,
      answered: sofar.answered + answered - before,
    });
  }
  const sigmaM = sigmas.sort((a, b) => a - b)[sigmas.length >> 1];
  const [never] = [...unanswered].map(([measurement, detail]) => ({ measurement, detail }));
  return {
    spec,
    asked: frames.length * questions.length,
    answered,
    byCamera,
    ...(never && frames.length > 0 && { never }),
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
 * The model that is used where none is named: the first of `MODELS_TRIED` that answers at least half of
 * the task's questions about a few frames of the recording, and each measurement that the rewards
 * need about one of them. Where none does, the first that answers half, then `embedded`, which
 * refuses what it does not know.
 */
export async function chooseModel(
  recording: string,
  task: Task,
  signal: AbortSignal,
): Promise<Choice> {
  const { frames, fault } = await sampleFrames(recording, task, signal);
  if (frames.length === 0) {
    const why = `${fault ?? "no image can be read"}: see \`spatial-reward doctor\``;
    return { spec: DEFAULT_VLM, why };
  }
  const reasons: string[] = [];
  let partial: Trial | undefined;
  for (const spec of MODELS_TRIED) {
    const trial = await tryModel(spec, frames, task, signal);
    const share = `it answers ${trial.answered} of ${trial.asked} questions about ${frames.length} images`;
    if (works(trial)) return { spec, why: [...reasons, share].join("; ") };
    if (answersEnough(trial)) partial ??= trial;
    reasons.push(`${spec} does not: ${whyNot(trial) ?? "the task asks nothing"}`);
  }
  const lost = partial ? "Most rewards will be invalid" : "Most questions will be refused";
  const why = `${reasons.join("; ")}. ${lost}: see \`spatial-reward doctor\``;
  return { spec: partial?.spec ?? DEFAULT_VLM, why };
}

/** Why a model is of no use for a task. */
function whyNot(trial: Trial): string | undefined {
  if (trial.never && answersEnough(trial)) return neverAnswers(trial.never);
  return trial.refusals[0]?.detail;
}

export function neverAnswers({ measurement, detail }: NonNullable<Trial["never"]>): string {
  return `the rewards need ${measurement}, which it never answers: ${detail}`;
}
