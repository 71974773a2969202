import type { QuestionKind } from "../language/index.js";

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
  /** NaN where invalid. */
  readonly reward: Float64Array;
  /** 0..1. */
  readonly progress: Float64Array;
  readonly hasStages: boolean;
  /** Images whose reward was `stale`. */
  readonly staleCount: number;
  /** How the reward says that the episode ended, and at which image; absent where it did not end. */
  readonly ended?: { readonly how: string; readonly index: number };
  readonly measurements: readonly MeasurementSeries[];
  /** What the truth rests on and what is not known, where it is that of the robot's kinematics. */
  readonly truthNotes: readonly string[];
}

/** How an attempt went, and who says so. */
export interface KnownOutcome {
  readonly success: boolean | undefined;
  /** `stated`: the recording says so; else nobody does. */
  readonly from: "stated" | "unknown";
  /** The recording's word: `success`, `failure`, `idle`, … */
  readonly word: string;
}

/** One measurement of an episode, in metres or 0/1; NaN where there is no value. */
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
