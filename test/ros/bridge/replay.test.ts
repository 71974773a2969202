import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { lastValueFrom, toArray } from "rxjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { annotateAll } from "../../../src/annotate/index.js";
import { findCameras } from "../../../src/camera/index.js";
import { rgbd, workerVlm } from "../../../src/models/index.js";
import { type BridgeStatus, DEFAULT_QOS, type RosQos, SENSOR_QOS } from "../../../src/ros/index.js";
import { recordEpisode } from "../../../src/sim/index.js";
import { type Bag, BagWriter, bagFrames, openBag } from "../../../src/sources/index.js";
import { loadTask } from "../../../src/task/index.js";
import { Bench } from "./bench.js";

const TASK = resolve(import.meta.dirname, "../../../examples/tasks/pick.yaml");
const CAMERA = "/camera/color/image_raw/compressed";
const [LOADING, READY] = [1, 2];
const LATCHED: RosQos = { reliability: "reliable", durability: "transient_local", depth: 1 };

let bag: Bag;

beforeAll(async () => {
  const path = join(mkdtempSync(join(tmpdir(), "replay-")), "run1.mcap");
  const writer = await BagWriter.create(path);
  await recordEpisode(writer, { seed: 3, width: 160, height: 120, rateHz: 5 });
  await writer.close();
  bag = await openBag(path);
});

afterAll(() => bag.close());

/** Plays the bag on a graph, slowly enough for the model. */
async function replay(rounds: number): Promise<Bench> {
  const bench = new Bench({
    parameters: { task: TASK, vlm: "rgbd", camera: CAMERA, use_sim_time: true },
    createModel: workerVlm,
  });
  const qosOf = { sensor: SENSOR_QOS, reliable: DEFAULT_QOS, latched: LATCHED };
  for (const { name, type, qos = "reliable" } of bag.info.topics) {
    bench.offer(name, type, qosOf[qos]);
  }
  await until(bench, ({ model_state }) => model_state !== LOADING);
  expect((await bench.beat(0)).model_state).toBe(READY);
  for (let round = 0; round < rounds; round++) {
    for await (const message of bag.messages()) {
      bench.publish(message.topic, message.type, message.decode());
      await bench.settle();
      // Time stands still while an image is on its way, wherever: simulated time makes answers late.
      await until(bench, ({ cameras }) => cameras.every((it) => it.frames_pending === 0n));
    }
  }
  return bench;
}

/** Beats until the status is as wanted: a model and its images wait for other threads. */
async function until(bench: Bench, holds: (status: BridgeStatus) => boolean): Promise<void> {
  while (!holds(await bench.beat(0))) await pause(1);
}

describe("a recording that is played to the live bridge", () => {
  it("gets the rewards that annotate gives, stamp by stamp, round after round", async () => {
    const task = await loadTask(TASK);
    const cameras = findCameras(bag.info, []);
    const tfFrames = [...task.objects.values()].flatMap(({ frame }) => frame ?? []);
    const offline = await lastValueFrom(
      annotateAll(bagFrames(bag, { cameras, tfFrames }), task, rgbd()).pipe(toArray()),
    );
    const bench = await replay(2);
    try {
      const live = bench.annotations;
      // The last image of a round waits for transforms of after it, which the recording lacks.
      const wanted = offline.map(({ reward: { stampNs, reward, terms, validity, stage } }) => ({
        ...{ stampNs, reward, terms, validity, stage },
      }));
      for (const episode of ["1", "2"]) {
        const given = live
          .filter(({ reward }) => reward.episode === episode)
          .map(({ reward: { stampNs, reward, terms, validity, stage } }) => ({
            ...{ stampNs, reward, terms, validity, stage },
          }));
        expect(given.length).toBeGreaterThanOrEqual(wanted.length - 1);
        expect(given).toEqual(wanted.slice(0, given.length));
      }
    } finally {
      await bench.close();
    }
  });
});
