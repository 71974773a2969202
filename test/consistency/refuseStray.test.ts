import { describe, expect, it } from "vitest";
import type { Vec3 } from "../../src/base/index.js";
import type { FramePose } from "../../src/camera/index.js";
import { refuseStray } from "../../src/consistency/index.js";
import type { SpatialAnswer } from "../../src/language/index.js";
import { parseTask, taskQuestions } from "../../src/task/index.js";

const task = parseTask(
  `name: pick
objects:
  gripper: { phrase: the robot gripper, labels: [1], frame: tcp, grasp: {} }
  mug: { phrase: the red mug, labels: [2], frame: mug }
measurements:
  reach: { kind: distance, subject: gripper, object: mug }
reward: { terms: { near: -reach } }
`,
  "pick.yaml",
);
const [question] = taskQuestions(task);

function measured(gripper: Vec3, mug: Vec3 = [0, 0, 1]): SpatialAnswer {
  if (!question) throw new Error("the task has a measurement");
  const seen = (object: string, centerM: Vec3) => ({ object, centerPx: [1, 1] as const, centerM });
  return {
    ...{ question, text: "1.900 m", model: "rgbd", latencyMs: 1 },
    evidence: [seen("gripper", gripper), seen("mug", mug)],
    value: { shape: "quantity", valueM: 1.9, sigmaM: 0.01 },
  };
}

function posesAt(position: Vec3, frame = "tcp"): Map<string, FramePose> {
  return new Map([[frame, { ok: true, pose: { position, rotation: [0, 0, 0, 1] } }]]);
}

describe("refuseStray", () => {
  it.each<[string, Vec3]>([
    ["on the floor behind it", [0.1, 0, 2.4]],
    ["on what is before it", [0.1, 0, 0.4]],
    ["on another thing aside", [0.6, 0, 0.9]],
  ])("refuses a gripper that is measured %s", (_, at) => {
    const [answer] = refuseStray([measured(at)], { poses: posesAt([0.1, 0, 0.9]) }, task);
    expect(answer?.value).toBeUndefined();
    expect(answer?.refusal?.reason).toBe("contradiction");
    expect(answer?.refusal?.detail).toMatch(/the robot gripper .* TF frame tcp in this image/);
  });

  it.each<[string, Vec3]>([
    ["where its frame is", [0.1, 0, 0.92]],
    ["as far from it as a wrist's frame", [0.1, -0.2, 0.9]],
  ])("leaves a gripper alone that is %s", (_, at) => {
    const answers = [measured(at)];
    expect(refuseStray(answers, { poses: posesAt([0.1, 0, 0.9]) }, task)).toEqual(answers);
  });

  it("takes no frame of another object for evidence", () => {
    const answers = [measured([0.1, 0, 0.9], [0, 0, 3])];
    expect(refuseStray(answers, { poses: posesAt([0, 0, 1], "mug") }, task)).toEqual(answers);
  });

  it("says nothing where the gripper's frame is not known", () => {
    const answers = [measured([0.1, 0, 5])];
    expect(refuseStray(answers, {}, task)).toEqual(answers);
    const poses = new Map<string, FramePose>([["tcp", { ok: false, reason: "no transform" }]]);
    expect(refuseStray(answers, { poses }, task)).toEqual(answers);
  });
});
