import type { CameraFrame, KinematicSample, Pose } from "../camera/index.js";
import { kindInfo, type SpatialAnswer } from "../language/index.js";
import type { RobotSpec, Task } from "../task/index.js";
import { secondsBetween } from "./Estimate.js";
import type { Estimator, EstimatorOptions } from "./Estimator.js";
import { FilterEstimator } from "./FilterEstimator.js";
import { normalsOf } from "./fusion/draws.js";
import { channelsOf, FusionFilters, sidesOf } from "./fusion/FusionFilters.js";
import type { FusedLength } from "./fusion/mixture.js";
import { type Channel, layOut, type StateLayout } from "./fusion/StateLayout.js";
import type { SaidLength, SaidSide, SeenAt } from "./fusion/said.js";
import type { Basis, MeasuredValue, Validity } from "./MeasuredValue.js";
import type { ObjectPosition } from "./ObjectPosition.js";
import { readAnswer } from "./readAnswer.js";

/** Kinematics older than this at an image no longer show where the gripper is. */
const FRESH_S = 0.15;
/** Faster than this no gripper moves, m/s; and jumps below this are noise, m. */
const FASTEST_M_S = 5;
const LEAST_JUMP_M = 0.05;
/** Without any answer for so long, the estimates for resting objects are not `ok`. */
const SILENCE_S = 3;

/**
 * From this share of the answers' sigma on, a fit that no calibration supports is given up for the
 * answers, gradually: found on 15 episodes with seven kinds of models (docs/calibration.md).
 */
const UNSUPPORTED = 0.8;
const GRADUAL = 8;
/** A fit of so many answers is worth half of what it says. */
const FEW = 10;
/** Over so long the answers' difference from the fit is averaged, s. */
const LEVEL_S = 1;
const GOLDEN = 0.6180339887;

/** What the answers themselves say beside the fit, metres. */
interface Said {
  readonly stampNs: bigint;
  /** How far they are from the fit, on average. */
  readonly apartM: number;
  /** Standard deviation of one of them, by the model's reliability. */
  readonly sigmaM: number;
  /** How many of them there were. */
  readonly count: number;
}

type RobotTask = Task & { readonly robot: RobotSpec };

/**
 * Reads the measurements from a joint estimate of where the task's objects are, made of all answers
 * and of the robot's own kinematics (FusionFilter). Where these are missing, and for models whose
 * sigma covers all of their error, the values are those of the estimator it wraps. Without a
 * calibration they are near the answers while the joint estimate is hardly surer than those.
 *
 * Only the gripper's frame, the cameras' and those of tracked objects are used.
 */
export class FusionEstimator implements Estimator {
  readonly #task: RobotTask;
  readonly #alone: Estimator;
  readonly #layouts: readonly StateLayout[];
  /** By the index of the measurement. */
  readonly #channels: ReadonlyMap<number, Channel>;
  #filter: FusionFilters;
  #opticalFrame = "";
  /** The newest sample with the gripper. */
  #last: KinematicSample | undefined;
  /** Where the gripper's transform jumped last. */
  #restartedNs: bigint | undefined;
  /** When something was last said of a channel. */
  readonly #saidNs = new Map<number, bigint>();
  #latest: readonly MeasuredValue[] = [];
  readonly #isCalibrated: boolean;
  /** By the index of the measurement. */
  readonly #said = new Map<number, Said>();

  constructor(
    task: RobotTask,
    alone: Estimator,
    { calibration }: EstimatorOptions = {},
    layouts: readonly StateLayout[] = layOut(task, calibration),
  ) {
    this.#task = task;
    this.#alone = alone;
    this.#isCalibrated = calibration !== undefined;
    this.#layouts = layouts;
    this.#channels = new Map(channelsOf(layouts).map((channel) => [channel.index, channel]));
    this.#filter = new FusionFilters(this.#layouts, this.#task);
  }

  /** One that keeps what `smoothedAt` needs, and takes an object that is not held to be still. */
  static forSmoothing(task: RobotTask, options: EstimatorOptions): FusionEstimator {
    const alone = new FilterEstimator(task, options);
    return new FusionEstimator(task, alone, options, layOut(task, options.calibration, true));
  }

  /** A frame's values by all that was observed, before and after it; `causal`: those it gave then. */
  smoothedAt(frame: CameraFrame, causal: readonly MeasuredValue[]): readonly MeasuredValue[] {
    const at = frame.kinematics?.findLast(({ poses }) => poses.has(this.#task.robot.gripperFrame));
    return causal.map((value, index) => {
      const channel = this.#channels.get(index);
      const length = at && channel && this.#filter.lengthAt(channel, at, frame.frameId);
      if (!length || !this.#saidNs.has(index)) return value;
      const { valueM, sigmaM, drawsM } = length;
      const told = { validity: "ok", reason: "", basis: "smoothed" } as const;
      return { ...value, value: valueM, sigma: sigmaM, draws: drawsM, ...told };
    });
  }

  observe(frame: CameraFrame, answers: readonly SpatialAnswer[]): readonly MeasuredValue[] {
    const alone = this.#alone.observe(frame, answers);
    const at = this.#follow(frame);
    if (typeof at !== "string") {
      this.#opticalFrame = frame.frameId;
      const said = {
        lengths: this.#lengths(frame, answers),
        sides: this.#sides(answers),
        seen: seenIn(frame, answers),
      };
      this.#filter.observe(at, said, frame.frameId);
    }
    return this.#remember(this.#fused(at, alone, "fused"));
  }

  miss(frame: CameraFrame, reason: string): readonly MeasuredValue[] {
    const alone = this.#alone.miss(frame, reason);
    const fused = this.#fused(this.#follow(frame), alone, "fused");
    return this.#remember(
      fused.map((value) =>
        value.basis && value.validity === "ok" ? { ...value, validity: "stale", reason } : value,
      ),
    );
  }

  predictAt(sample: KinematicSample): readonly MeasuredValue[] | undefined {
    if (this.#latest.every(({ basis }) => basis === undefined)) return undefined;
    const jump = this.#advance(sample);
    if (jump !== undefined || this.#last !== sample) return undefined;
    return this.#between(sample);
  }

  revisedAt(sample: KinematicSample): readonly MeasuredValue[] | undefined {
    if (this.#latest.every(({ basis }) => basis === undefined)) return undefined;
    const sinceNs = this.#filter.changedNs ?? this.#restartedNs;
    if (sinceNs !== undefined && sample.stampNs <= sinceNs) return undefined;
    return sample.poses.has(this.#task.robot.gripperFrame) ? this.#between(sample) : undefined;
  }

  #between(sample: KinematicSample): readonly MeasuredValue[] {
    const values = this.#fused(sample, this.#latest, "predicted");
    return values.map((value) => ({ ...value, raw: null, rawSigma: null, answer: "" }));
  }

  positions(): readonly ObjectPosition[] {
    return this.#filter.positions();
  }

  #remember(values: readonly MeasuredValue[]): readonly MeasuredValue[] {
    this.#latest = values;
    return values;
  }

  /**
   * Takes the robot on to the frame.
   * @returns where the robot was at the image, or why its kinematics do not give it
   */
  #follow({ kinematics = [], stampNs }: CameraFrame): KinematicSample | string {
    const { gripperFrame } = this.#task.robot;
    let jump: string | undefined;
    for (const sample of kinematics) jump = this.#advance(sample) ?? jump;
    if (jump !== undefined) return jump;
    // The frame's own: answers may come after later kinematics were predicted from.
    const at = kinematics.findLast(({ poses }) => poses.has(gripperFrame)) ?? this.#last;
    if (!at) return `no transform of ${gripperFrame}`;
    const ageS = secondsBetween(at.stampNs, stampNs);
    if (Math.abs(ageS) <= FRESH_S) return at;
    const missing = kinematics.at(-1)?.missing?.get(gripperFrame);
    const why = missing === undefined ? "" : ` (${missing})`;
    return `the last transform of ${gripperFrame} is ${ageS.toFixed(2)} s old${why}`;
  }

  /** @returns that the gripper's transform jumped, and how far */
  #advance(sample: KinematicSample): string | undefined {
    const { gripperFrame } = this.#task.robot;
    const last = this.#last;
    if (last && sample.stampNs <= last.stampNs) return undefined;
    const pose = sample.poses.get(gripperFrame);
    if (!pose) return undefined;
    this.#last = sample;
    const before = last?.poses.get(gripperFrame);
    let jump: string | undefined;
    if (last && before) {
      const wayM = between(before, pose);
      const dt = secondsBetween(last.stampNs, sample.stampNs);
      if (wayM > Math.max(FASTEST_M_S * dt, LEAST_JUMP_M)) {
        // The positions of objects are unknown in the robot's new frame.
        jump = `the transform of ${gripperFrame} jumped by ${wayM.toFixed(2)} m`;
        this.#filter = new FusionFilters(this.#layouts, this.#task);
        this.#said.clear();
        this.#restartedNs = sample.stampNs;
      }
    }
    this.#filter.advance(sample);
    return jump;
  }

  #lengths(frame: CameraFrame, answers: readonly SpatialAnswer[]): SaidLength[] {
    return channelsOf(this.#layouts).flatMap((channel) => {
      const answer = answers[channel.index];
      if (!answer?.reliability) return [];
      const read = readAnswer(channel.kind, answer);
      if (read.value === undefined) return [];
      this.#saidNs.set(channel.index, frame.stampNs);
      const { wildShare } = answer.reliability;
      return [{ channel, saidM: read.value, sigmaM: read.sigma, wildShare }];
    });
  }

  #sides(answers: readonly SpatialAnswer[]): SaidSide[] {
    return sidesOf(this.#layouts).flatMap((side) => {
      const answer = answers[side.index];
      const kind = this.#task.measurements[side.index]?.kind;
      if (!answer?.reliability || !kind) return [];
      const read = readAnswer(kind, answer);
      if (read.value === undefined) return [];
      const wrong = Math.min(read.sigma ** 2, 0.5);
      return [{ side, first: read.value === 1 ? 1 - wrong : wrong }];
    });
  }

  #fused(
    at: KinematicSample | string,
    alone: readonly MeasuredValue[],
    basis: Basis,
  ): readonly MeasuredValue[] {
    return alone.map((value, index): MeasuredValue => {
      const channel = this.#channels.get(index);
      const saidNs = this.#saidNs.get(index);
      if (!channel || (saidNs === undefined && value.raw === null)) return value;
      if (typeof at === "string") {
        const isKnown = saidNs !== undefined && value.validity === "ok";
        return isKnown ? { ...value, validity: "stale", reason: at } : value;
      }
      const length = this.#filter.lengthAt(channel, at, this.#opticalFrame);
      if (!length) return value;
      // What is predicted has no answers of its own.
      if (basis === "fused") this.#compare(index, value, length, at.stampNs);
      if (saidNs === undefined) return value;
      const silenceS = secondsBetween(saidNs, at.stampNs);
      const isSilent = silenceS > SILENCE_S;
      const validity: Validity = isSilent ? "stale" : "ok";
      const reason = isSilent ? `not measured for ${silenceS.toFixed(1)} s` : "";
      const { valueM, sigmaM, drawsM } = this.#supported(index, channel, length);
      return { ...value, value: valueM, sigma: sigmaM, draws: drawsM, validity, reason, basis };
    });
  }

  /** Keeps how far the answer to an image is from the fit, for `#supported`. */
  #compare(
    index: number,
    { sigma: sigmaM, raw: saidM }: MeasuredValue,
    { valueM }: FusedLength,
    stampNs: bigint,
  ): void {
    if (this.#isCalibrated || saidM === null || sigmaM === null) return;
    const before = this.#said.get(index);
    const ageS = before ? secondsBetween(before.stampNs, stampNs) : Number.POSITIVE_INFINITY;
    const kept = Math.exp(-Math.max(ageS, 0) / LEVEL_S);
    const apartM = kept * (before?.apartM ?? 0) + (1 - kept) * (saidM - valueM);
    this.#said.set(index, { stampNs, apartM, sigmaM, count: (before?.count ?? 0) + 1 });
  }

  /**
   * The fit's length, mixed with what the answers say, moved along with the fit since they were said:
   * the more, the less the fit is surer than one of them, and the less by how unlikely they are after it.
   * Few answers, or answers that err alike, otherwise place objects worse than they are said to be.
   */
  #supported(index: number, { kind }: Channel, length: FusedLength): FusedLength {
    const { valueM, sigmaM, drawsM } = length;
    const said = this.#said.get(index);
    if (!said) return length;
    const { apartM } = said;
    const widerM = sigmaM * Math.sqrt(1 + FEW / said.count);
    const unlikely = Math.exp(-0.5 * (apartM / Math.max(widerM, 1e-6)) ** 2);
    const ratio = widerM / Math.max(UNSUPPORTED * said.sigmaM, 1e-6);
    const odds = unlikely * Math.min(ratio ** GRADUAL, 1e9);
    const share = odds / (1 + odds);
    const mixedM = valueM + share * apartM;
    const variance =
      (1 - share) * sigmaM ** 2 + share * said.sigmaM ** 2 + share * (1 - share) * apartM ** 2;
    const normals = normalsOf(index);
    return {
      valueM: kindInfo(kind).signed ? mixedM : Math.max(0, mixedM),
      sigmaM: Math.sqrt(variance),
      drawsM: drawsM.map((drawM, k) => {
        // Spread over the draws, as many as are the answers'.
        const isSaid = ((k + 1) * GOLDEN) % 1 < share;
        return isSaid ? valueM + apartM + said.sigmaM * (normals[k] ?? 0) : drawM;
      }),
    };
  }
}

/** Things that a model without a measure of its own saw in the image, each once. */
function seenIn({ info }: CameraFrame, answers: readonly SpatialAnswer[]): SeenAt[] {
  if (!info) return [];
  const seen = new Map<string, SeenAt>();
  for (const { evidence = [], reliability } of answers) {
    if (!reliability) continue;
    for (const { object, centerPx } of evidence) {
      seen.set(object, { object, pixel: centerPx, info });
    }
  }
  return [...seen.values()];
}

function between(a: Pose, b: Pose): number {
  return Math.hypot(...a.position.map((value, i) => value - (b.position[i] ?? 0)));
}
