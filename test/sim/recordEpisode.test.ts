import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeDepth, decodeLabels, findCameras, type RawImage } from "../../src/camera/index.js";
import { type RecordedEpisode, recordEpisode, TabletopSim } from "../../src/sim/index.js";
import { BagWriter, bagFrames, openBag } from "../../src/sources/index.js";

const OPTIONS = { seed: 5, outcome: "idle", width: 64, height: 48, rateHz: 1, cameras: 2 } as const;

interface Message {
  readonly topic: string;
  readonly logNs: bigint;
  readonly message: unknown;
}

async function recordInMemory(workers: number): Promise<Message[]> {
  const messages: Message[] = [];
  await recordEpisode(
    {
      addTopic: async () => undefined,
      write: async (topic, logNs, message) => {
        messages.push({ topic, logNs, message });
      },
      addMetadata: async () => undefined,
    },
    { ...OPTIONS, workers },
  );
  return messages;
}

describe("recordEpisode", () => {
  let folder: string;
  let path: string;
  let recorded: RecordedEpisode;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sim-"));
    path = join(folder, "idle.mcap");
    const writer = await BagWriter.create(path);
    recorded = await recordEpisode(writer, { ...OPTIONS, workers: 0 });
    await writer.close();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("writes the topics of a robot", async () => {
    const bag = await openBag(path);
    const counts = Object.fromEntries(bag.info.topics.map((t) => [t.name, t.messageCount]));
    const { images } = recorded;
    expect(images).toBe(Math.ceil(recorded.durationS * OPTIONS.rateHz) + 1);
    for (const camera of ["/camera", "/side_camera"]) {
      expect(counts[`${camera}/color/image_raw/compressed`]).toBe(images);
      expect(counts[`${camera}/color/camera_info`]).toBe(images);
      expect(counts[`${camera}/depth/image_rect_raw`]).toBe(images);
      expect(counts[`${camera}/labels`]).toBe(images);
      expect(counts[`${camera}/labels/label_info`]).toBe(1);
    }
    expect(counts["/tf_static"]).toBe(1);
    for (const topic of ["/tf", "/joint_states", "/clock"]) {
      expect(counts[topic]!).toBeGreaterThan(30 * recorded.durationS);
    }
    await bag.close();
  });

  it("comes back from the bag as the frames that the simulator gives", async () => {
    const sim = await TabletopSim.create(OPTIONS);
    const bag = await openBag(path);
    const color = "/side_camera/color/image_raw/compressed";
    const cameras = findCameras(bag.info, [{ name: "side_camera", color }]);
    const frames = bagFrames(bag, { cameras, tfFrames: ["gripper", "red_mug"] });
    let step = sim.current();
    let compared = 0;
    for await (const frame of frames) {
      const expected = step.frames[1]!;
      expect(frame.stampNs).toBe(expected.stampNs);
      expect(frame.frameId).toBe("side_camera_color_optical_frame");
      expect(frame.info).toEqual(expected.info);
      expect(frame.labelNames).toEqual(expected.labelNames);
      const labels = decodeLabels(frame.labels!).ids;
      expect(Array.from(labels)).toEqual(Array.from((expected.labels as RawImage).data));
      const seen = (await decodeDepth(frame.depth!)).depthM;
      const truth = (await decodeDepth(expected.depth!)).depthM;
      seen.forEach((z, i) => {
        expect(Math.abs(z - truth[i]!)).toBeLessThan(0.00051);
      });
      const pose = frame.poses!.get("gripper")!;
      const truePose = expected.poses!.get("gripper")!;
      if (!pose.ok || !truePose.ok) throw new Error("no pose of the gripper");
      pose.pose.position.forEach((value, axis) => {
        expect(value).toBeCloseTo(truePose.pose.position[axis]!, 6);
      });
      compared++;
      step = sim.step();
      if (compared === 6) break;
    }
    expect(compared).toBe(6);
    sim.close();
    await bag.close();
  });

  it("writes the same messages again, with any number of workers", async () => {
    expect(await recordInMemory(2)).toEqual(await recordInMemory(0));
  });

  it("stamps rise, and log times are the simulated times", async () => {
    const messages = await recordInMemory(0);
    messages.reduce((before, { logNs }) => {
      expect(logNs >= before).toBe(true);
      return logNs;
    }, 0n);
  });

  it("ends with the signal's reason when it is aborted", async () => {
    const controller = new AbortController();
    const writer = await BagWriter.create(join(folder, "aborted.mcap"));
    const reason = new Error("enough");
    const recording = recordEpisode(writer, {
      ...OPTIONS,
      workers: 1,
      signal: controller.signal,
      onProgress: (images) => images === 2 && controller.abort(reason),
    });
    await expect(recording).rejects.toBe(reason);
    await writer.abort();
  });
});
