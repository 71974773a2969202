import type { CameraFrame, KinematicSample, Pose } from "../camera/index.js";
import type { SpatialAnswer } from "../language/index.js";
import type { RobotSpec, Task } from "../task/index.js";
import { secondsBetween } from "./Estimate.js";
import type { Estimator, EstimatorOptions } from "./Estimator.js";
import { FusionFilter, type SaidLength } from "./fusion/FusionFilter.js";
import { layOut, type StateLayout } from "./fusion/StateLayout.js";
import type { Basis, MeasuredValue, Validity } from "./MeasuredValue.js";
import { readAnswer } from "./readAnswer.js";

/** Kinematics older than this at an image tell no more where the gripper is. */
const FRESH_S = 0.15;
/** Faster than this no gripper moves, m/s; and jumps below this are noise, m. */
const FASTEST_M_S = 5;
const LEAST_JUMP_M = 0.05;
/** Without any answer for so long, what is believed of things at rest is not `ok`. */
const SILENCE_S = 3;

type RobotTask = Task & { readonly robot: RobotSpec };

/**
 * Reads the measurements off a joint belief of where the task's things are, made of all answers
 * and of the robot's own kinematics (FusionFilter). Where these are missing, and for models whose
 * sigma tells all of their error, the values are those of the estimator it wraps.
 *
 * Only the gripper's frame, the cameras' and those of tracked things are ever looked at.
 */
export class FusionEstimator implements Estimator {
  readonly #task: RobotTask;
  readonly #alone: Estimator;
  readonly #layout: StateLayout;
  #filter: FusionFilter;
  #opticalFrame = "";
  #lastNs: bigint | undefined;
  #lastPose: Pose | undefined;
  /** When something was last said of a channel. */
  readonly #saidNs = new Map<number, bigint>();
  #latest: readonly MeasuredValue[] = [];
  #jump: string | undefined;

  constructor(task: RobotTask, alone: Estimator, { calibration }: EstimatorOptions = {}) {
    this.#task = task;
    this.#alone = alone;
    this.#layout = layOut(task, calibration);
    this.#filter = this.#newFilter();
  }

  #newFilter(): FusionFilter {
    const { robot, support } = this.#task;
    const isTracked = support !== undefined && robot.tracked.includes(support.name);
    return new FusionFilter(this.#layout, robot, isTracked ? support.frame : undefined);
  }

  observe(frame: CameraFrame, answers: readonly SpatialAnswer[]): readonly MeasuredValue[] {
    const alone = this.#alone.observe(frame, answers);
    const lost = this.#follow(frame);
    if (lost === undefined) {
      this.#opticalFrame = frame.frameId;
      this.#filter.observe(frame.stampNs, this.#said(frame, answers), frame.frameId);
    }
    return this.#remember(this.#fused(frame.stampNs, alone, lost, "fused"));
  }

  miss(frame: CameraFrame, reason: string): readonly MeasuredValue[] {
    const alone = this.#alone.miss(frame, reason);
    const lost = this.#follow(frame);
    const fused = this.#fused(frame.stampNs, alone, lost, "fused");
    return this.#remember(
      fused.map((value) =>
        value.basis && value.validity === "ok" ? { ...value, validity: "stale", reason } : value,
      ),
    );
  }

  predictAt(sample: KinematicSample): readonly MeasuredValue[] | undefined {
    if (this.#latest.every(({ basis }) => basis === undefined)) return undefined;
    if (this.#advance(sample) !== undefined) return undefined;
    const values = this.#fused(sample.stampNs, this.#latest, undefined, "predicted");
    return values.map((value) => ({ ...value, raw: null, rawSigma: null, answer: "" }));
  }

  #remember(values: readonly MeasuredValue[]): readonly MeasuredValue[] {
    this.#latest = values;
    return values;
  }

  /** Takes the robot on to the frame. Says why where its kinematics do not tell of the image. */
  #follow({ kinematics = [], stampNs }: CameraFrame): string | undefined {
    let lost: string | undefined;
    for (const sample of kinematics) lost = this.#advance(sample) ?? lost;
    if (lost !== undefined) return lost;
    if (this.#lastNs === undefined) {
      return `no transform of ${this.#task.robot.gripperFrame}`;
    }
    const ageS = secondsBetween(this.#lastNs, stampNs);
    if (ageS <= FRESH_S) return undefined;
    return `the last transform of ${this.#task.robot.gripperFrame} is ${ageS.toFixed(2)} s old`;
  }

  #advance(sample: KinematicSample): string | undefined {
    if (this.#lastNs !== undefined && sample.stampNs <= this.#lastNs) return undefined;
    const pose = sample.poses.get(this.#task.robot.gripperFrame);
    if (!pose) return undefined;
    if (this.#lastNs !== undefined && this.#lastPose) {
      const wayM = between(this.#lastPose, pose);
      const allowedM = Math.max(
        FASTEST_M_S * secondsBetween(this.#lastNs, sample.stampNs),
        LEAST_JUMP_M,
      );
      if (wayM > allowedM) {
        // Where things are is not known in the frame that the robot now tells of.
        this.#jump = `the transform of ${this.#task.robot.gripperFrame} jumped by ${wayM.toFixed(2)} m`;
        this.#filter = this.#newFilter();
        this.#saidNs.clear();
      }
    }
    this.#lastNs = sample.stampNs;
    this.#lastPose = pose;
    this.#filter.advance(sample);
    const jump = this.#jump;
    this.#jump = undefined;
    return jump;
  }

  #said(frame: CameraFrame, answers: readonly SpatialAnswer[]): SaidLength[] {
    return this.#layout.channels.flatMap((channel) => {
      const answer = answers[channel.index];
      if (!answer?.reliability) return [];
      const { value, sigma } = readAnswer(channel.kind, answer) as {
        value?: number;
        sigma: number;
      };
      if (value === undefined) return [];
      this.#saidNs.set(channel.index, frame.stampNs);
      const { wildShare } = answer.reliability;
      return [{ channel, saidM: value, sigmaM: sigma, wildShare }];
    });
  }

  #fused(
    stampNs: bigint,
    alone: readonly MeasuredValue[],
    lost: string | undefined,
    basis: Basis,
  ): readonly MeasuredValue[] {
    const byIndex = new Map(this.#layout.channels.map((channel) => [channel.index, channel]));
    return alone.map((value, index): MeasuredValue => {
      const channel = byIndex.get(index);
      const saidNs = this.#saidNs.get(index);
      if (!channel || saidNs === undefined) return value;
      if (lost !== undefined) {
        return value.validity === "ok" ? { ...value, validity: "stale", reason: lost } : value;
      }
      const length = this.#filter.lengthOf(channel, this.#opticalFrame);
      if (!length) return value;
      const silenceS = secondsBetween(saidNs, stampNs);
      const isSilent = silenceS > SILENCE_S;
      const validity: Validity = isSilent ? "stale" : "ok";
      const reason = isSilent ? `nothing was said of it for ${silenceS.toFixed(1)} s` : "";
      return { ...value, value: length.valueM, sigma: length.sigmaM, validity, reason, basis };
    });
  }
}

function between(a: Pose, b: Pose): number {
  return Math.hypot(...a.position.map((value, i) => value - (b.position[i] ?? 0)));
}
