import { mean } from "simple-statistics";
import { describe, expect, it } from "vitest";
import { Random, type Vec3 } from "../../src/base/index.js";
import {
  type CameraInfo,
  invertPose,
  type Pose,
  projectPoint,
  transformPoint,
} from "../../src/camera/index.js";
import { createEstimator, type MeasuredValue } from "../../src/estimate/index.js";
import { type SpatialAnswer, UNMEASURED } from "../../src/language/index.js";
import { parseTask, taskQuestions } from "../../src/task/index.js";
import { frameOf } from "../support/frames.js";
import { approach, asFigure5, MUG, REACH_TASK, record } from "./reaching.js";

const INFO: CameraInfo = {
  width: 640,
  height: 480,
  fx: 576,
  fy: 576,
  cx: 319.5,
  cy: 239.5,
  distortion: { model: "plumb_bob", coefficients: [] },
};
const OPTICAL = "camera_color_optical_frame";
/** One metre above the table's middle, looking down. */
const CAMERA: Pose = { position: [0, 0, 1], rotation: [1, 0, 0, 0] };

const errorOf = (value: MeasuredValue | undefined, truth: number) =>
  Math.abs((value?.value ?? Number.NaN) - truth);

describe("FusionEstimator, of other evidence than lengths", () => {
  it("uses where in the image a model saw a thing, where the lens and the camera are known", () => {
    const errors = [1, 2, 3, 4, 5].map((seed) => {
      const reaching = record(approach(40, 0.85), {
        seed,
        kinematics: (sample) => ({
          ...sample,
          poses: new Map([...sample.poses, [OPTICAL, CAMERA]]),
        }),
      });
      const centerPx = projectPoint(INFO, transformPoint(invertPose(CAMERA), MUG));
      const run = (isSeen: boolean) => {
        const estimator = createEstimator(REACH_TASK);
        const of = reaching.frames.map((frame, i) => {
          const answers = (reaching.answers[i] ?? []).map((answer) => {
            const evidence = [{ object: "mug", centerPx, centerM: [0, 0, 0] as Vec3 }];
            return isSeen ? { ...answer, evidence } : answer;
          });
          return estimator.observe({ ...frame, info: INFO }, answers)[0];
        });
        return mean(
          of.slice(-10).map((value, i) => errorOf(value, reaching.truths.at(i - 10)?.[0] ?? 0)),
        );
      };
      return { seen: run(true), blind: run(false) };
    });
    expect(mean(errors.map(({ seen }) => seen))).toBeLessThan(
      0.8 * mean(errors.map(({ blind }) => blind)),
    );
  });

  it("uses on which side a thing is", () => {
    const task = parseTask(
      REACH_TASK.source.replace(
        "reward:",
        "  beside: { kind: left_predicate, subject: mug, object: gripper }\nreward:",
      ),
      "beside.yaml",
    );
    const camera: Pose = { position: [0, -1, 0.3], rotation: [-Math.SQRT1_2, 0, 0, Math.SQRT1_2] };
    const random = new Random(1, "sides");
    const [question] = taskQuestions(task).slice(-1);
    const reaching = record(approach(25, 0.3), {
      task,
      say: asFigure5,
      kinematics: (sample) => ({ ...sample, poses: new Map([...sample.poses, [OPTICAL, camera]]) }),
    });
    const run = (hasSides: boolean) => {
      const estimator = createEstimator(task);
      for (const [i, frame] of reaching.frames.entries()) {
        const lengths = (reaching.answers[i] ?? []).slice(0, 3);
        const said = {
          question: question ?? lengths[0]!.question,
          text: "Yes.",
          model: "m",
          latencyMs: 0,
          reliability: UNMEASURED,
        };
        const side = hasSides
          ? {
              ...said,
              value: { shape: "yes_no" as const, yes: random.next() < 0.9, confidence: 0.8 },
            }
          : { ...said, refusal: { reason: "unclear" as const, detail: "" } };
        estimator.observe(frame, [...lengths, side]);
      }
      // The robot goes on without a word, to above where the mug is.
      const [x, y, z] = MUG;
      const sample = {
        stampNs: (reaching.frames.at(-1)?.stampNs ?? 0n) + 300_000_000n,
        poses: new Map([["hand", { position: [x, y, z + 0.2], rotation: [0, 0, 0, 1] } as Pose]]),
        joints: new Map<string, number>(),
      };
      return estimator.predictAt?.(sample)?.[0];
    };
    const [told, untold] = [run(true), run(false)];
    expect(told?.sigma ?? 1).toBeLessThan(untold?.sigma ?? 0);
    expect(errorOf(told, 0.2)).toBeLessThan(2 * (told?.sigma ?? 0));
  });
});

describe("FusionEstimator, with five things", () => {
  it("finds them all, and is not surer than it should be", () => {
    const names = ["a", "b", "c", "d", "e"];
    const task = parseTask(
      `name: five
objects:
  gripper: { phrase: the gripper, frame: hand, grasp: { joints: [fingers] } }
${names.map((name) => `  ${name}: { phrase: thing ${name} }`).join("\n")}
measurements:
${names.map((name) => `  to_${name}: { kind: distance, subject: gripper, object: ${name} }`).join("\n")}
reward: { terms: { near: -to_a } }
`,
      "five.yaml",
    );
    const random = new Random(1, "five");
    const places = names.map(
      (): Vec3 => [random.uniform(-0.3, 0.3), random.uniform(-0.2, 0.2), 0.05],
    );
    const questions = taskQuestions(task);
    const estimator = createEstimator(task);
    const misses: number[] = [];
    for (let i = 0; i < 120; i++) {
      const hand: Vec3 = [
        0.3 * Math.cos(i / 20),
        0.2 * Math.sin(i / 13),
        0.25 - 0.1 * Math.sin(i / 30),
      ];
      const stampNs = BigInt(i) * 100_000_000n;
      const truths = places.map((place) => Math.hypot(...hand.map((v, k) => v - (place[k] ?? 0))));
      const answers = questions.map((question, k): SpatialAnswer => {
        const valueM = asFigure5(truths[k] ?? 0, random);
        const value = { shape: "quantity", valueM, sigmaM: 0.005 } as const;
        return { question, text: "", model: "m", latencyMs: 0, reliability: UNMEASURED, value };
      });
      const poses = new Map([["hand", { position: hand, rotation: [0, 0, 0, 1] } as Pose]]);
      const kinematics = [{ stampNs, poses, joints: new Map([["fingers", 0.1]]) }];
      const values = estimator.observe(frameOf({ stampNs, kinematics }), answers);
      if (i < 20) continue;
      misses.push(...values.map((value, k) => errorOf(value, truths[k] ?? 0) / (value.sigma ?? 1)));
    }
    expect(misses.filter((miss) => miss < 2).length / misses.length).toBeGreaterThan(0.8);
    expect(Math.max(...misses)).toBeLessThan(4);
  });
});
