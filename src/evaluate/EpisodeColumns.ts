import { secondsOf } from "../base/index.js";
import type { FramePose } from "../camera/index.js";
import { type Basis, trueValue } from "../estimate/index.js";
import type { QuestionKind } from "../language/index.js";
import type { Measurement, Task } from "../task/index.js";
import type { FactsMessage, RewardMessage } from "./rewardMessages.js";

/** One episode of an annotated recording as columns: index i is the i-th image of its camera. */
export interface EvaluatedEpisode {
  readonly name: string;
  /** The file it came from. */
  readonly source: string;
  readonly camera: string;
  readonly task: string;
  readonly model: string;
  /** What is known of how the attempt really went, apart from the reward's opinion. */
  readonly outcome: KnownOutcome;
  /** Seconds from the first image's stamp. */
  readonly timesS: Float64Array;
  /** NaN if invalid. */
  readonly reward: Float64Array;
  /** 0..1. */
  readonly progress: Float64Array;
  readonly hasStages: boolean;
  /** Images whose reward was `stale`. */
  readonly staleCount: number;
  /** How the reward says that the episode ended, and at which image; absent if it did not end. */
  readonly ended?: { readonly how: string; readonly index: number };
  readonly measurements: readonly MeasurementSeries[];
  /** What the truth rests on and what is not known, where it is that of the robot's kinematics. */
  readonly truthNotes: readonly string[];
  /** What of its rewards was passed over, or is not compared with a truth, and why. */
  readonly notes: readonly string[];
}

/** How an attempt went, and who says so. */
export interface KnownOutcome {
  readonly success: boolean | undefined;
  /** `stated`: the recording says so; else nobody does. */
  readonly from: "stated" | "unknown";
  /** The recording's word: `success`, `failure`, `idle`, … */
  readonly word: string;
}

/** One measurement of an episode, in metres or 0/1; NaN if there is no value. */
export interface MeasurementSeries {
  readonly name: string;
  readonly kind: QuestionKind;
  /** For the reader: "the gripper – the red mug". */
  readonly about: string;
  /** Filtered: what the reward was computed from. */
  readonly measured: Float64Array;
  readonly sigma: Float64Array;
  /** What the model said, before the filter. */
  readonly raw: Float64Array;
  readonly truth: Float64Array;
  /** The truth of the same question about another object of the scene, by that object's name. */
  readonly decoys: ReadonlyMap<string, Float64Array>;
}

/** An object that a measurement does not speak of: its truth is the wrong-target control. */
export interface Decoy {
  readonly name: string;
  readonly frame: string;
}

interface Column {
  readonly measured: number[];
  readonly sigma: number[];
  readonly raw: number[];
  readonly truth: number[];
  readonly decoys: Map<string, number[]>;
  /** Images whose value was computed from the TF frames that would be its truth. */
  readonly byFrames: Set<number>;
}

const STALE = 1;
const BY_FRAMES: Basis = "frames";

/** Gathers the rewards of one episode of one camera, image by image. */
export class EpisodeColumns {
  readonly #stampsNs: bigint[] = [];
  readonly #reward: number[] = [];
  readonly #progress: number[] = [];
  readonly #columns = new Map<string, Column>();
  #staleCount = 0;
  #hasStages = false;
  #ended: EvaluatedEpisode["ended"];

  /** @returns the image's index. */
  add(message: RewardMessage): number {
    const index = this.#stampsNs.length;
    this.#stampsNs.push(message.header.stamp);
    this.#reward.push(message.reward);
    this.#progress.push(message.progress);
    if (message.validity === STALE) this.#staleCount += 1;
    if (message.stage !== "") this.#hasStages = true;
    if (message.ended !== "") this.#ended ??= { how: message.ended, index };
    message.measurement_names.forEach((name, i) => {
      const column = this.#column(name);
      column.measured[index] = finite(message.measurement_values[i]);
      column.sigma[index] = finite(message.measurement_sigmas[i]);
      if (message.measurement_bases[i] === BY_FRAMES) column.byFrames.add(index);
    });
    return index;
  }

  addFacts(index: number, { facts }: FactsMessage): void {
    for (const { name, valid, value } of facts) {
      if (valid && name !== "") this.#column(name).raw[index] = value;
    }
  }

  addTruth(
    index: number,
    task: Task,
    poses: ReadonlyMap<string, FramePose>,
    decoysOf: (measurement: Measurement) => readonly Decoy[],
  ): void {
    for (const measurement of task.measurements) {
      const column = this.#column(measurement.name);
      if (column.byFrames.has(index)) continue;
      column.truth[index] = trueValue(measurement, poses, task.support) ?? Number.NaN;
      for (const { name, frame } of decoysOf(measurement)) {
        const object = { name, phrase: name, frame };
        const value = trueValue({ ...measurement, object }, poses, task.support);
        if (value === undefined) continue;
        const decoy = column.decoys.get(name) ?? [];
        decoy[index] = value;
        column.decoys.set(name, decoy);
      }
    }
  }

  setTruth(index: number, measurement: string, value: number): void {
    this.#column(measurement).truth[index] = value;
  }

  /** What the model said of a measurement: index and value of the images that have one. */
  rawOf(measurement: string): [index: number, value: number][] {
    return [...this.#column(measurement).raw.entries()].filter(
      ([, value]) => value !== undefined && !Number.isNaN(value),
    );
  }

  finish(
    about: Pick<EvaluatedEpisode, "name" | "source" | "camera" | "model">,
    taskName: string,
    task: Task | undefined,
    outcome: KnownOutcome,
    truthNotes: readonly string[],
    notes: readonly string[],
  ): EvaluatedEpisode {
    const n = this.#stampsNs.length;
    const startNs = this.#stampsNs[0] ?? 0n;
    const series = (task?.measurements ?? []).map((measurement): MeasurementSeries => {
      const column = this.#column(measurement.name);
      return {
        name: measurement.name,
        kind: measurement.kind,
        about: [measurement.subject, measurement.object]
          .flatMap((o) => o?.phrase ?? [])
          .join(" – "),
        measured: filled(column.measured, n),
        sigma: filled(column.sigma, n),
        raw: filled(column.raw, n),
        truth: filled(column.truth, n),
        decoys: new Map([...column.decoys].map(([name, values]) => [name, filled(values, n)])),
      };
    });
    return {
      ...about,
      task: taskName,
      outcome,
      timesS: Float64Array.from(this.#stampsNs, (stamp) => secondsOf(stamp - startNs)),
      reward: Float64Array.from(this.#reward),
      progress: Float64Array.from(this.#progress),
      hasStages: this.#hasStages,
      staleCount: this.#staleCount,
      ...(this.#ended && { ended: this.#ended }),
      measurements: series,
      truthNotes,
      notes,
    };
  }

  #column(name: string): Column {
    let column = this.#columns.get(name);
    if (!column) {
      column = {
        measured: [],
        sigma: [],
        raw: [],
        truth: [],
        decoys: new Map(),
        byFrames: new Set(),
      };
      this.#columns.set(name, column);
    }
    return column;
  }
}

/** A sparse column as n numbers, NaN if nothing was set. */
function filled(values: readonly number[], n: number): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => values[i] ?? Number.NaN);
}

/** What is no number of metres is no value. */
function finite(value = Number.NaN): number {
  return Number.isFinite(value) ? value : Number.NaN;
}
