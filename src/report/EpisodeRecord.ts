import type { Annotation } from "../annotate/index.js";
import { secondsOf, type Vec3 } from "../base/index.js";
import { transformPoint } from "../camera/index.js";
import {
  type MeasuredValue,
  type ObjectPosition,
  truthOf,
  type Validity,
} from "../estimate/index.js";
import type { EpisodeEnd } from "../reward/index.js";
import type { Measurement, Task } from "../task/index.js";

/** One measurement over an episode; NaN if there is no value. */
export interface MeasurementRecord {
  readonly measurement: Measurement;
  readonly unit: "m" | "1";
  /** The words that were asked. */
  readonly question: string;
  readonly value: number[];
  readonly sigma: number[];
  readonly raw: number[];
  /** Where TF frames tell, and the value is not computed from these. */
  readonly truth: number[];
  readonly stretches: Stretches;
}

/** A stage, or the time before the first one, from an image on. */
export interface StageSpan {
  readonly stage: string;
  readonly from: number;
}

/** Places at one image, in the fixed frame, m. */
export interface PlanMoment {
  readonly timeS: number;
  readonly gripperM: Vec3;
  /** As estimated. */
  readonly positions: readonly ObjectPosition[];
  /** Where TF frames of the objects tell. */
  readonly truths: readonly { readonly name: string; readonly positionM: Vec3 }[];
}

/** The numbers of one episode of one camera, gathered image by image; no pixels. */
export class EpisodeRecord {
  readonly name: string;
  readonly camera: string;
  readonly timesS: number[] = [];
  readonly reward: number[] = [];
  readonly progress: number[] = [];
  readonly stages: StageSpan[] = [];
  readonly measurements: readonly MeasurementRecord[];
  /** What the robot and the estimator told of places, in the fixed frame; empty without either. */
  readonly plan: PlanMoment[] = [];
  readonly stretches = new Stretches();
  readonly validity: Record<Validity, number> = { ok: 0, stale: 0, invalid: 0 };
  ended: { readonly how: EpisodeEnd; readonly at: number } | undefined;
  readonly #task: Task;
  /** Stamp of the first image. */
  readonly startNs: bigint;

  constructor(task: Task, { reward, measurements }: Annotation) {
    this.#task = task;
    this.startNs = reward.stampNs;
    this.name = reward.episode;
    this.camera = reward.camera;
    this.measurements = task.measurements.map((measurement, i): MeasurementRecord => {
      const first: MeasuredValue | undefined = measurements[i];
      return {
        measurement,
        unit: first?.unit ?? "m",
        question: first?.question.text ?? "",
        value: [],
        sigma: [],
        raw: [],
        truth: [],
        stretches: new Stretches(),
      };
    });
  }

  get length(): number {
    return this.timesS.length;
  }

  /** Of the episode's rewards, undiscounted, invalid ones left out. */
  get return(): number {
    return this.reward.reduce((sum, reward) => (Number.isNaN(reward) ? sum : sum + reward), 0);
  }

  add(annotation: Annotation): void {
    const { reward: sample, measurements, frame } = annotation;
    const index = this.length;
    this.#addPlan(annotation);
    this.timesS.push(secondsOf(sample.stampNs - this.startNs));
    this.reward.push(sample.reward ?? Number.NaN);
    this.progress.push(sample.progress ?? Number.NaN);
    this.validity[sample.validity] += 1;
    this.stretches.add(index, sample.validity, sample.reason);
    if (sample.ended) this.ended ??= { how: sample.ended, at: index };
    if (sample.stage !== (this.stages.at(-1)?.stage ?? "")) {
      this.stages.push({ stage: sample.stage, from: index });
    }
    for (const [i, record] of this.measurements.entries()) {
      const measured = measurements[i];
      const truth = truthOf(measured ?? {}, record.measurement, frame, this.#task.support);
      record.value.push(measured?.value ?? Number.NaN);
      record.sigma.push(measured?.sigma ?? Number.NaN);
      record.raw.push(measured?.raw ?? Number.NaN);
      record.truth.push(truth ?? Number.NaN);
      if (measured) record.stretches.add(index, measured.validity, measured.reason);
    }
  }

  #addPlan({ reward, frame, positions = [] }: Annotation): void {
    const { robot, objects } = this.#task;
    const sample = frame.kinematics?.at(-1);
    const gripper = robot && sample?.poses.get(robot.gripperFrame);
    if (!gripper) return;
    const camera = sample?.poses.get(frame.frameId);
    const truths = [...objects.values()].flatMap(({ name, frame: of }) => {
      const seen = of === undefined ? undefined : frame.poses?.get(of);
      if (!camera || !seen?.ok || name === robot.gripper.name) return [];
      return [{ name, positionM: transformPoint(camera, seen.pose.position) }];
    });
    const timeS = secondsOf(reward.stampNs - this.startNs);
    this.plan.push({ timeS, gripperM: gripper.position, positions, truths });
  }

  /** Sum of the rewards up to and with each image. */
  cumulativeReturn(): number[] {
    let sum = 0;
    return this.reward.map((reward) => {
      if (!Number.isNaN(reward)) sum += reward;
      return sum;
    });
  }
}

/** Neighbouring images that are not `ok` for the same kind of reason. */
export interface Stretch {
  readonly validity: Exclude<Validity, "ok">;
  /** The first image's reason; those after it may differ behind the colon. */
  readonly reason: string;
  readonly from: number;
  /** Index of the last image, inclusive. */
  to: number;
}

/** Gathers stretches image by image, so that memory grows with their number, not with the images. */
export class Stretches {
  readonly list: Stretch[] = [];

  add(index: number, validity: Validity, reason: string): void {
    if (validity === "ok") return;
    const last = this.list.at(-1);
    const goesOn =
      last?.to === index - 1 &&
      last.validity === validity &&
      kindOf(last.reason) === kindOf(reason);
    if (goesOn) last.to = index;
    else this.list.push({ validity, reason, from: index, to: index });
  }
}

/** `no_object: label 7 covers 3 px` → `no_object` */
function kindOf(reason: string): string {
  const [kind = ""] = reason.split(":", 1);
  return kind;
}
