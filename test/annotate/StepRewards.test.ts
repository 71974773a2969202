import { describe, expect, it } from "vitest";
import { StepRewards } from "../../src/annotate/index.js";
import { FrameError } from "../../src/camera/index.js";
import { createEstimator, type MeasuredValue } from "../../src/estimate/index.js";
import { parseTask } from "../../src/task/index.js";
import { frameOf } from "../support/frames.js";
import { scriptedVlm } from "../support/models.js";

const TASK = parseTask(
  `name: reach
objects:
  gripper: { phrase: the robot gripper }
  mug: { phrase: the red mug }
measurements:
  reach: { kind: distance, subject: gripper, object: mug }
reward:
  terms: { closer: 1 - reach / 1 m }
`,
  "reach.yaml",
);
const never = new AbortController().signal;

describe("StepRewards", () => {
  it("gives the reward of each step, in the order of the calls, however long one takes", async () => {
    const release: (() => void)[] = [];
    const vlm = scriptedVlm(async () => {
      await new Promise<void>((resolve) => release.push(resolve));
      return 0.3;
    });
    const steps = new StepRewards(TASK);
    const ask = (stampNs: bigint) =>
      steps.evaluate({ vlm, frames: [frameOf({ stampNs })], episode: "" }, never);
    const both = Promise.all([ask(1n), ask(2n)]);
    for (let turn = 0; turn < 2; turn++) {
      while (release.length === 0) await new Promise((resolve) => setImmediate(resolve));
      expect(vlm.asked).toHaveLength(turn + 1);
      release.shift()?.();
    }
    expect((await both).map(({ reward }) => [reward.stampNs, reward.reward?.toFixed(1)])).toEqual([
      [1n, "0.7"],
      [2n, "0.7"],
    ]);
  });

  it("stays in the episode of the last step where none is named", async () => {
    const steps = new StepRewards(TASK);
    const vlm = scriptedVlm(() => 0.3);
    const episodeAt = async (stampNs: bigint, episode: string) =>
      (await steps.evaluate({ vlm, frames: [frameOf({ stampNs })], episode }, never)).reward
        .episode;
    expect(await episodeAt(1n, "")).toBe("1");
    expect(await episodeAt(2n, "a")).toBe("a");
    expect(await episodeAt(3n, "")).toBe("a");
  });

  it("fails a frame that cannot be read, and goes on; a step has a frame", async () => {
    const vlm = scriptedVlm(({ stampNs }) => {
      if (stampNs === 1n) throw new FrameError("cut off");
      return 0.3;
    });
    const steps = new StepRewards(TASK);
    const step = (...stamps: bigint[]) =>
      steps.evaluate(
        { vlm, frames: stamps.map((stampNs) => frameOf({ stampNs })), episode: "" },
        never,
      );
    expect(await step(1n)).toMatchObject({ outcome: "failed", reward: { reason: "cut off" } });
    await expect(step()).rejects.toThrow("at least one frame");
    expect(await step(2n, 3n)).toMatchObject({ outcome: "annotated", reward: { stampNs: 3n } });
  });

  it("measures with the estimator that it is given", async () => {
    const steps = new StepRewards(TASK, {
      createEstimator: (task) => {
        const estimator = createEstimator(task);
        const half = (values: readonly MeasuredValue[]) =>
          values.map((measured) => ({ ...measured, value: measured.value && measured.value / 2 }));
        return {
          observe: (frame, answers) => half(estimator.observe(frame, answers)),
          miss: (frame, reason) => half(estimator.miss(frame, reason)),
        };
      },
    });
    const vlm = scriptedVlm(() => 0.4);
    const { reward } = await steps.evaluate(
      { vlm, frames: [frameOf({ stampNs: 1n })], episode: "" },
      never,
    );
    expect(reward.reward).toBeCloseTo(0.8);
  });

  it("rejects what is evaluated still when it is closed", async () => {
    let answer: (said: number) => void = () => undefined;
    const vlm = scriptedVlm(() => new Promise<number>((resolve) => (answer = resolve)));
    const steps = new StepRewards(TASK);
    const step = steps.evaluate({ vlm, frames: [frameOf({ stampNs: 1n })], episode: "" }, never);
    await new Promise((resolve) => setImmediate(resolve));
    steps.close();
    answer(0.3);
    await expect(step).rejects.toThrow("closed");
  });
});
