import {
  type AnnotateRecordingOptions,
  type Annotation,
  annotateRecording,
  studiedVlm,
} from "../annotate/index.js";
import { secondsOf, UserError } from "../base/index.js";
import type { KinematicSample } from "../camera/index.js";
import { FilterEstimator, truthFor } from "../estimate/index.js";
import { KinematicTruth, type KinematicValue, type Said } from "../kinematics/index.js";
import { answerNumber, kindInfo, type QuantityKind } from "../language/index.js";
import type { SpatialVlm } from "../models/index.js";
import type { FrameSource } from "../sources/index.js";
import { type Measurement, type Task, taskFrames, taskQuestions } from "../task/index.js";
import type { Pair } from "./Pair.js";

/** Where the truth of a recording can come from. */
export const CALIBRATION_TRUTHS = ["tf", "kinematics", "rgbd"] as const;
export type CalibrationTruth = (typeof CALIBRATION_TRUTHS)[number];

/** A task has nothing to calibrate, or lacks what the wished truth needs. */
export class CalibrationTaskError extends UserError {
  override readonly code = "calibration.task";
}

export interface CollectOptions
  extends Pick<
    AnnotateRecordingOptions,
    "rateHz" | "journalPath" | "resume" | "onStart" | "signal"
  > {
  /** Default: `tf` if the objects' frames were recorded, else `kinematics`. */
  readonly truth?: CalibrationTruth;
  /** A model that measures with depth: the truth of `rgbd`. */
  readonly depthModel?: SpatialVlm;
  readonly onImage?: () => void;
}

/** What a recording gives. */
export interface CollectedRecording {
  readonly pairs: readonly Pair[];
  readonly truth: CalibrationTruth;
  /** Questions about lengths that were asked, and answers that had no length, by reason. */
  readonly asked: number;
  readonly refusals: ReadonlyMap<string, number>;
  /** What the truth rests on and lacks, in words. */
  readonly notes: readonly string[];
}

/** TF frames are exact but for the arm's own calibration. */
const TF_SIGMA_M = 0.002;
/** A truth that is less certain teaches nothing, m. */
const LARGEST_SIGMA_M = 0.03;

/** One question about one image. */
interface Asked {
  readonly attempt: string;
  readonly measurement: Measurement;
  readonly kind: QuantityKind;
  readonly stampNs: bigint;
  readonly frameId: string;
  readonly saidM: number;
  /** By TF, and by depth. */
  readonly tfM: number | undefined;
  readonly depth: { readonly valueM: number; readonly sigmaM: number } | undefined;
}

/**
 * Asks a model the task's questions about all images of a recording, as `annotate` does (same
 * journal), and puts the truth beside each length that it says.
 *
 * @throws CalibrationTaskError, and what annotateRecording throws
 */
export async function collectPairs(
  source: FrameSource,
  task: Task,
  vlm: SpatialVlm,
  { truth, depthModel, onImage, ...options }: CollectOptions = {},
): Promise<CollectedRecording> {
  if (!task.measurements.some(({ kind }) => kindInfo(kind).shape === "quantity")) {
    throw new CalibrationTaskError(
      `the task ${task.name} measures no length: nothing to calibrate`,
    );
  }
  if (truth === "kinematics" && !task.robot) {
    throw new CalibrationTaskError(
      `the task ${task.name} has no gripper, so its kinematics give no truth: give the ` +
        "gripper `grasp` (docs/task-file.md)",
    );
  }
  // Depth that contradicts itself is no truth.
  const depthTruth =
    depthModel && source.recording
      ? await studiedVlm(depthModel, task, source, {
          cameras: source.cameras(task.cameras),
          tfFrames: taskFrames(task),
        })
      : depthModel;
  const gathered = new Gathered(task);
  const questions = taskQuestions(task);
  const { signal = new AbortController().signal } = options;
  const depthSink = async () => ({
    path: "",
    async write(annotation: Annotation) {
      const depth = depthTruth && (await depthTruth.ask(annotation.frame, questions, signal));
      gathered.add(
        annotation,
        (depth ?? []).map(({ value }) => (value?.shape === "quantity" ? value : undefined)),
      );
      onImage?.();
    },
    async close() {},
    async abort() {},
  });
  await annotateRecording(source, task, vlm, {
    ...options,
    keepJournal: true,
    createEstimator: (of) => new FilterEstimator(of),
    sinks: [depthSink],
  });
  return gathered.finish(truth);
}

class Gathered {
  readonly #task: Task;
  readonly #asked: Asked[] = [];
  readonly #samples = new Map<string, KinematicSample[]>();
  readonly #firstNs = new Map<string, bigint>();
  readonly #refusals = new Map<string, number>();
  #count = 0;

  constructor(task: Task) {
    this.#task = task;
  }

  add({ frame, attempt, facts, outcome }: Annotation, depths: readonly Asked["depth"][]): void {
    const name = attempt === 1 ? frame.episode : `${frame.episode}#${attempt}`;
    const samples = this.#samples.get(name) ?? [];
    this.#samples.set(name, samples);
    samples.push(...(frame.kinematics ?? []));
    if (!this.#firstNs.has(name)) this.#firstNs.set(name, frame.stampNs);
    for (const [i, measurement] of this.#task.measurements.entries()) {
      const { kind } = measurement;
      if (kindInfo(kind).shape !== "quantity") continue;
      this.#count += 1;
      const answer = facts.find((fact) => fact.name === measurement.name)?.answer;
      if (answer?.value?.shape !== "quantity") {
        const reason =
          outcome === "failed" ? "unreadable image" : (answer?.refusal?.reason ?? "no length");
        this.#refusals.set(reason, (this.#refusals.get(reason) ?? 0) + 1);
        continue;
      }
      this.#asked.push({
        attempt: name,
        measurement,
        kind: kind as QuantityKind,
        stampNs: frame.stampNs,
        frameId: frame.frameId,
        saidM: answerNumber(answer.value, kind).value,
        tfM: truthFor(answer, measurement, frame, this.#task.support),
        depth: depths[i],
      });
    }
  }

  finish(wished: CalibrationTruth | undefined): CollectedRecording {
    const hasFrames = this.#asked.some(({ tfM }) => tfM !== undefined);
    const truth = wished ?? (hasFrames || !this.#task.robot ? "tf" : "kinematics");
    const notes: string[] = [];
    const byKinematics = truth === "kinematics" ? this.#kinematics(notes) : undefined;
    const unknown = new Map<string, number>();
    const pairs = this.#asked.flatMap((asked): Pair[] => {
      const found = truthOf(asked, truth, byKinematics?.get(asked.attempt));
      if ("reason" in found) {
        unknown.set(found.reason, (unknown.get(found.reason) ?? 0) + 1);
        return [];
      }
      const { attempt, measurement, kind, saidM, stampNs } = asked;
      const timeS = secondsOf(stampNs - (this.#firstNs.get(attempt) ?? stampNs));
      return [{ episode: attempt, measurement: measurement.name, kind, timeS, saidM, ...found }];
    });
    const lacking = [...unknown].map(([reason, count]) => `${count}× no truth: ${reason}`);
    return {
      pairs,
      truth,
      asked: this.#count,
      refusals: this.#refusals,
      notes: [...notes, ...lacking],
    };
  }

  #kinematics(notes: string[]): ReadonlyMap<string, KinematicTruth> {
    const truths = new Map<string, KinematicTruth>();
    for (const [attempt, samples] of this.#samples) {
      const says = this.#asked.flatMap((asked): Said[] =>
        asked.attempt === attempt
          ? [{ stampNs: asked.stampNs, measurement: asked.measurement.name, valueM: asked.saidM }]
          : [],
      );
      const found = KinematicTruth.of(this.#task, samples, says);
      if (!found) continue;
      truths.set(attempt, found);
      notes.push(...found.notes);
    }
    return truths;
  }
}

type Truth = Pick<Pair, "trueM" | "trueSigmaM"> | { readonly reason: string };

function truthOf(
  { measurement, stampNs, frameId, tfM, depth }: Asked,
  truth: CalibrationTruth,
  kinematics: KinematicTruth | undefined,
): Truth {
  if (truth === "tf") {
    return tfM === undefined
      ? { reason: `TF does not give the ${measurement.kind} of ${measurement.name}` }
      : { trueM: tfM, trueSigmaM: TF_SIGMA_M };
  }
  if (truth === "rgbd") {
    if (!depth) return { reason: "depth gave no value" };
    return sure({ known: true, value: depth.valueM, sigma: depth.sigmaM });
  }
  const found = kinematics?.valueAt(measurement, { stampNs, frameId });
  return found ? sure(found) : { reason: "no kinematics were recorded" };
}

function sure(found: KinematicValue): Truth {
  if (!found.known) return { reason: found.reason };
  return found.sigma > LARGEST_SIGMA_M
    ? { reason: "it is too uncertain" }
    : { trueM: found.value, trueSigmaM: found.sigma };
}
