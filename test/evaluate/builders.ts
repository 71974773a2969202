import type { Vec3 } from "../../src/base/index.js";
import type { FramePose, Quaternion } from "../../src/camera/index.js";
import type { EvaluatedEpisode, MeasurementSeries } from "../../src/evaluate/index.js";
import type { Measurement } from "../../src/task/index.js";

export function at(position: Vec3, rotation: Quaternion = [0, 0, 0, 1]): FramePose {
  return { ok: true, pose: { position, rotation } };
}

export function measurement(
  kind: Measurement["kind"],
  more: Partial<Measurement> = {},
): Measurement {
  return {
    name: "m",
    kind,
    subject: { name: "gripper", phrase: "the gripper", frame: "gripper" },
    object: { name: "mug", phrase: "the red mug", frame: "mug" },
    filter: { medianWindow: 1, gateSigma: 5, accelerationSigma: 1 },
    ...more,
  };
}

export function series(
  measured: readonly number[],
  truth: readonly number[],
  more: Partial<MeasurementSeries> = {},
): MeasurementSeries {
  return {
    name: "reach",
    kind: "distance",
    about: "the gripper – the red mug",
    measured: Float64Array.from(measured),
    sigma: Float64Array.from(measured, () => 0.01),
    raw: Float64Array.from(measured),
    truth: Float64Array.from(truth),
    decoys: new Map(),
    ...more,
  };
}

/** An episode at 10 images a second whose recording states its outcome. */
export function episode(
  progress: readonly number[],
  outcome: "success" | "failure" | "",
  more: Partial<EvaluatedEpisode> = {},
): EvaluatedEpisode {
  return {
    name: "e",
    source: "e.mcap",
    camera: "front",
    task: "pick",
    model: "rgbd",
    outcome:
      outcome === ""
        ? { success: undefined, from: "unknown", word: "" }
        : { success: outcome === "success", from: "stated", word: outcome },
    timesS: Float64Array.from(progress, (_, i) => i / 10),
    reward: Float64Array.from(progress),
    progress: Float64Array.from(progress),
    hasStages: true,
    staleCount: 0,
    measurements: [],
    truthNotes: [],
    notes: [],
    ...more,
  };
}
