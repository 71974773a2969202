import { describe, expect, it } from "vitest";
import { createEstimator, FilterEstimator, type MeasuredValue } from "../../src/estimate/index.js";
import { approach, grasp, REACH_TASK, type Reaching, record } from "./reaching.js";

function estimate({ frames, answers }: Reaching, estimator = createEstimator(REACH_TASK)) {
  return frames.map((frame, i) => estimator.observe(frame, answers[i] ?? []));
}

function errors(reaching: Reaching, values: readonly (readonly MeasuredValue[])[], k: number) {
  return values.map((of, i) => ({
    fused: Math.abs((of[k]?.value ?? Number.NaN) - (reaching.truths[i]?.[k] ?? 0)),
    raw: Math.abs((of[k]?.raw ?? Number.NaN) - (reaching.truths[i]?.[k] ?? 0)),
    sigma: of[k]?.sigma ?? 0,
  }));
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

describe("FusionEstimator", () => {
  it("knows in the gripper where the mug is, and stays right after it was put down", () => {
    const reaching = record([...approach(50), ...grasp()]);
    const of = errors(reaching, estimate(reaching), 0).slice(62);
    expect(mean(of.map(({ fused }) => fused))).toBeLessThan(0.03);
    expect(mean(of.map(({ raw }) => raw))).toBeGreaterThan(0.06);
  });

  it("never sees the frames of things: without them the values are the same to the bit", () => {
    const moments = [...approach(40), ...grasp()];
    const things = { position: [1, 2, 3], rotation: [0, 0, 0, 1] } as const;
    const withThings = record(moments, {
      kinematics: (sample) => ({
        ...sample,
        poses: new Map([...sample.poses, ["mug_frame", things], ["tray_frame", things]]),
      }),
    });
    const seen = withThings.frames.map((frame) => ({
      ...frame,
      poses: new Map([["mug_frame", { ok: true as const, pose: things }]]),
    }));
    const bare = estimate(record(moments));
    expect(estimate({ ...withThings, frames: seen })).toEqual(bare);
  });

  it("leaves answers that tell their own error as they were", () => {
    const reaching = record([...approach(40), ...grasp()], {
      reliability: null,
      say: (trueM) => trueM,
    });
    const alone = estimate(reaching, new FilterEstimator(REACH_TASK));
    expect(estimate(reaching)).toEqual(alone);
  });

  it("is the filter alone where no TF comes", () => {
    const reaching = record(approach(30), { kinematics: () => undefined });
    const alone = estimate(reaching, new FilterEstimator(REACH_TASK));
    expect(estimate(reaching)).toEqual(alone);
  });

  it("says since when TF has stopped, and takes nothing for certain", () => {
    const reaching = record(approach(40), {
      kinematics: (sample, image) => (image < 20 ? sample : undefined),
    });
    const [reach] = estimate(reaching)[30] ?? [];
    expect(reach?.validity).toBe("stale");
    expect(reach?.reason).toBe("the last transform of hand is 1.10 s old");
  });

  it("does the same twice", () => {
    const reaching = record([...approach(30), ...grasp()]);
    expect(estimate(reaching)).toEqual(estimate(reaching));
  });
});
