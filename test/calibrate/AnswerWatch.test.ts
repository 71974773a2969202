import { describe, expect, it } from "vitest";
import type { Annotation } from "../../src/annotate/index.js";
import { AnswerWatch } from "../../src/calibrate/index.js";
import type { CameraFrame } from "../../src/camera/index.js";
import type { Calibration } from "../../src/estimate/index.js";
import type { ObjectEvidence } from "../../src/language/index.js";
import { parseTask } from "../../src/task/index.js";
import { castFrame } from "../geometry/synthetic/castFrame.js";
import { annotationOf } from "../support/annotations.js";

const TASK = parseTask(
  `name: reach
objects:
  gripper: { phrase: the gripper, labels: [1], frame: a }
  mug: { phrase: the mug, labels: [2], frame: b }
measurements:
  reach: { kind: distance, subject: gripper, object: mug }
reward: { terms: { near: -reach } }
`,
  "reach.yaml",
);

const CALIBRATION: Calibration = {
  model: "m",
  kinds: new Map(),
  pooled: {
    curve: { slope: 0.57, offsetM: 0.06 },
    spread: { relativeSigma: 0.1, absoluteSigmaM: 0.01, wildShare: 0.03 },
    correlationS: 0,
    conformal: { factor68: 1, factor95: 2 },
    range: { fromM: 0, toM: 0.6 },
    curveSigma: { relativeSlope: 0.01, offsetM: 0.002 },
  },
  provenance: { fingerprint: "", task: "", recordings: [], episodes: 5, answers: 500 },
};

const TRUE_M = 0.3;
const { depth, labels, info, frameId } = castFrame(
  {
    table: [0.5, 0.4],
    solids: [
      { id: 1, shape: "sphere", radius: 0.03, center: [-0.15, 0, 0.03] },
      { id: 2, shape: "sphere", radius: 0.03, center: [0.15, 0, 0.03] },
    ],
    truth: {},
  },
  { eye: [0, -0.8, 0.6], target: [0, 0, 0.05], width: 160, height: 120, focal: 150 },
);
const identity = [0, 0, 0, 1] as const;
const BY_TF: Partial<CameraFrame> = {
  poses: new Map([
    ["a", { ok: true, pose: { position: [0, 0, 1], rotation: identity } }],
    ["b", { ok: true, pose: { position: [TRUE_M, 0, 1], rotation: identity } }],
  ]),
};
const BY_DEPTH: Partial<CameraFrame> = {
  frameId,
  ...(depth && { depth }),
  ...(labels && { labels }),
  ...(info && { info }),
};

/** Sixty annotations in which the model says about that, computed from where `evidence` is. */
async function watched(
  saidM: number,
  truth: Partial<CameraFrame>,
  evidence: readonly ObjectEvidence[] = [],
): Promise<AnswerWatch> {
  const watch = new AnswerWatch(TASK, CALIBRATION);
  for (let i = 0; i < 60; i++) {
    const wobbles = saidM * (1 + 0.05 * (i % 2 === 0 ? 1 : -1));
    const annotation: Annotation = annotationOf(BigInt(i) * 100_000_000n, wobbles);
    const facts = annotation.facts.map((fact) => ({
      ...fact,
      answer: { ...fact.answer, evidence },
    }));
    await watch.observe({ ...annotation, facts, frame: { ...annotation.frame, ...truth } });
  }
  return watch;
}

const EXPECTED_M = 0.57 * TRUE_M + 0.06;

describe("AnswerWatch", () => {
  it.each([
    ["TF frames", BY_TF],
    ["a depth image", BY_DEPTH],
  ])("finds by %s that a model has left its calibration, and only then", async (_, truth) => {
    expect((await watched(EXPECTED_M, truth)).drifts).toEqual([]);
    const [drift] = (await watched(1.5 * EXPECTED_M, truth)).drifts;
    expect(drift).toMatchObject({ measurement: "reach", sinceNs: 0n });
    expect(drift?.reason).toMatch(/40 of the last 40 answers lie above/);
  });

  it("judges no answer by the TF frames that it was computed from", async () => {
    const told = ["gripper", "mug"].map((object) => ({
      ...({ object, centerPx: [80, 60], centerM: [0, 0, 1] } as const),
    }));
    const { labels: _, ...unlabelled } = BY_DEPTH;
    const saidM = 1.5 * EXPECTED_M;
    expect((await watched(saidM, BY_TF, told)).drifts).toEqual([]);
    expect((await watched(saidM, { ...unlabelled, ...BY_TF }, told)).drifts).toEqual([]);
    const seen = told.map((it) => ({ ...it, boxPx: [70, 50, 90, 70] as const }));
    expect((await watched(saidM, BY_TF, seen)).drifts).toHaveLength(1);
    expect((await watched(saidM, { ...BY_DEPTH, ...BY_TF }, told)).drifts).toHaveLength(1);
  });

  it("says nothing where there is no truth", async () => {
    expect((await watched(1.5 * EXPECTED_M, {})).drifts).toEqual([]);
    const { labels: _, ...unmeasurable } = BY_DEPTH;
    expect((await watched(1.5 * EXPECTED_M, unmeasurable)).drifts).toEqual([]);
  });
});
