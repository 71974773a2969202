import type { Annotation } from "../../src/annotate/index.js";
import type { Vec3 } from "../../src/base/index.js";
import type { FramePose } from "../../src/camera/index.js";
import type { MeasuredValue, Validity } from "../../src/estimate/index.js";
import { compileCondition, compileExpression } from "../../src/expression/index.js";
import type { ObjectRef, QuestionKind, SpatialAnswer } from "../../src/language/index.js";
import type { RewardSample } from "../../src/reward/index.js";
import type { Measurement, Task } from "../../src/task/index.js";

const WIDTH = 320;
const HEIGHT = 240;
const FOCAL = 300;

const object = (name: string, phrase: string): ObjectRef => ({ name, phrase, frame: name });
export const GRIPPER = object("gripper", "the robot gripper");
export const MUG = object("mug", "the red mug");

function measurement(name: string, kind: QuestionKind): Measurement {
  const filter = { medianWindow: 5, gateSigma: 4, accelerationSigma: 2 };
  return { name, kind, subject: GRIPPER, object: MUG, filter };
}

const VARIABLES = new Map([["to_mug", "m" as const]]);
const expression = (text: string) => compileExpression(text, VARIABLES);
const condition = (text: string) => compileCondition(text, VARIABLES);

export function reportTask(more: Partial<Task> = {}): Task {
  return {
    name: "pick_mug",
    description: "Reach for the red mug and lift it.",
    source: "name: pick_mug\nmeasurements:\n  to_mug: { kind: distance }\n",
    objects: new Map([GRIPPER, MUG].map((one) => [one.name, one])),
    cameras: [],
    measurements: [measurement("to_mug", "distance"), measurement("is_left", "left_predicate")],
    reward: {
      terms: new Map([["near", expression("-to_mug")]]),
      successBonus: 5,
      failurePenalty: 0,
    },
    stages: [
      { name: "reach", progress: expression("1 - to_mug"), until: condition("to_mug < 0.1") },
      { name: "grasp", progress: expression("1 - to_mug"), until: condition("to_mug < 0.03") },
    ],
    stalenessS: 0.5,
    ...more,
  };
}

export interface StepOptions {
  readonly validity?: Validity;
  readonly reason?: string;
  readonly episode?: string;
  readonly attempt?: number;
  readonly ended?: RewardSample["ended"];
  readonly stage?: string;
  readonly outcome?: Annotation["outcome"];
  readonly withTruth?: boolean;
  /** Instead of a drawing, which takes its time. */
  readonly image?: Annotation["frame"]["image"];
}

/** An image of an approach: `distance` metres to go, a small fixed wobble on top of it. */
export function step(index: number, distance: number, options: StepOptions = {}): Annotation {
  const { validity = "ok", reason = "", episode = "run1", outcome = "annotated" } = options;
  const stampNs = 5_000_000_000n + BigInt(index) * 100_000_000n;
  const mug: Vec3 = [0.1, 0.1, 1];
  const gripper: Vec3 = [0.1 - 0.8 * distance, 0.1 - 0.6 * distance, 1];
  const raw = distance + 0.008 * Math.sin(index * 2.3);
  const isMissing = validity === "invalid" || outcome === "failed";
  const stage = options.stage ?? (distance > 0.1 ? "reach" : "grasp");
  const ask = (kind: QuestionKind) =>
    ({
      kind,
      subject: GRIPPER,
      object: MUG,
      text: `${kind} of the gripper and the red mug?`,
    }) as const;
  const evidence = [
    {
      object: "gripper",
      centerM: gripper,
      centerPx: pixel(gripper),
      boxPx: boxAround(gripper, 0.04),
    },
    { object: "mug", centerM: mug, centerPx: pixel(mug), boxPx: boxAround(mug, 0.06) },
  ];
  const answered = { model: "rgbd", latencyMs: 12, evidence };
  const answers: SpatialAnswer[] = [
    {
      ...answered,
      question: ask("distance"),
      text: `${(100 * raw).toFixed(1)} cm`,
      value: { shape: "quantity", valueM: raw, sigmaM: 0.008 },
    },
    {
      ...answered,
      question: ask("left_predicate"),
      text: "yes",
      value: { shape: "yes_no", yes: true, confidence: 1 },
    },
  ];
  const measured = (i: number, value: number, sigma: number, rawValue: number): MeasuredValue => ({
    name: i === 0 ? "to_mug" : "is_left",
    value: isMissing ? null : value,
    sigma: isMissing ? null : sigma,
    raw: validity === "ok" && !isMissing ? rawValue : null,
    rawSigma: validity === "ok" && !isMissing ? 0.008 : null,
    unit: i === 0 ? "m" : "1",
    question: answers[i]!.question,
    answer: answers[i]!.text,
    validity: isMissing ? "invalid" : validity,
    reason,
  });
  const poses = new Map<string, FramePose>(
    Object.entries({ gripper, mug }).map(([frame, position]) => [
      frame,
      { ok: true, pose: { position, rotation: [0, 0, 0, 1] } },
    ]),
  );
  const bonus = options.ended === "success" ? 5 : 0;
  return {
    frame: {
      camera: "front",
      stampNs,
      frameId: "front_optical",
      episode,
      image: options.image ?? picture(gripper, mug),
      ...(options.withTruth !== false && { poses }),
      ...(outcome === "failed" && { fault: reason }),
    },
    attempt: options.attempt ?? 1,
    outcome,
    facts:
      outcome === "failed"
        ? []
        : answers.map((answer, i) => ({
            stampNs,
            camera: "front",
            frameId: "front_optical",
            name: i === 0 ? "to_mug" : "is_left",
            subject: "gripper",
            relation: ask(i === 0 ? "distance" : "left_predicate").kind,
            object: "mug",
            answer,
          })),
    measurements: [
      measured(0, distance + 0.003 * Math.sin(index * 0.7), 0.005, raw),
      measured(1, 1, 0, 1),
    ],
    reward: {
      stampNs,
      camera: "front",
      episode,
      reward: isMissing ? null : -distance + bonus,
      terms: isMissing ? {} : { near: -distance, success: bonus },
      progress: Math.max(0, 1 - distance / 0.5),
      stage,
      success: options.ended === "success",
      ...(options.ended && { ended: options.ended }),
      validity: isMissing ? "invalid" : validity,
      reason,
    },
    latencyMs: 12,
    isLate: false,
    model: "rgbd",
  };
}

/** A successful approach with a stale and an invalid stretch in it. */
export function approach(count = 80, options: StepOptions = {}): Annotation[] {
  return Array.from({ length: count }, (_, i) => {
    const distance = 0.5 * (1 - i / (count - 1)) ** 1.3 + 0.01;
    const at = i / count;
    const lost: StepOptions =
      at >= 0.3 && at < 0.36
        ? {
            validity: "stale",
            reason: "no_object: label 7 (the red mug) covers 3 px, at least 20 are needed",
          }
        : at >= 0.36 && at < 0.42
          ? { validity: "invalid", reason: "to_mug: no value for 0.6 s" }
          : {};
    return step(i, distance, { ...lost, ...(i === count - 1 && { ended: "success" }), ...options });
  });
}

function pixel([x, y, z]: Vec3): [number, number] {
  return [WIDTH / 2 + (FOCAL * x) / z, HEIGHT / 2 + (FOCAL * y) / z];
}

function boxAround(center: Vec3, halfM: number): [number, number, number, number] {
  const [u, v] = pixel(center);
  const half = (FOCAL * halfM) / center[2];
  return [u - half, v - half, u + half, v + half];
}

/** A grey gripper and a red mug on a wooden table. */
function picture(gripper: Vec3, mug: Vec3): Annotation["frame"]["image"] {
  const data = new Uint8Array(WIDTH * HEIGHT * 3);
  for (let i = 0; i < WIDTH * HEIGHT; i++) data.set([172 + (i % 7), 142, 104], 3 * i);
  const paint = (center: Vec3, halfM: number, colour: readonly number[]): void => {
    const [left, top, right, bottom] = boxAround(center, halfM).map(Math.round) as number[];
    for (let v = Math.max(0, top!); v < Math.min(HEIGHT, bottom!); v++) {
      for (let u = Math.max(0, left!); u < Math.min(WIDTH, right!); u++) {
        data.set(colour, 3 * (v * WIDTH + u));
      }
    }
  };
  paint(mug, 0.06, [190, 40, 36]);
  paint(gripper, 0.04, [70, 74, 82]);
  return {
    kind: "raw",
    width: WIDTH,
    height: HEIGHT,
    encoding: "rgb8",
    step: WIDTH * 3,
    isBigEndian: false,
    data,
  };
}
