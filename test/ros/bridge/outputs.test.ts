import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import type { Reliability } from "../../../src/language/index.js";
import { DEFAULT_QOS } from "../../../src/ros/index.js";
import { openBag } from "../../../src/sources/index.js";
import { unfinished } from "../../support/diskFaults.js";
import { answerOf, type Said, scriptedVlm } from "../../support/models.js";
import { COLOR, imageMessage, startBench } from "./bench.js";

/** A model that tells where it saw the objects. */
function seeingVlm(reliability?: Reliability) {
  const vlm = scriptedVlm(() => 0.3);
  return {
    ...vlm,
    ask: async (...[, questions]: Parameters<typeof vlm.ask>) =>
      questions.map((question) => ({
        ...answerOf(question, 0.3),
        ...(reliability && { reliability }),
        evidence: [
          { object: "gripper", centerPx: [80, 60], boxPx: [60, 40, 100, 80], centerM: [0, 0, 1] },
          { object: "mug", centerPx: [240, 160], centerM: [0.3, 0, 1] },
        ] as const,
      })),
  };
}

const GREY = { width: 320, height: 240, step: 960, data: new Uint8Array(320 * 240 * 3).fill(90) };

describe("what a bridge publishes for people", () => {
  it("draws what was measured into the image, which keeps its header", async () => {
    const bench = await startBench({ vlm: seeingVlm() });
    const images = bench.listen(
      "/spatial_reward/image/compressed",
      "sensor_msgs/msg/CompressedImage",
    ) as { header: object; format: string; data: Uint8Array }[];
    await bench.image(1500, COLOR, GREY);
    while (images.length === 0) await bench.settle();
    const { header, format, data } = images[0]!;
    expect(header).toEqual(imageMessage(1500).header);
    expect(format).toBe("jpeg");
    const { data: pixels, info } = await sharp(data).raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([320, 240]);
    const at = (x: number, y: number) => pixels[(y * info.width + x) * 3]!;
    // The gripper's box is drawn in yellow; beside it is the grey of the image.
    expect(at(60, 60)).toBeGreaterThan(130);
    expect(Math.abs(at(300, 20) - 90)).toBeLessThan(10);
  });

  it("shows objects and distances as markers in the camera's frame", async () => {
    const bench = await startBench({ vlm: seeingVlm() });
    const arrays = bench.listen("/spatial_reward/markers", "visualization_msgs/msg/MarkerArray");
    await bench.image(1500);
    const { markers } = arrays[0] as { markers: { header: object; text?: string }[] };
    expect(markers).toHaveLength(6);
    expect(markers[0]).toMatchObject({
      header: { frame_id: "camera_color_optical_frame", stamp: { sec: 1 } },
      ...{ type: 2, pose: { position: { x: 0, y: 0, z: 1 } } },
    });
    expect(markers.flatMap(({ text }) => text ?? [])).toEqual(["gripper", "mug", "30.0 cm"]);
  });

  it("tells where objects are in a frame of choice, with the covariance of what was measured", async () => {
    const parameters = { target_frame: "base_link", publish_tf: true };
    const bench = await startBench({ vlm: seeingVlm(), parameters });
    const arrays = bench.listen("/spatial_reward/objects", "vision_msgs/msg/Detection3DArray");
    const poses = bench.listen("/spatial_reward/object_poses", "geometry_msgs/msg/PoseArray");
    const transforms = bench.listen("/tf", "tf2_msgs/msg/TFMessage");
    await bench.image(1400);
    expect(arrays).toEqual([]);
    expect((await bench.beat()).warnings.join()).toContain(
      "TF frame base_link has not been received",
    );
    await bench.staticTf("base_link>camera_color_optical_frame");
    await bench.image(1500);
    const header = { stamp: { sec: 1, nanosec: 500_000_000 }, frame_id: "base_link" };
    // The gripper is a metre before the camera, which stands a metre beside the base.
    expect(arrays).toMatchObject([
      {
        header,
        detections: [
          {
            id: "gripper",
            results: [
              {
                hypothesis: { class_id: "gripper" },
                pose: { pose: { position: { x: 1, y: 0, z: 1 } } },
              },
            ],
          },
          { id: "mug", bbox: { center: { position: { x: 1.3, y: 0, z: 1 } } } },
        ],
      },
    ]);
    const [first] = (
      arrays[0] as { detections: { results: [{ pose: { covariance: number[] } }] }[] }
    ).detections;
    expect(first?.results[0].pose.covariance[0]).toBeCloseTo(0.005 ** 2 / 2, 9);
    expect(poses).toMatchObject([{ header, poses: [{ position: { x: 1 } }, {}] }]);
    expect(transforms).toMatchObject([
      { transforms: [{ child_frame_id: "spatial_reward/gripper", header }, {}] },
    ]);
  });

  it("counts what a model's lengths are worth into the covariance of where objects are", async () => {
    const reliability = { relativeSigma: 0.5, absoluteSigmaM: 0.1, wildShare: 0 };
    const bench = await startBench({ vlm: seeingVlm(reliability) });
    const arrays = bench.listen("/spatial_reward/objects", "vision_msgs/msg/Detection3DArray");
    await bench.image(1500);
    const wholeVariance = 0.005 ** 2 + 0.1 ** 2 + (0.5 * 0.3) ** 2;
    const [found] = arrays as { detections: { results: [{ pose: { covariance: number[] } }] }[] }[];
    const variances = found?.detections.map(({ results }) => results[0].pose.covariance[0]);
    expect(variances).toEqual([
      expect.closeTo(wholeVariance / 2, 9),
      expect.closeTo(wholeVariance / 2, 9),
    ]);
  });

  it("publishes neither where the parameters say so", async () => {
    const parameters = { publish_markers: false, publish_annotated_image: false };
    const bench = await startBench({ vlm: seeingVlm(), parameters });
    const arrays = bench.listen("/spatial_reward/markers", "visualization_msgs/msg/MarkerArray");
    await bench.image(1500);
    expect(bench.annotations).toHaveLength(1);
    expect(arrays).toEqual([]);
  });

  it("diagnoses itself on /diagnostics", async () => {
    const bench = await startBench();
    const arrays = bench.listen("/diagnostics", "diagnostic_msgs/msg/DiagnosticArray") as {
      status: [{ level: number; values: { key: string; value: string }[] }];
    }[];
    await bench.beat();
    await bench.image(1000);
    await bench.image(1100, COLOR, { step: 4 });
    await bench.beat();
    expect(arrays.map(({ status }) => status[0].level)).toEqual([1, 0]);
    expect(arrays[1]!.status[0]).toMatchObject({
      name: "spatial_reward: reach",
      hardware_id: COLOR,
      message: "rewards are published",
    });
    const value = (name: string) =>
      arrays[1]!.status[0].values.find(({ key }) => key === name)?.value;
    expect(value("frames in")).toBe("2");
    expect(value("frames annotated")).toBe("1");
    expect(value("frames failed")).toBe("1");
    expect(value("latency p50 (ms)")).toBe("5.0");
    expect(value("age of the newest reward (s)")).toBe("1.0");
    await bench.beat(10);
    expect(arrays[2]!.status[0].level).toBe(3);
  });

  it("says on /diagnostics and ~/status where rewards come and none can be used, and why", async () => {
    let said: Said = { reason: "refused", detail: "I cannot tell" };
    const bench = await startBench({ vlm: scriptedVlm(() => said) });
    const arrays = bench.listen("/diagnostics", "diagnostic_msgs/msg/DiagnosticArray") as {
      status: [{ level: number; message: string; values: { key: string; value: string }[] }];
    }[];
    for (let ms = 1000; ms < 2000; ms += 100) await bench.image(ms);
    const { cameras, warnings } = await bench.beat();
    expect(cameras[0]).toMatchObject({ share_usable: 0, share_invalid: 1, share_late: 0 });
    const why = `none of the last 10 rewards of ${COLOR} are usable: 10 invalid; reach: refused: I cannot tell`;
    expect(warnings).toContain(why);
    expect(arrays[0]!.status[0]).toMatchObject({ level: 2, message: why });
    said = 0.3;
    for (let ms = 2000; ms < 2400; ms += 100) await bench.image(ms);
    await bench.beat();
    expect(arrays[1]!.status[0]).toMatchObject({
      level: 1,
      message: expect.stringContaining("only 4 of the last 14 rewards"),
    });
    for (let ms = 2400; ms < 4000; ms += 100) await bench.image(ms);
    await bench.beat();
    expect(arrays[2]!.status[0]).toMatchObject({ level: 0, message: "rewards are published" });
  });
});

describe("the recording of a bridge", () => {
  it("holds all that was published, under its own name when the node ends", async () => {
    const bench = await startBench({ vlm: seeingVlm(), parameters: { record: "" } });
    await bench.node.transition("deactivate");
    await bench.node.transition("cleanup");
    const path = join(bench.folder, "live.mcap");
    await bench.set("record", path);
    await bench.node.transition("configure");
    await bench.node.transition("activate");
    await bench.settle();
    for (const ms of [1000, 1100, 1200]) await bench.image(ms, COLOR, GREY);
    await bench.beat();
    await bench.close();
    const bag = await openBag(path);
    const counts = Object.fromEntries(
      bag.info.topics.map(({ name, messageCount }) => [name, messageCount]),
    );
    expect(counts).toMatchObject({
      "/spatial_reward/reward": 3,
      "/spatial_reward/facts": 3,
      "/spatial_reward/reward_value": 3,
      "/spatial_reward/markers": 3,
      "/spatial_reward/status": 1,
      "/diagnostics": 1,
    });
    expect(bag.metadata("spatial_reward")?.get("task")).toContain("name: reach");
    const stamps: number[] = [];
    for await (const message of bag.messages({ topics: ["/spatial_reward/reward"] })) {
      stamps.push(
        (message.decode() as { header: { stamp: { nanosec: number } } }).header.stamp.nanosec,
      );
    }
    expect(stamps).toEqual([0, 100_000_000, 200_000_000]);
    await bag.close();
  });

  it("is in its file a second later, whatever becomes of the process", async () => {
    const bench = await startBench();
    const path = join(bench.folder, "live.mcap");
    await bench.node.transition("deactivate");
    await bench.node.transition("cleanup");
    await bench.set("record", path);
    await bench.node.transition("configure");
    await bench.node.transition("activate");
    await bench.settle();
    await bench.image(1000);
    await sleep(1100);
    await bench.image(1100);
    const copy = join(bench.folder, "killed.mcap");
    // The status of a later beat writes it, where the file was opened late.
    const inFile = async () => {
      await bench.beat();
      await copyFile((await unfinished(path)) ?? "", copy);
      const bag = await openBag(copy);
      await bag.close();
      return bag.info.topics.find(({ name }) => name === "/spatial_reward/reward")?.messageCount;
    };
    await expect.poll(inFile).toBeGreaterThanOrEqual(1);
  });

  it("does not replace one that is there", async () => {
    const first = await startBench();
    const path = join(first.folder, "live.mcap");
    for (let run = 0; run < 2; run++) {
      const bench = await startBench({ parameters: { record: path } });
      await bench.image(1000);
      await bench.close();
    }
    const again = await openBag(join(first.folder, "live_2.mcap"));
    expect(again.info.topics.map(({ name }) => name)).toContain("/spatial_reward/reward");
    await again.close();
  });

  it("begins with the simulated time, not at 0", async () => {
    const first = await startBench();
    const path = join(first.folder, "sim.mcap");
    const bench = await startBench({ parameters: { record: path, use_sim_time: true } });
    await bench.beat();
    const clock = bench.ros
      .join("/sim")
      .advertise("/clock", "rosgraph_msgs/msg/Clock", DEFAULT_QOS);
    clock.publish({ clock: { sec: 100, nanosec: 0 } });
    await bench.settle();
    await bench.image(99_900);
    await bench.close();
    const bag = await openBag(path);
    expect(bag.info.startNs).toBe(100_000_000_000n);
    await bag.close();
  });

  it("that cannot be written is an error in the log, and no more", async () => {
    const bench = await startBench({ parameters: { record: "/dev/null/live.mcap" } });
    await bench.image(1000);
    await bench.close();
    expect(bench.annotations).toHaveLength(1);
    expect(bench.ros.logsAt("error").join()).toContain("recording stopped");
  });
});
