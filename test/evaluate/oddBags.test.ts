import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stampOf as nsOf } from "../../src/base/index.js";
import { type EvaluatedEpisode, evaluateRewards, readEpisodes } from "../../src/evaluate/index.js";
import { BagWriter, openBag } from "../../src/sources/index.js";
import { parseTask } from "../../src/task/index.js";
import { cpuMs } from "../support/cpuMs.js";
import { TASK } from "./annotatedBag.js";

const MS = 1_000_000n;
const LOG_NS = nsOf({ sec: 1_700_000_000, nanosec: 0 });

interface Played {
  /** Stamp of the first image, and when it is logged after the beginning. */
  readonly stampMs: number;
  readonly logMs: number;
  readonly distanceAt: (index: number) => number;
  readonly images?: number;
  readonly stepMs?: number;
  readonly episode?: string;
  readonly task?: string;
  readonly node?: string;
  readonly topic?: string;
  readonly measured?: string;
  readonly predicted?: boolean;
  readonly biasM?: number;
  /** How much later than its image a reward is logged. */
  readonly lateMs?: number;
  readonly factsFirst?: boolean;
  /** How far the transforms' stamps are before those of the images; none where undefined. */
  readonly tfBeforeMs?: number | undefined;
  readonly ended?: string;
}

let folder: string;
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "odd-bags-"));
});
afterAll(() => rm(folder, { recursive: true }));

const stampOf = (ms: number) => ({ sec: Math.floor(ms / 1000), nanosec: (ms % 1000) * 1e6 });

function transform(parent: string, child: string, ms: number, x: number) {
  return {
    header: { stamp: stampOf(ms), frame_id: parent },
    child_frame_id: child,
    transform: { translation: { x, y: 0, z: 0 }, rotation: { x: 0, y: 0, z: 0, w: 1 } },
  };
}

/** A bag in which several attempts were recorded one after the other, or at once. */
async function recorded(
  played: readonly Played[],
  { task = TASK }: { readonly task?: string | undefined } = { task: TASK },
): Promise<string> {
  const path = join(folder, `${count++}`, "rewards.mcap");
  const writer = await BagWriter.create(path);
  for (const name of ["/tf", "/tf_static"])
    await writer.addTopic({ name, type: "tf2_msgs/msg/TFMessage" });
  const messages: { topic: string; ms: number; message: unknown }[] = [
    {
      topic: "/tf_static",
      ms: 0,
      message: { transforms: [transform("world", "camera_optical", 0, 0)] },
    },
  ];
  const topics = new Set<string>();
  for (const each of played) {
    const {
      stampMs,
      logMs,
      distanceAt,
      images = 30,
      stepMs = 100,
      node = "/spatial_reward",
    } = each;
    const { episode = "run1", task: name = "pick", measured = "to_mug", biasM = 0 } = each;
    const rewards = `${node}/${each.topic ?? "reward"}`;
    for (const [topic, type] of [
      [rewards, "DenseReward"],
      [`${node}/facts`, "SpatialFacts"],
    ] as const) {
      if (topics.has(topic)) continue;
      topics.add(topic);
      await writer.addTopic({ name: topic, type: `spatial_reward_msgs/msg/${type}` });
    }
    for (let i = 0; i < images; i++) {
      const [ms, at] = [stampMs + i * stepMs, logMs + i * (stepMs || 100)];
      const distance = distanceAt(i);
      if ("tfBeforeMs" in each ? each.tfBeforeMs !== undefined : true) {
        const tfMs = ms - (each.tfBeforeMs ?? 0);
        const transforms = [
          transform("world", "mug", tfMs, 0.5),
          transform("world", "gripper", tfMs, 0.5 - distance),
        ];
        messages.push({ topic: "/tf", ms: at, message: { transforms } });
      }
      const header = { stamp: stampOf(ms), frame_id: "camera_optical" };
      const common = { header, camera: "front", model: "rgbd" };
      const value = distance + biasM;
      const reward = {
        ...{ ...common, task: name, episode, reward: -value, progress: 1 - value },
        ...{ measurement_names: [measured], measurement_values: [value] },
        ...{ measurement_sigmas: [0.01], measurement_validity: [0], measurement_bases: [""] },
        ...{
          ended: i === images - 1 ? (each.ended ?? "") : "",
          predicted: each.predicted ?? false,
        },
      };
      const facts = { ...common, facts: [{ name: measured, valid: true, value: value + 0.02 }] };
      const pair = [
        { topic: rewards, ms: at + (each.lateMs ?? 0), message: reward },
        { topic: `${node}/facts`, ms: at + (each.lateMs ?? 0), message: facts },
      ];
      messages.push(...(each.factsFirst ? pair.reverse() : pair));
    }
  }
  messages.sort((a, b) => a.ms - b.ms);
  for (const { topic, ms, message } of messages) {
    await writer.write(topic, LOG_NS + BigInt(ms) * MS, message);
  }
  if (task !== undefined) await writer.addMetadata("spatial_reward", new Map([["task", task]]));
  await writer.close();
  return path;
}

async function read(path: string, task?: string): Promise<EvaluatedEpisode[]> {
  await using bag = await openBag(path);
  return await readEpisodes(bag, task === undefined ? {} : { task: parseTask(task, "task.yaml") });
}

const nearing = (i: number) => 0.4 * (1 - i / 30);
const leaving = (i: number) => 0.05 + (0.4 * i) / 30;

/** Truths that differ from what was measured, in mm; images without a truth are left out. */
function worstMm({ measurements }: EvaluatedEpisode, biasM = 0): number {
  const { measured, truth } = measurements[0] ?? { measured: [], truth: [] };
  const errors = [...measured].map((value, i) => Math.abs(value - biasM - (truth[i] ?? NaN)));
  return 1000 * Math.max(0, ...errors.filter((error) => !Number.isNaN(error)));
}

function known({ measurements }: EvaluatedEpisode): number {
  return [...(measurements[0]?.truth ?? [])].filter((value) => !Number.isNaN(value)).length;
}

describe("readEpisodes of a source whose time jumps back", () => {
  it("takes each run for an attempt of its own, with its own return and end", async () => {
    const path = await recorded([
      { stampMs: 1000, logMs: 0, distanceAt: nearing, ended: "success" },
      { stampMs: 1000, logMs: 5000, distanceAt: leaving, ended: "failure" },
    ]);
    const episodes = await read(path);
    expect(episodes.map(({ name, ended }) => [name, ended])).toEqual([
      ["run1", { how: "success", index: 29 }],
      ["run1 (2)", { how: "failure", index: 29 }],
    ]);
    expect(evaluateRewards(episodes).rows.map((row) => row.return)).toEqual([
      expect.closeTo(-6.2, 9),
      expect.closeTo(-7.3, 9),
    ]);
  });

  it("takes images that were only recorded in another order for one attempt", async () => {
    const path = await recorded([
      { stampMs: 1000, logMs: 0, stepMs: 200, images: 15, distanceAt: nearing },
      { stampMs: 1100, logMs: 250, stepMs: 200, images: 15, distanceAt: nearing },
    ]);
    expect((await read(path)).map(({ name, reward }) => [name, reward.length])).toEqual([
      ["run1", 30],
    ]);
  });

  it.each([
    ["transforms of the images' stamps", { tfBeforeMs: 0 }],
    ["transforms between the images", { tfBeforeMs: 50 }],
    ["transforms that come after their images", { tfBeforeMs: 150 }],
    ["rewards that come late", { tfBeforeMs: 50, lateMs: 1500 }],
  ])("compares no image with the truth of another run: %s", async (_, how) => {
    for (const offsetMs of [0, 30]) {
      // Each run stands still, so that a truth between two transforms is exact.
      const path = await recorded([
        { ...{ stampMs: 1000, logMs: 0, distanceAt: () => 0.4 }, ...how },
        { ...{ stampMs: 1000 + offsetMs, logMs: 3200, distanceAt: () => 0.1 }, ...how },
        { ...{ stampMs: 1000 + offsetMs, logMs: 6400, distanceAt: () => 0.3 }, ...how },
      ]);
      const episodes = await read(path);
      expect(episodes).toHaveLength(3);
      for (const episode of episodes) {
        expect(worstMm(episode)).toBeLessThan(1e-6);
        expect(known(episode)).toBeGreaterThan(10);
      }
    }
  });

  it.each([true, false])("gives each run its own answers, facts first: %s", async (factsFirst) => {
    const path = await recorded([
      { stampMs: 1000, logMs: 0, distanceAt: nearing, factsFirst },
      { stampMs: 1000, logMs: 5000, distanceAt: leaving, factsFirst },
    ]);
    for (const { measurements } of await read(path)) {
      const { raw, measured } = measurements[0] ?? { raw: [], measured: [] };
      expect([...raw]).toEqual([...measured].map((value) => expect.closeTo(value + 0.02, 9)));
    }
  });
});

describe("readEpisodes where transforms are missing", () => {
  it("has no truth in a gap of them in which something moved", async () => {
    for (const [after, expected] of [
      [0.4, 40],
      [0.1, 20],
    ] as const) {
      const path = await recorded([
        { stampMs: 1000, logMs: 0, images: 10, distanceAt: () => 0.4 },
        // The gripper stands still, or goes to another place, while nobody tells.
        {
          ...{ stampMs: 2000, logMs: 1000, images: 20, distanceAt: (i) => after + 0.01 * (i % 2) },
          tfBeforeMs: undefined,
        },
        { stampMs: 4000, logMs: 3000, images: 10, distanceAt: () => after },
      ]);
      const [episode] = await read(path);
      expect(episode?.reward).toHaveLength(40);
      expect(episode && known(episode)).toBe(expected);
    }
  });

  it("reads a long recording without any in little time", async () => {
    const path = await recorded([
      {
        ...{ stampMs: 1000, logMs: 0, stepMs: 33, images: 3000, distanceAt: () => 0.3 },
        tfBeforeMs: undefined,
      },
    ]);
    const spentMs = await cpuMs(async () => {
      const [episode] = await read(path);
      expect(episode && known(episode)).toBe(0);
    });
    expect(spentMs).toBeLessThan(8000);
  });
});

describe("readEpisodes of a recording with other rewards than its task's", () => {
  it("keeps the rewards of several nodes apart, and judges those of its own task", async () => {
    const path = await recorded([
      { stampMs: 1000, logMs: 0, distanceAt: nearing },
      {
        ...{ stampMs: 1000, logMs: 0, distanceAt: nearing, biasM: 0.2, tfBeforeMs: undefined },
        ...{ task: "place", node: "/other" },
      },
    ]);
    const [own, other] = await read(path);
    expect(own && worstMm(own)).toBeLessThan(1e-6);
    expect(own?.notes).toEqual([]);
    expect(other?.measurements).toEqual([]);
    expect(other?.notes).toEqual([expect.stringMatching(/of the task "place".*--task/)]);
  });

  it("judges nothing by a task that was given and is another one, and says so", async () => {
    const path = await recorded([{ stampMs: 1000, logMs: 0, distanceAt: nearing, task: "place" }], {
      task: undefined,
    });
    const [episode] = await read(path, TASK);
    expect(episode?.measurements).toEqual([]);
    expect(episode?.notes[0]).toContain('of the task "place"');
    expect((await read(path))[0]?.notes[0]).toContain("--task");
  });

  it("says that an older task asked other questions", async () => {
    const path = await recorded([
      { stampMs: 1000, logMs: 0, distanceAt: nearing, measured: "reach" },
    ]);
    const [episode] = await read(path);
    expect(episode?.notes).toEqual([expect.stringMatching(/no to_mug.*but reach/)]);
  });

  it("counts a reward that was recorded twice once, and no predicted one", async () => {
    const one: Played = { stampMs: 1000, logMs: 0, distanceAt: nearing };
    const path = await recorded([
      one,
      { ...one, topic: "reward_corrected", tfBeforeMs: undefined },
      { ...one, stampMs: 1050, predicted: true, tfBeforeMs: undefined },
    ]);
    const episodes = await read(path);
    expect(evaluateRewards(episodes).rows).toMatchObject([
      { frames: 30, return: expect.closeTo(-6.2, 9) },
    ]);
    expect(episodes[0]?.notes).toEqual([expect.stringContaining("30 rewards at a stamp")]);
  });
});

describe("evaluateRewards", () => {
  it("refuses measurements of one name that ask for different things", async () => {
    const other = TASK.replace("subject: gripper, object: mug", "subject: mug, object: gripper");
    const one: Played = { stampMs: 1000, logMs: 0, distanceAt: nearing };
    const [a, b] = [await recorded([one]), await recorded([one], { task: other })];
    const episodes = [...(await read(a)), ...(await read(b))];
    expect(() => evaluateRewards(episodes)).toThrow(
      `to_mug is the distance of the robot gripper – the red mug in ${a}, but the distance of ` +
        `the red mug – the robot gripper in ${b}`,
    );
  });
});
