import { describe, expect, it } from "vitest";
import { rgbd } from "../../../src/models/index.js";
import { DEFAULT_QOS, SENSOR_QOS } from "../../../src/ros/index.js";
import { type Bench, COLOR, header, imageMessage, infoMessage, startBench } from "./bench.js";

const IMAGE = "sensor_msgs/msg/Image";
const INFO = "sensor_msgs/msg/CameraInfo";

/** Time passes for the node's ROS clock as for the bench. */
async function silence(bench: Bench, seconds: number): Promise<string[]> {
  const clock = bench.ros.join("/sim").advertise("/clock", "rosgraph_msgs/msg/Clock", SENSOR_QOS);
  clock.publish({ clock: { sec: 100, nanosec: 0 } });
  await bench.settle();
  await bench.beat();
  clock.publish({ clock: { sec: 100 + seconds, nanosec: 0 } });
  await bench.settle();
  return [...(await bench.beat(seconds)).warnings];
}

describe("what a bridge warns of", () => {
  it("a QoS that does not fit: both sides, the policy and the remedy", async () => {
    const bench = await startBench({ parameters: { reliability: "reliable" } });
    bench.offer(COLOR, IMAGE, SENSOR_QOS);
    const { warnings, cameras } = await bench.beat();
    expect(warnings[0]).toBe(
      `no messages from /camera_driver to /spatial_reward on ${COLOR}: the publisher is best effort, ` +
        "but the subscription requests reliable. Set the parameter reliability " +
        `(qos_overrides.${COLOR}.subscription.reliability where that is set) to best_effort, or change the publisher`,
    );
    expect(cameras[0]!.fault).toBe(warnings[0]);
    expect(bench.ros.logsAt("warn")).toContain(warnings[0]);
  });

  it("a latched topic that nobody latches: only its publisher can change that", async () => {
    const bench = await startBench();
    bench.offer(COLOR, IMAGE, SENSOR_QOS);
    bench.offer("/camera/depth/image_rect_raw", IMAGE, SENSOR_QOS);
    const extrinsics = "/camera/extrinsics/depth_to_color";
    bench.offer(extrinsics, "realsense2_camera_msgs/msg/Extrinsics", DEFAULT_QOS);
    await bench.beat();
    const { warnings } = await bench.beat();
    expect(warnings).toContain(
      `no messages from /camera_driver to /spatial_reward on ${extrinsics}: the publisher is volatile, ` +
        "but the subscription requests transient local. Publish it as transient local",
    );
  });

  it("another message type on the topic", async () => {
    const bench = await startBench();
    bench.offer(COLOR, "sensor_msgs/msg/PointCloud2");
    const { warnings } = await bench.beat();
    expect(warnings[0]).toContain(
      `/camera_driver publishes sensor_msgs/msg/PointCloud2 on ${COLOR}, and /spatial_reward reads ${IMAGE}`,
    );
  });

  it("a silent topic, with the transport that is there instead", async () => {
    const bench = await startBench({ parameters: { use_sim_time: true, image_timeout: 3 } });
    bench.offer(`${COLOR}/compressed`, "sensor_msgs/msg/CompressedImage");
    const warnings = await silence(bench, 5);
    expect(warnings[0]).toBe(
      `no image on ${COLOR} for 5.0 s: it has no publisher, but these topics exist: ${COLOR}/compressed: ` +
        "set camera or image_transport",
    );
  });

  it("no silence in a pause of the simulated time", async () => {
    const bench = await startBench({ parameters: { use_sim_time: true, image_timeout: 3 } });
    expect(await silence(bench, 0)).toEqual([]);
    expect((await bench.beat(60)).warnings).toEqual([]);
  });

  it("a simulated time that never begins", async () => {
    const bench = await startBench({ parameters: { use_sim_time: true } });
    expect((await bench.beat()).warnings[0]).toContain("nothing is received on /clock");
  });

  it("the same thing only now and then", async () => {
    const bench = await startBench({ parameters: { reliability: "reliable" } });
    bench.offer(COLOR, IMAGE, SENSOR_QOS);
    for (let beat = 0; beat < 12; beat++) await bench.beat();
    const lines = bench.ros.logsAt("warn").filter((text) => text.includes("requests reliable"));
    expect(lines).toHaveLength(3);
  });
});

describe("a bridge with a model that needs depth and camera_info", () => {
  const withDepth = async (fields: object, info?: object): Promise<Bench> => {
    const bench = await startBench({ vlm: rgbd() });
    bench.offer("/camera/depth/image_raw", IMAGE);
    if (info) bench.offer("/camera/color/camera_info", INFO);
    bench.offer(COLOR, IMAGE);
    await bench.beat();
    if (info) bench.publish("/camera/color/camera_info", INFO, info);
    bench.publish("/camera/depth/image_raw", IMAGE, imageMessage(1000, fields));
    await bench.settle();
    await bench.image(1000);
    return bench;
  };
  const NAN_DEPTH = {
    ...{ encoding: "32FC1", step: 8 },
    data: new Uint8Array(new Float32Array([Number.NaN, Number.NaN]).buffer),
  };

  it("finds the depth topic beside the colour topic", async () => {
    const bench = await withDepth(NAN_DEPTH, infoMessage(1000));
    expect(bench.ros.subscribedTopics).toContain("/camera/depth/image_raw");
    expect(bench.annotations[0]?.frame.depth).toBeDefined();
  });

  it("gives no reward where all depth is NaN, and says so", async () => {
    const bench = await withDepth(NAN_DEPTH, infoMessage(1000));
    expect(bench.annotations[0]?.reward.validity).toBe("invalid");
    expect(bench.ros.logsAt("warn").join()).toContain("all are 0 or NaN");
  });

  it("names the parameter where a part is not published", async () => {
    const bench = await startBench({ vlm: rgbd() });
    await bench.image(1000);
    const { warnings } = await bench.beat();
    expect(warnings[0]).toContain("the model rgbd needs depth");
    expect(warnings[0]).toContain("depth_topic");
  });

  it("names a camera_info without calibration", async () => {
    const bench = await withDepth(NAN_DEPTH, infoMessage(1000, 0));
    const { warnings } = await bench.beat();
    expect(warnings[0]).toContain("/camera/color/camera_info: the camera");
    expect(warnings[0]).toContain("is not calibrated");
  });

  it("names a camera_info that is offered and never comes", async () => {
    const bench = await startBench({ vlm: rgbd() });
    bench.offer("/camera/color/camera_info", INFO);
    await bench.beat();
    await bench.image(1000);
    const { warnings } = await bench.beat(5);
    expect(warnings[0]).toContain(
      "no camera_info: /camera/color/camera_info has a publisher, but nothing arrives",
    );
  });
});

describe("images on their way to a bridge", () => {
  /** A picture that is another one each time. */
  const picture = (ms: number) => ({ data: new Uint8Array(6).fill(ms / 10) });

  it("that are lost before it are estimated from their stamps, and told", async () => {
    const bench = await startBench();
    for (let i = 0; i < 120; i++) {
      // One of three is lost.
      if (i % 3 !== 1) await bench.image(1000 + i * 20, COLOR, picture(i * 20));
    }
    const { cameras, warnings } = await bench.beat(0.5);
    expect(Number(cameras[0]?.frames_lost)).toBeGreaterThan(30);
    expect(Number(cameras[0]?.frames_lost)).toBeLessThanOrEqual(40);
    expect(cameras[0]?.frames_in).toBe(80n);
    expect(warnings[0]).toMatch(/about 3[34] % of the images/);
  });

  it("that come late and in a burst are not lost", async () => {
    const bench = await startBench();
    for (let i = 0; i < 120; i++) {
      // Three at a time after each stall.
      const late = i % 12 < 3 ? 50 + 3 * (i % 12) : 20 * (i % 12);
      await bench.image(1000 + Math.floor(i / 12) * 240 + late, COLOR, picture(i * 20));
    }
    expect((await bench.beat(0.5)).cameras[0]?.frames_lost).toBeLessThanOrEqual(2n);
  });

  it("that come at a steady pace, or after a pause, are not lost", async () => {
    const bench = await startBench();
    for (let i = 0; i < 40; i++) await bench.image(1000 + i * 20, COLOR, picture(i * 20));
    for (let i = 0; i < 40; i++) await bench.image(60_000 + i * 20, COLOR, picture(i * 20));
    const { cameras, warnings } = await bench.beat(0.5);
    expect(cameras[0]?.frames_lost).toBe(0n);
    expect(warnings).toEqual([]);
  });

  it("are told where they show the same picture for long, or have one stamp", async () => {
    const bench = await startBench();
    const frozen = async (stampMs: (i: number) => number, fields: (i: number) => object) => {
      for (let i = 0; i < 5; i++) {
        await bench.image(stampMs(i), COLOR, fields(i));
        bench.nowMs += 1000;
      }
      return (await bench.beat(0)).warnings.join();
    };
    const moving = await frozen(
      (i) => 1000 + i * 1000,
      (i) => picture(i * 20),
    );
    expect(moving).toBe("");
    const still = await frozen(
      (i) => 6000 + i * 1000,
      () => picture(0),
    );
    expect(still).toContain("have shown the same picture for 5.0 s");
    const stuck = await frozen(
      () => 12_000,
      (i) => picture(i * 20),
    );
    expect(stuck).toContain("have had the same stamp for 5.0 s");
  });

  it.each([
    [-30_000, "30.0 s before"],
    [30_000, "30.0 s after"],
    [-9_000, undefined],
    [500, undefined],
    [-100_000_000, undefined],
  ])("are told where another clock stamps them: %d ms", async (offMs, told) => {
    const bench = await startBench();
    const nowMs = Number(bench.node.now() / 1_000_000n);
    await bench.image(nowMs + offMs);
    const clock = (await bench.beat(0)).warnings.find((text) => text.includes("another clock"));
    expect(clock?.includes(`images on ${COLOR} are stamped ${told} this node's time`)).toBe(
      told === undefined ? undefined : true,
    );
  });

  it("are told where their driver does not stamp them", async () => {
    const bench = await startBench();
    await bench.image(0);
    expect((await bench.beat(0)).warnings[0]).toContain(`images on ${COLOR} are stamped 0`);
  });
});

describe("a simulated time", () => {
  it("that stands still without a clock is a simulator that is gone: its camera is silent", async () => {
    const bench = await startBench({ parameters: { use_sim_time: true, image_timeout: 3 } });
    const clock = bench.ros.join("/sim").advertise("/clock", "rosgraph_msgs/msg/Clock", SENSOR_QOS);
    clock.publish({ clock: { sec: 100, nanosec: 0 } });
    await bench.settle();
    await bench.image(100_000);
    await bench.beat();
    expect((await bench.beat(60)).warnings).toEqual([]);
    clock.close();
    const { warnings } = await bench.beat(5);
    expect(warnings[0]).toBe(
      "the simulated time is stuck at 100.0 s: /clock is no longer published",
    );
    expect(warnings[1]).toContain(`no image on ${COLOR} for 66.0 s`);
  });

  it("that jumps back by a little begins no episode, and two clocks are told once", async () => {
    const bench = await startBench({ parameters: { use_sim_time: true } });
    const clocks = ["/player", "/recorded"].map((name) =>
      bench.ros.join(name).advertise("/clock", "rosgraph_msgs/msg/Clock", DEFAULT_QOS),
    );
    for (let ms = 100_000; ms < 102_000; ms += 100) {
      for (const [i, clock] of clocks.entries()) {
        const at = ms - 70 * i;
        const nanosec = (at % 1000) * 1e6;
        clock.publish({ clock: { sec: Math.floor(at / 1000), nanosec } });
        await bench.settle();
      }
      await bench.image(ms);
    }
    expect(new Set(bench.annotations.map(({ reward }) => reward.episode))).toEqual(new Set(["1"]));
    const told = bench.ros.logsAt("warn").filter((line) => line.includes("/clock has several"));
    expect(told).toEqual([
      "/clock has several publishers, /player, /recorded: ROS time jumps between them",
    ]);
  });
});

describe("time that jumps back", () => {
  it("ends the episode when the stamps of a camera begin anew", async () => {
    const bench = await startBench();
    for (const ms of [20_000, 20_100, 5_000, 5_100]) await bench.image(ms);
    expect(bench.annotations.map(({ reward }) => [reward.episode, reward.stampNs])).toEqual([
      ["1", 20_000_000_000n],
      ["1", 20_100_000_000n],
      ["2", 5_000_000_000n],
      ["2", 5_100_000_000n],
    ]);
    expect(bench.ros.logsAt("info").join()).toContain("jumped back: episode 2 begins");
  });

  it("is one jump for the clock and all cameras", async () => {
    const cameras = ["/left/color", "/right/color"];
    const bench = await startBench({ parameters: { use_sim_time: true, camera: "", cameras } });
    const clock = bench.ros
      .join("/sim")
      .advertise("/clock", "rosgraph_msgs/msg/Clock", DEFAULT_QOS);
    const tick = async (sec: number): Promise<void> => {
      clock.publish({ clock: { sec, nanosec: 0 } });
      await bench.settle();
      for (const camera of cameras) await bench.image(sec * 1000, `${camera}/image_raw`);
    };
    await tick(20);
    await tick(5);
    expect(bench.annotations.map(({ reward }) => reward.episode)).toEqual(["1", "1", "2", "2"]);
  });

  it("forgets transforms of the time after the jump, but for static ones", async () => {
    const task = `name: near
objects:
  mug: { phrase: the mug, frame: mug }
measurements:
  size: { kind: width, subject: mug }
reward:
  terms: { small: 1 - size / 1 m }
`;
    const bench = await startBench({ task });
    const send = (topic: string, ms: number, parent: string, child: string) =>
      bench.publish(
        topic,
        "tf2_msgs/msg/TFMessage",
        {
          transforms: [
            {
              header: header(ms, parent),
              child_frame_id: child,
              transform: {
                translation: { x: ms / 1000, y: 0, z: 0 },
                rotation: { x: 0, y: 0, z: 0, w: 1 },
              },
            },
          ],
        },
        { ...DEFAULT_QOS, durability: topic === "/tf_static" ? "transient_local" : "volatile" },
      );
    const poseAt = async (ms: number) => {
      await bench.settle();
      await bench.beat();
      await bench.image(ms);
      return bench.annotations.at(-1)?.frame.poses?.get("mug");
    };
    send("/tf_static", 0, "world", "camera_color_optical_frame");
    send("/tf", 20_000, "world", "mug");
    expect(await poseAt(20_000)).toMatchObject({ ok: true, pose: { position: [20, 0, 0] } });
    send("/tf", 5_000, "world", "mug");
    expect(await poseAt(5_000)).toMatchObject({ ok: true, pose: { position: [5, 0, 0] } });
  });

  it("leaves a missing transform to the measurement's reason", async () => {
    const task = `name: near
objects:
  gripper: { phrase: the gripper, frame: tool0 }
  mug: { phrase: the mug, frame: mug }
measurements:
  reach: { kind: distance, subject: gripper, object: mug }
reward:
  terms: { near: 1 - reach / 1 m }
`;
    const bench = await startBench({ task });
    await bench.image(1000);
    const poses = bench.annotations[0]?.frame.poses;
    expect(poses?.get("tool0")).toMatchObject({ ok: false });
  });
});
