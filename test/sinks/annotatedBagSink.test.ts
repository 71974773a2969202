import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stampFromRos } from "../../src/camera/index.js";
import { annotatedBagSink } from "../../src/sinks/index.js";
import { type Bag, BagWriter, bagSource, openBag } from "../../src/sources/index.js";
import { annotationOf, REACH_TASK } from "../support/annotations.js";

const MS = 1_000_000n;
const START = 1_700_000_000_000_000_000n;

let folder: string;
let source: Bag;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "annotated-"));
  const path = join(folder, "run1.mcap");
  const writer = await BagWriter.create(path);
  await writer.addTopic({ name: "/note", type: "std_msgs/msg/String", qos: "latched" });
  await writer.addTopic({ name: "/camera/image", type: "sensor_msgs/msg/CompressedImage" });
  await writer.addTopic({ name: "/spatial_reward/reward_value", type: "std_msgs/msg/Float64" });
  for (let i = 0n; i < 4n; i++) {
    const logNs = START + i * 100n * MS;
    const header = { stamp: { sec: 0, nanosec: 0 }, frame_id: "camera" };
    await writer.write("/note", logNs, { data: `note ${i}` });
    await writer.write("/camera/image", logNs, { header, format: "jpeg", data: new Uint8Array(9) });
    await writer.write("/spatial_reward/reward_value", logNs, { data: 99 });
  }
  await writer.addMetadata("simulation", new Map([["outcome", "success"]]));
  await writer.close();
  source = await openBag(path);
});
afterEach(async () => {
  await source.close();
  await rm(folder, { recursive: true });
});

async function annotated(withImages: boolean): Promise<Bag> {
  const path = join(folder, "rewards.mcap");
  const sink = await annotatedBagSink(path, {
    task: REACH_TASK,
    source: bagSource(source),
    model: "scripted",
    withImages,
  });
  await sink.write(annotationOf(START + 50n * MS, 0.25));
  await sink.write(annotationOf(START + 150n * MS, { reason: "no_object", detail: "no mug" }));
  await sink.close();
  return openBag(path);
}

async function read(bag: Bag): Promise<{ topic: string; logNs: bigint; message: unknown }[]> {
  const all = [];
  for await (const message of bag.messages()) {
    all.push({ topic: message.topic, logNs: message.logNs, message: message.decode() });
  }
  await bag.close();
  return all;
}

describe("annotatedBagSink", () => {
  it("adds rewards and facts to the recording's own topics, in log-time order", async () => {
    const messages = await read(await annotated(false));
    expect(messages.map(({ topic, logNs }) => [topic, Number((logNs - START) / MS)])).toEqual([
      ["/note", 0],
      ["/spatial_reward/reward", 50],
      ["/spatial_reward/facts", 50],
      ["/spatial_reward/reward_value", 50],
      ["/note", 100],
      ["/spatial_reward/reward", 150],
      ["/spatial_reward/facts", 150],
      ["/spatial_reward/reward_value", 150],
      ["/note", 200],
      ["/note", 300],
    ]);
    expect(messages[0]!.message).toEqual({ data: "note 0" });
  });

  it.each([
    ["an hour late", START - 3_600_000n * MS],
    ["that of a simulation", 0n],
    ["of before 1970", -5_000n * MS],
  ])("logs rewards with their images where the stamps' clock is %s", async (_, zeroNs) => {
    const path = join(folder, "rewards.mcap");
    const options = { task: REACH_TASK, source: bagSource(source), model: "m", withImages: false };
    const sink = await annotatedBagSink(path, options);
    for (const ms of [50n, 150n]) {
      const annotation = annotationOf(zeroNs + ms * MS, 0.25);
      const frame = { ...annotation.frame, logNs: START + ms * MS };
      await sink.write({ ...annotation, frame });
    }
    await sink.close();
    const bag = await openBag(path);
    expect([bag.info.startNs, bag.info.endNs]).toEqual([START, START + 300n * MS]);
    const rewards = (await read(bag)).filter(({ topic }) => topic === "/spatial_reward/reward");
    expect(rewards.map(({ logNs }) => logNs)).toEqual([START + 50n * MS, START + 150n * MS]);
    expect(rewards.map(({ message }) => stampFromRos(message))).toEqual([
      zeroNs + 50n * MS,
      zeroNs + 150n * MS,
    ]);
  });

  it("offers the recording's topics as the recording did", async () => {
    const bag = await annotated(false);
    await bag.close();
    expect(bag.info.topics.find(({ name }) => name === "/note")?.qos).toBe("latched");
  });

  it("writes the messages as msgs/ defines them, NaN and a reason where there is no value", async () => {
    const messages = await read(await annotated(false));
    const of = (topic: string) =>
      messages.filter((each) => each.topic === topic).map(({ message }) => message);
    expect(of("/spatial_reward/reward")).toMatchObject([
      {
        header: { stamp: { sec: 1_700_000_000, nanosec: 50_000_000 } },
        task: "reach",
        episode: "run1",
        reward: -0.25,
        term_names: ["near"],
        validity: 0,
        measurement_names: ["reach"],
        measurement_values: new Float64Array([0.25]),
      },
      { reward: Number.NaN, validity: 2, reason: "reach: no_object: no mug" },
    ]);
    expect(of("/spatial_reward/facts")).toMatchObject([
      { facts: [{ name: "reach", relation: "distance", valid: true, value: 0.25, unit: "m" }] },
      { facts: [{ valid: false, value: Number.NaN, reason: "no_object: no mug" }] },
    ]);
    expect(of("/spatial_reward/reward_value")).toEqual([{ data: -0.25 }, { data: Number.NaN }]);
  });

  it("copies images only when asked to", async () => {
    const topics = async (withImages: boolean) => {
      const bag = await annotated(withImages);
      await bag.close();
      return bag.info.topics.map(({ name }) => name);
    };
    expect(await topics(false)).not.toContain("/camera/image");
    expect(await topics(true)).toContain("/camera/image");
  });

  it("says in its metadata what it was made with, and keeps the recording's outcome", async () => {
    const bag = await annotated(false);
    await bag.close();
    expect(bag.metadata("spatial_reward")).toEqual(
      new Map([
        ["task", REACH_TASK.source],
        ["model", "scripted"],
        ["source", "run1"],
      ]),
    );
    expect(bag.metadata("simulation")).toEqual(new Map([["outcome", "success"]]));
  });

  it("leaves nothing under its name when it is aborted", async () => {
    const before = await readdir(folder);
    const sink = await annotatedBagSink(join(folder, "rewards.mcap"), {
      task: REACH_TASK,
      source: bagSource(source),
      model: "scripted",
      withImages: false,
    });
    await sink.write(annotationOf(START, 0.25));
    await sink.abort();
    expect((await readdir(folder)).filter((name) => !name.endsWith(".partial"))).toEqual(before);
  });
});
