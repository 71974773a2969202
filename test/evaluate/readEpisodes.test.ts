import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  evaluateRewards,
  NotAnnotatedError,
  RewardMessageError,
  readEpisodes,
} from "../../src/evaluate/index.js";
import { BagWriter, openBag } from "../../src/sources/index.js";
import { parseTask, type Task } from "../../src/task/index.js";
import { type AnnotatedBagOptions, distanceAt, TASK, writeAnnotatedBag } from "./annotatedBag.js";

let folder: string;
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "evaluate-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(path: string, task?: Task) {
  const bag = await openBag(path);
  try {
    return await readEpisodes(bag, task && { task });
  } finally {
    await bag.close();
  }
}

async function episodesOf(options: AnnotatedBagOptions, task?: Task) {
  const path = join(folder, `${count++}`, "rewards.mcap");
  await writeAnnotatedBag(path, options);
  return read(path, task);
}

describe("readEpisodes", () => {
  it("reads rewards, measurements and answers, and the truth from TF at the images' stamps", async () => {
    const [episode] = await episodesOf({ biasM: 0.01 });
    expect(episode).toMatchObject({ name: "run1", camera: "front", task: "pick", model: "rgbd" });
    const { measured, truth, raw, sigma, about } = episode!.measurements[0]!;
    expect(about).toBe("the robot gripper – the red mug");
    expect(truth).toHaveLength(30);
    for (let i = 0; i < 30; i++) {
      expect(truth[i]).toBeCloseTo(distanceAt(i), 9);
      expect(measured[i]).toBeCloseTo(distanceAt(i) + 0.01, 9);
      expect(sigma[i]).toBe(0.01);
    }
    expect(raw[1]).toBeCloseTo(distanceAt(1) + 0.03, 9);
    expect(raw[2]).toBeNaN();
    expect(episode!.timesS[29]).toBeCloseTo(2.9, 9);
  });

  it("reads what a map of tasks made, without a truth: the tasks may mean different things", async () => {
    const task = `tasks:\n  pick up the mug: pick.yaml\n\n---\n${TASK}`;
    const [episode] = await episodesOf({ task });
    expect(episode?.measurements[0]?.about).toBe("the robot gripper – the red mug");
    expect(episode?.measurements[0]?.measured[1]).toBeCloseTo(distanceAt(1), 1);
    expect(episode?.measurements[0]?.truth.every(Number.isNaN)).toBe(true);
  });

  it("finds the truth of rewards that were logged late", async () => {
    const [episode] = await episodesOf({ latencyNs: 1_500_000_000n });
    const { truth } = episode!.measurements[0]!;
    expect(truth[29]).toBeCloseTo(distanceAt(29), 9);
    expect([...truth].some(Number.isNaN)).toBe(false);
  });

  it("takes TF for no truth of values that were computed from it", async () => {
    const [episode] = await episodesOf({ basis: { name: "frames", from: 10 } });
    const { truth, measured, decoys } = episode!.measurements[0]!;
    for (const values of [truth, ...decoys.values()]) {
      expect([...values].map(Number.isNaN)).toEqual([...truth].map((_, i) => i >= 10));
    }
    expect(measured[20]).toBeCloseTo(distanceAt(20), 9);
    const [fused] = await episodesOf({ basis: { name: "fused", from: 0 } });
    expect([...fused!.measurements[0]!.truth].some(Number.isNaN)).toBe(false);
  });

  it("takes the scene's other moving frames as wrong targets where the task has none", async () => {
    const episodes = await episodesOf({});
    expect([...episodes[0]!.measurements[0]!.decoys.keys()]).toEqual(["bowl"]);
    const { real, controls } = evaluateRewards(episodes).measurements[0]!;
    expect(real.spearman?.value).toBeCloseTo(1, 12);
    expect(controls.wrongTarget.spearman?.value).toBeLessThan(0.8);
  });

  it("knows the outcome that the recording states", async () => {
    const [regress] = await episodesOf({ outcome: "regress" });
    expect(regress!.outcome).toEqual({ success: false, from: "stated", word: "regress" });
    const [won] = await episodesOf({ outcome: "success" });
    expect(won!.outcome.success).toBe(true);
    expect(won!.ended).toEqual({ how: "success", index: 29 });
    const [silent] = await episodesOf({});
    expect(silent!.outcome.success).toBeUndefined();
  });

  it("has coverage 0 without TF, and that is no error", async () => {
    const metrics = evaluateRewards(await episodesOf({ withTf: false }));
    expect(metrics.measurements[0]!.real.mae).toEqual({ value: undefined, n: 0, of: 30 });
  });

  it("judges a live recording, which carries no task, by the task it is given", async () => {
    const [without] = await episodesOf({ withTask: false });
    expect(without!.measurements).toEqual([]);
    const [given] = await episodesOf({ withTask: false }, parseTask(TASK, "pick.yaml"));
    expect(given!.measurements[0]!.truth[0]).toBeCloseTo(0.4, 9);
  });

  it("says how to annotate a recording that has no rewards", async () => {
    const path = join(folder, "bare.mcap");
    await writeAnnotatedBag(path, { withRewards: false });
    await expect(read(path)).rejects.toThrow(NotAnnotatedError);
    await expect(read(path)).rejects.toThrow(`spatial-reward annotate ${path}`);
  });

  it("refuses rewards of another definition", async () => {
    const path = join(folder, "old.mcap");
    const writer = await BagWriter.create(path);
    const type = "spatial_reward_msgs/msg/DenseReward";
    await writer.addTopic({ name: "/r", type, definition: "float64 reward" });
    await writer.write("/r", 1n, { reward: 1 });
    await writer.close();
    await expect(read(path)).rejects.toThrow(RewardMessageError);
    await expect(read(path)).rejects.toThrow(/header.*annotate the recording again/);
  });
});
