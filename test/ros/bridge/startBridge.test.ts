import { describe, expect, it } from "vitest";
import { DEFAULT_QOS } from "../../../src/ros/index.js";
import { ClassVlm, scriptedVlm } from "../../support/models.js";
import { COLOR, startBench } from "./bench.js";

const REWARD = "spatial_reward_msgs/msg/DenseReward";

describe("a bridge on a camera topic", () => {
  it("publishes a reward, its value and the facts at the stamp of each image", async () => {
    const bench = await startBench();
    const rewards = bench.listen("/spatial_reward/reward", REWARD);
    const values = bench.listen("/spatial_reward/reward_value", "std_msgs/msg/Float64");
    const facts = bench.listen("/spatial_reward/facts", "spatial_reward_msgs/msg/SpatialFacts");
    await bench.image(5200);
    expect(rewards).toMatchObject([
      {
        header: {
          stamp: { sec: 5, nanosec: 200_000_000 },
          frame_id: "camera_color_optical_frame",
        },
        ...{ task: "reach", camera: COLOR, validity: 0, model: "scripted", episode: "1" },
      },
    ]);
    expect((rewards[0] as { reward: number }).reward).toBeCloseTo(0.7, 9);
    expect((values[0] as { data: number }).data).toBeCloseTo(0.7, 9);
    expect(facts).toMatchObject([{ facts: [{ name: "reach", value: 0.3, unit: "m" }] }]);
  });

  it("annotates every image with a model that is a class with getters", async () => {
    const bench = await startBench({ vlm: new ClassVlm() });
    for (let stampMs = 1000; stampMs <= 5000; stampMs += 1000) await bench.image(stampMs);
    expect(bench.annotations.map(({ outcome }) => outcome)).toEqual(Array(5).fill("annotated"));
  });

  it("reads compressed images where the transport says so", async () => {
    const bench = await startBench({ parameters: { image_transport: "compressed" } });
    expect(bench.ros.subscribedTopics).toContain(`${COLOR}/compressed`);
    expect(bench.ros.subscribedTopics).not.toContain(COLOR);
  });

  it("lives in its node's namespace, and follows remapped camera topics", async () => {
    const bench = await startBench({
      name: "/robot1/spatial_reward",
      parameters: { camera: "camera/color" },
      remap: { "/robot1/camera/color/image_raw": "/robot1/wrist/image_raw" },
    });
    const rewards = bench.listen("/robot1/spatial_reward/reward", REWARD);
    await bench.image(1000, "/robot1/wrist/image_raw");
    expect(rewards).toMatchObject([{ camera: "/robot1/wrist/image_raw" }]);
  });

  it("picks up a camera that comes late, and one that comes back", async () => {
    const bench = await startBench();
    await bench.beat();
    await bench.image(1000);
    bench.withdraw(COLOR);
    await bench.beat();
    await bench.image(2000);
    expect(bench.annotations.map(({ reward }) => reward.stampNs)).toEqual([
      1_000_000_000n,
      2_000_000_000n,
    ]);
  });

  it("serves several cameras, each with its own rewards and counts", async () => {
    const bench = await startBench({
      parameters: { camera: "", cameras: ["/left/color", "/right/color"] },
    });
    await bench.image(1000, "/left/color/image_raw");
    await bench.image(1001, "/right/color/image_raw");
    await bench.image(1100, "/left/color/image_raw");
    const { cameras } = await bench.beat(0.5);
    expect(cameras).toMatchObject([
      { camera: "/left/color/image_raw", frames_in: 2n, frames_annotated: 2n, publishers: 1 },
      { camera: "/right/color/image_raw", frames_in: 1n, frames_annotated: 1n, publishers: 1 },
    ]);
    expect(cameras[0]!.input_rate).toBe(2);
  });

  it("takes the cameras that the task names", async () => {
    const task = `name: reach
cameras:
  front: { color: /front/image_raw }
objects:
  mug: { phrase: the mug, labels: [2] }
measurements:
  size: { kind: width, subject: mug }
reward:
  terms: { small: 1 - size / 1 m }
`;
    const bench = await startBench({ task, parameters: { camera: "" } });
    await bench.image(1000, "/front/image_raw");
    expect(bench.annotations.map(({ reward }) => reward.camera)).toEqual(["front"]);
  });

  it("takes the QoS of a topic, and how long one camera's images wait, from parameters", async () => {
    const depth = "/left/depth/image_raw";
    const bench = await startBench({
      vlm: scriptedVlm(() => 0.3, { uses: [] }),
      parameters: {
        camera: "",
        cameras: ["/left/color", "/right/color"],
        reliability: "reliable",
        "qos_overrides./left/color/image_raw.subscription.reliability": "best_effort",
        "join_wait./left/color/image_raw": 0.1,
      },
    });
    const fields = (stampMs: number) => ({ data: new Uint8Array(6).fill(stampMs / 100) });
    bench.offer(depth, "sensor_msgs/msg/Image", DEFAULT_QOS);
    bench.offer("/left/color/image_raw", "sensor_msgs/msg/Image");
    await bench.image(900, "/right/color/image_raw", fields(900));
    const { warnings } = await bench.beat();
    expect(warnings.join()).not.toContain("on /left/color/image_raw: the publisher is best effort");
    expect(warnings.join()).toContain("on /right/color/image_raw: the publisher is best effort");
    await bench.image(1000, "/left/color/image_raw", fields(1000));
    expect(bench.annotations).toEqual([]);
    await bench.image(1110, "/left/color/image_raw", fields(1110));
    expect(bench.annotations.map(({ reward }) => reward.stampNs)).toEqual([1_000_000_000n]);
  });

  it("keeps to the rate that is asked for, by the stamps", async () => {
    const bench = await startBench({ parameters: { rate: 5 } });
    for (let ms = 1000; ms < 2000; ms += 100) await bench.image(ms);
    expect(bench.annotations).toHaveLength(5);
    expect(await bench.set("rate", 0)).toMatchObject({ successful: true });
    await bench.image(2000);
    await bench.image(2010);
    expect(bench.annotations).toHaveLength(7);
  });

  it("does not keep an image that lacks its depth until the next one that the rate takes", async () => {
    const bench = await startBench({ parameters: { rate: 0.1 } });
    bench.offer("/camera/depth/image_raw", "sensor_msgs/msg/Image", DEFAULT_QOS);
    await bench.beat();
    for (let ms = 1000; ms < 1700; ms += 100) await bench.image(ms);
    expect(bench.annotations.map(({ reward }) => reward.stampNs)).toEqual([1_000_000_000n]);
  });

  it("drops all but the newest image while the model is busy, and counts every one", async () => {
    const release: (() => void)[] = [];
    const vlm = scriptedVlm(async () => {
      await new Promise<void>((resolve) => release.push(resolve));
      return 0.3;
    });
    const bench = await startBench({ vlm });
    for (let ms = 1000; ms < 1500; ms += 100) await bench.image(ms);
    const busy = (await bench.beat()).cameras[0]!;
    expect(busy).toMatchObject({ frames_in: 5n, frames_dropped: 3n, frames_pending: 2n });
    release.shift()!();
    await bench.settle();
    release.shift()!();
    await bench.settle();
    expect(vlm.asked).toEqual([1_000_000_000n, 1_400_000_000n]);
    const idle = (await bench.beat()).cameras[0]!;
    expect(idle).toMatchObject({ frames_annotated: 2n, frames_dropped: 3n, frames_pending: 0n });
  });

  it("counts what is cut short by a deactivation as dropped", async () => {
    const bench = await startBench({
      vlm: scriptedVlm(() => new Promise<number>(() => undefined)),
    });
    await bench.image(1000);
    await bench.image(1100);
    await bench.node.transition("deactivate");
    await bench.node.transition("activate");
    const counts = (await bench.beat()).cameras[0]!;
    expect(counts).toMatchObject({ frames_in: 2n, frames_dropped: 2n, frames_pending: 0n });
  });

  it("goes on when the model fails on an image", async () => {
    const vlm = scriptedVlm((frame) => {
      if (frame.stampNs === 1_000_000_000n) throw new Error("its server is gone");
      return 0.3;
    });
    const bench = await startBench({ vlm });
    await bench.image(1000);
    await bench.image(1100);
    expect(bench.annotations.map(({ outcome }) => outcome)).toEqual(["failed", "annotated"]);
    expect(bench.ros.logsAt("warn").join()).toContain("its server is gone");
  });
});

describe("a bridge and malformed images", () => {
  it("counts an image whose size contradicts its step as failed, and says what is wrong", async () => {
    const bench = await startBench();
    await bench.image(1000, COLOR, { step: 4 });
    const { cameras } = await bench.beat();
    expect(cameras[0]).toMatchObject({ frames_in: 1n, frames_failed: 1n });
    const [line] = bench.ros.logsAt("warn").filter((text) => text.includes("could not be used"));
    expect(line).toContain(COLOR);
    await bench.image(1100);
    expect(bench.annotations.at(-1)?.outcome).toBe("annotated");
  });

  it("survives a message with fields missing", async () => {
    const bench = await startBench();
    await bench.image(1000);
    bench.publish(COLOR, "sensor_msgs/msg/Image", new Uint8Array([0, 1, 0, 0, 1, 0, 0, 0]));
    await bench.settle();
    await bench.image(1200);
    expect(bench.annotations.map(({ outcome }) => outcome)).toEqual([
      "annotated",
      "failed",
      "annotated",
    ]);
  });
});
