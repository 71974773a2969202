import type { Annotation } from "../../src/annotate/index.js";
import { factOf, type SpatialQuestion } from "../../src/language/index.js";
import { parseTask, taskQuestions } from "../../src/task/index.js";
import { frameOf } from "./frames.js";
import { answerOf, type Said } from "./models.js";

export const REACH_TASK = parseTask(
  `
name: reach
objects:
  gripper: { phrase: the robot gripper, labels: [1], frame: gripper }
  mug: { phrase: the red mug, labels: [2], frame: red_mug }
measurements:
  reach: { kind: distance, subject: gripper, object: mug }
reward:
  terms: { near: "-reach" }
success: "reach < 3 cm"
`,
  "reach.yaml",
);

export const REACH_QUESTION: SpatialQuestion = taskQuestions(REACH_TASK)[0]!;

/** An annotation of the reach task: the model said so many metres, or refused. */
export function annotationOf(stampNs: bigint, said: Said): Annotation {
  const frame = frameOf({ stampNs });
  const answer = answerOf(REACH_QUESTION, said);
  const value = typeof said === "number" ? said : null;
  const reason = typeof said === "number" ? "" : `reach: ${said.reason}: ${said.detail}`;
  const validity = value === null ? "invalid" : "ok";
  return {
    frame,
    attempt: 1,
    outcome: "annotated",
    facts: [factOf(frame, "reach", answer)],
    measurements: [
      {
        name: "reach",
        value,
        sigma: value === null ? null : 0.004,
        raw: value,
        rawSigma: value === null ? null : 0.005,
        unit: "m",
        question: REACH_QUESTION,
        answer: answer.text,
        validity,
        reason,
      },
    ],
    reward: {
      stampNs,
      camera: frame.camera,
      episode: frame.episode,
      reward: value === null ? null : -value,
      terms: value === null ? {} : { near: -value },
      progress: 0.25,
      stage: "",
      success: false,
      validity,
      reason,
    },
    latencyMs: 5,
    isLate: false,
    model: "scripted",
  };
}
