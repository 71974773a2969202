import type { CameraFrame } from "../src/camera/index.js";
import { createEstimator } from "../src/estimate/index.js";
import { type SpatialAnswer, UNMEASURED } from "../src/language/index.js";
import { parseTask, taskQuestions } from "../src/task/index.js";
import type { Bench } from "./BenchRow.js";

const OBJECTS = 5;
const IMAGES = 800;
const WARM_UP = 400;
const GOAL_MS = 1;

const names = Array.from({ length: OBJECTS }, (_, i) => `thing_${i}`);
const task = parseTask(
  `name: five
objects:
  gripper: { phrase: the gripper, frame: hand, grasp: { joints: [fingers] } }
${names.map((name) => `  ${name}: { phrase: the ${name.replace("_", " ")} }`).join("\n")}
measurements:
${names.map((name) => `  to_${name}: { kind: distance, subject: gripper, object: ${name} }`).join("\n")}
reward: { terms: { near: -to_thing_0 } }
`,
  "five.yaml",
);

/** CPU time of fusion for an image with answers about the gripper and five objects. */
const bench: Bench = async () => {
  const questions = taskQuestions(task);
  const estimator = createEstimator(task);
  const images = Array.from({ length: IMAGES }, (_, i) => {
    const s = i / IMAGES;
    const at = [0.3 * Math.cos(6 * s), 0.3 * Math.sin(6 * s), 0.35 - 0.2 * s] as const;
    const stampNs = BigInt(i) * 100_000_000n;
    const sample = {
      stampNs,
      poses: new Map([["hand", { position: at, rotation: [0, 0, 0, 1] as const }]]),
      joints: new Map([["fingers", 0.1]]),
    };
    const image = { kind: "compressed", format: "jpeg", data: new Uint8Array() } as const;
    const about = { camera: "front", frameId: "optical", episode: "run" };
    const frame: CameraFrame = { ...about, stampNs, image, kinematics: [sample] };
    const answers = questions.map((question, k): SpatialAnswer => {
      const trueM = Math.hypot(at[0] - 0.1 * (k - 2), at[1] - 0.15, at[2] - 0.04);
      const valueM = Math.max(0.05, trueM * (1 + 0.2 * Math.sin(7 * i + 3 * k)));
      return {
        ...{ question, text: `${valueM} m`, model: "m", latencyMs: 0, reliability: UNMEASURED },
        value: { shape: "quantity", valueM, sigmaM: 0.005 },
      };
    });
    return { frame, answers };
  });
  for (const { frame, answers } of images.slice(0, WARM_UP)) estimator.observe(frame, answers);
  const before = process.cpuUsage();
  for (const { frame, answers } of images.slice(WARM_UP)) estimator.observe(frame, answers);
  const { user, system } = process.cpuUsage(before);
  return [
    {
      name: "fusion of an image, five objects",
      ours: (user + system) / 1000 / (IMAGES - WARM_UP),
      base: GOAL_MS,
      unit: "ms of CPU",
      baseName: "the goal",
      goalRatio: 1,
    },
  ];
};

export default bench;
