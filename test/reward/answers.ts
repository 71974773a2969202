import { FilterEstimator, type MeasuredValue } from "../../src/estimate/index.js";
import type { SpatialAnswer } from "../../src/language/index.js";
import { type RewardSample, RewardTracker } from "../../src/reward/index.js";
import { parseTask, type Task, taskQuestions } from "../../src/task/index.js";
import { frameOf } from "../support/frames.js";

/** Metres, yes or no, or null for a refusal. */
export type Said = number | boolean | null;

/** Answers to a task's questions, in their order. */
export function answersTo(task: Task, said: readonly Said[]): SpatialAnswer[] {
  return taskQuestions(task).map((question, i): SpatialAnswer => {
    const common = { question, text: String(said[i]), model: "test", latencyMs: 1 };
    const value = said[i];
    if (typeof value === "number") {
      return { ...common, value: { shape: "quantity", valueM: value, sigmaM: 0.003 } };
    }
    if (typeof value === "boolean") {
      return { ...common, value: { shape: "yes_no", yes: value, confidence: 0.9 } };
    }
    return {
      ...common,
      refusal: { reason: "no_object", detail: "the red mug is not in the image" },
    };
  });
}

const OBJECTS = `
objects:
  gripper: { phrase: the gripper, labels: [1] }
  mug: { phrase: the red mug, labels: [2] }
  tray: { phrase: the blue tray, labels: [3] }
  table: { phrase: the table, labels: [4] }
support: table
`;

const MEASUREMENTS = `
measurements:
  reach: { kind: distance, subject: gripper, object: mug }
  lift: { kind: elevation, subject: mug }
`;

/** A task with the measurements reach and lift, unfiltered, and whatever else is given. */
export function taskWith(
  rest: string,
  measurements: string = MEASUREMENTS,
  smoothing = "smoothing: none",
): Task {
  return parseTask(`name: test\n${OBJECTS}${measurements}${smoothing}\n${rest}`, "test.yaml");
}

/** The reward of one image and what it rests on. */
export interface TrackedStep {
  readonly sample: RewardSample;
  readonly measurements: readonly MeasuredValue[];
}

/** An estimator and a tracker, as an episode of one camera has them. */
export function startTracking(
  task: Task,
  identity: { readonly camera: string; readonly episode: string },
) {
  const estimator = new FilterEstimator(task);
  const tracker = new RewardTracker(task, identity);
  return {
    step(stampNs: bigint, answers: readonly SpatialAnswer[]): TrackedStep {
      const measurements = estimator.observe(frameOf({ stampNs }), answers);
      return { sample: tracker.step(stampNs, measurements), measurements };
    },
    fail(stampNs: bigint, reason: string): TrackedStep {
      const measurements = estimator.miss(frameOf({ stampNs }), reason);
      return { sample: tracker.fail(stampNs, measurements, reason), measurements };
    },
  };
}
