import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { sharp } from "../../src/base/index.js";
import { openBag } from "../../src/sources/index.js";
import { unfinished } from "../support/diskFaults.js";
import { numberOf } from "../video/packets.js";
import { type DenseReward, REWARD_TYPE } from "./messages.js";
import { endAll, hasRos, isInstalled, launch, RosProcess, ros2, ros2Output } from "./RosProcess.js";

const BRIDGE = ["camera:=/camera/color", "image_transport:=compressed", "use_sim_time:=true"];

/** Frames are named, but no gripper whose way says more than the image. */
const TASK_BY_SIGHT = `name: seen
objects:
  gripper: { phrase: the robot gripper, labels: [1], frame: gripper }
  mug: { phrase: the red mug, labels: [2], frame: red_mug }
measurements:
  reach: { kind: distance, subject: gripper, object: mug }
reward:
  terms: { closer: 1 - reach / 1 m }
`;

/** The simulated table, whose own transforms the bridge does not see: only the robot's of the suite. */
async function startTable(...remaps: string[]): Promise<RosProcess> {
  const hidden = ["/tf:=/table/tf", "/tf_static:=/table/tf_static", ...remaps];
  const table = ros2(
    ...["run", "spatial_reward_bridge", "simulator", "--ros-args"],
    ...hidden.flatMap((remap) => ["-r", remap]),
  );
  await table.says(/episode success_0/);
  return table;
}

/** How a camera sends video: topic, type, codec. */
const VIDEOS = [
  ["/video/image_raw/compressed", "sensor_msgs/msg/CompressedImage", "h264"],
  ["/video/image_raw/ffmpeg", "ffmpeg_image_transport_msgs/msg/FFMPEGPacket", "h265"],
  ["/video/image_raw/foxglove", "foxglove_msgs/msg/CompressedVideo", "h264"],
] as const;
/** The pictures of one pass of a video. */
const PICTURES = 30;

interface Picture {
  readonly header: DenseReward["header"];
  readonly data: readonly number[];
}

async function rewardsOf(count: number): Promise<DenseReward[]> {
  const echo = ros2("topic", "echo", "--full-length", "/spatial_reward/reward", REWARD_TYPE);
  await echo.until(() => echo.messageCount > count, `${count} rewards`);
  await echo.end();
  return echo.messages as DenseReward[];
}

describe.skipIf(!hasRos)("a bridge on an ordinary robot, which has a /tf", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "robot-"));
  });
  afterEach(endAll);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("gives rewards in time, and does not even listen to it for a task that needs none", async () => {
    await startTable();
    const task = join(folder, "seen.yaml");
    writeFileSync(task, TASK_BY_SIGHT);
    const bridge = launch("bridge.launch.py", `task:=${task}`, ...BRIDGE);
    await bridge.says(/the model .* is ready/);
    const rewards = await rewardsOf(10);
    expect(rewards.filter(({ reason }) => reason.includes("has not been received"))).toEqual([]);
    const info = await ros2Output(
      ...["node", "info", "--no-daemon", "--spin-time", "3", "/spatial_reward"],
    );
    expect(info).not.toMatch(/\/tf(_static)?: tf2_msgs/);
  });

  it("names the frame that never came where the model needs it, and waits for none", async () => {
    await startTable("/camera/labels:=/table/thermal");
    const bridge = launch("bridge.launch.py", "task:=reach", "vlm:=rgbd", ...BRIDGE);
    await bridge.says(/TF frames? .*red_mug.* not been received; \/tf has: robot_base, /);
    const rewards = await rewardsOf(10);
    expect(rewards.at(-1)?.reason).toMatch(/has not been received; \/tf has: robot_base/);
    expect(rewards.slice(-5).map(({ late }) => late)).toEqual(Array(5).fill(false));
    const diagnostics = await ros2Output(
      ...["topic", "echo", "--once", "/diagnostics", "diagnostic_msgs/msg/DiagnosticArray"],
    );
    expect(diagnostics).toMatch(/are usable: \d+ invalid/);
  });

  it("reads its own robot's transforms where each robot has a tree", async () => {
    const bridge = launch(
      ...(["bridge.launch.py", "task:=reach", "vlm:=rgbd", "namespace:=robot1", "tf:=tf"] as const),
      ...["cameras:=camera/color,/lab/color", "rate:=5", "target_frame:=base_link"],
    );
    await bridge.says(/TF frame.* base_link.* not been received; \/robot1\/tf is not published/);
    const info = await ros2Output(
      ...["node", "info", "--no-daemon", "--spin-time", "3", "/robot1/spatial_reward"],
    );
    expect(info).toMatch(/^ +\/robot1\/tf: tf2_msgs/m);
    expect(info).toMatch(/^ +\/robot1\/tf_static: tf2_msgs/m);
    expect(info).not.toMatch(/^ +\/tf: /m);
    expect(info).toMatch(/\/robot1\/camera\/color\/image_raw: sensor_msgs/);
    expect(info).toMatch(/\/lab\/color\/image_raw: sensor_msgs/);
  });

  it("says of several cameras which one is frozen, not stamped, or loses images", async () => {
    const script = join(import.meta.dirname, "../support/cameraTraffic.ts");
    const cameras = new RosProcess(process.execPath, [
      ...["--import", "tsx", script, inject("rosApp") ?? ""],
    ]);
    await cameras.says(/ready/);
    const bridge = launch(
      ...([
        "bridge.launch.py",
        "task:=reach",
        "vlm:=rgbd",
        "cameras:=/frozen,/unstamped,/near",
      ] as const),
      "remap:=/near/image_raw:=/lossy/image_raw",
    );
    await bridge.says(/images on \/frozen\/image_raw have shown the same picture for/);
    await bridge.says(/images on \/unstamped\/image_raw are stamped 0/);
    await bridge.says(/about 3\d % of the images on \/lossy\/image_raw are lost before this node/);
    expect(bridge.output).not.toMatch(/\/(unstamped|lossy)\/image_raw have shown the same picture/);
  });

  for (const [topic, type, codec] of VIDEOS) {
    it.skipIf(!isInstalled(type))(`shows its model the pictures of a video: ${type}`, async () => {
      const script = join(import.meta.dirname, "../support/videoTraffic.ts");
      const camera = new RosProcess(process.execPath, [
        ...["--import", "tsx", script, inject("rosApp") ?? "", topic, type, codec],
      ]);
      await camera.says(/ready/);
      const bridge = launch("bridge.launch.py", "task:=reach", "vlm:=rgbd", `camera:=${topic}`);
      await bridge.says(/model rgbd is ready/);
      const echo = ros2(
        ...["topic", "echo", "--full-length", "/spatial_reward/image/compressed"],
        "sensor_msgs/msg/CompressedImage",
      );
      // More than one pass: from key frame to key frame.
      await echo.until(() => echo.messageCount > PICTURES + 10, "annotated pictures");
      await echo.end();
      const seen = await Promise.all(
        (echo.messages as Picture[]).map(async ({ header, data }) => {
          const { stamp } = header;
          expect(header.frame_id).toBe("video_optical");
          const number = (stamp.sec * 10 + Math.round(stamp.nanosec / 1e8)) % PICTURES;
          const rgb = await sharp(Uint8Array.from(data)).raw().toBuffer();
          return [number, numberOf(rgb)];
        }),
      );
      for (const [number, shown] of seen) expect(shown).toBe(number);
      expect(new Set(seen.map(([number]) => number)).size).toBeGreaterThan(PICTURES / 2);
    });
  }

  it("does not take a simulator that has died for a camera that is silent for no time", async () => {
    const table = await startTable();
    const bridge = launch("bridge.launch.py", "task:=reach", "vlm:=rgbd", "rate:=5", ...BRIDGE);
    await rewardsOf(3);
    table.kill();
    await bridge.says(/the simulated time is stuck at \d.* \/clock is no longer published/);
    await bridge.says(/no image on \/camera\/color\/image_raw\/compressed for \d/);
  });

  it("is started again by launch after it has died, with what it was given", async () => {
    const bridge = launch(
      ...(["bridge.launch.py", "task:=reach", "vlm:=rgbd", "respawn:=true", "rate:=5"] as const),
      ...["camera:=/camera/color", "name:=eye", `record:=${join(folder, "eye.mcap")}`],
    );
    await bridge.says(/model rgbd is ready/);
    const pid = /process started with pid \[(\d+)\]/.exec(bridge.output)?.[1];
    process.kill(Number(pid), "SIGKILL");
    await bridge.until(
      () => bridge.output.match(/model rgbd is ready/g)?.length === 2,
      "the node's second start",
    );
    const parameter = (name: string) => ros2Output("param", "get", "--no-daemon", "/eye", name);
    expect(await parameter("rate")).toContain("Double value is: 5.0");
    expect(await parameter("record")).toContain(join(folder, "eye.mcap"));
  });

  it("keeps what it recorded when it is killed", async () => {
    await startTable();
    const path = join(folder, "run.mcap");
    const parameters = { record: path, vlm: "rgbd", image_transport: "compressed" };
    const task = join(import.meta.dirname, "../../examples/tasks/reach.yaml");
    const given = { ...parameters, task, camera: "/camera/color", use_sim_time: "true" };
    const bridge = ros2(
      ...["run", "spatial_reward_bridge", "bridge", "--ros-args"],
      ...Object.entries(given).flatMap(([name, value]) => ["-p", `${name}:=${value}`]),
    );
    await bridge.says(/model rgbd is ready/);
    await rewardsOf(10);
    await sleep(2500);
    bridge.kill();
    const bag = await openBag((await unfinished(path)) ?? "");
    const rewards = bag.info.topics.find(({ name }) => name === "/spatial_reward/reward");
    expect(rewards?.messageCount).toBeGreaterThan(10);
    await bag.close();
  });

  it("tells a parameter that a file gives every node and this one does not have", async () => {
    const file = join(folder, "params.yaml");
    writeFileSync(file, "/**:\n  ros__parameters:\n    image_timout: 3.0\n");
    const bridge = ros2(
      ...["run", "spatial_reward_bridge", "bridge", "--ros-args", "--params-file", file],
    );
    await bridge.says(/no parameter image_timout; did you mean image_timeout\?/);
  });

  it("says in a line what is wrong with its arguments", async () => {
    const bridge = ros2("run", "spatial_reward_bridge", "bridge", "--ros-args", "rate:=5");
    expect(await bridge.exit()).not.toBe(0);
    expect(bridge.output).toMatch(/ROS 2 does not accept the arguments --ros-args rate:=5/);
    expect(bridge.output).not.toMatch(/^ +at /m);
  });

  it("begins one episode with each pass of a bag that holds a /clock of its own", async () => {
    const size = ["--size", "160x120", "--rate", "5", "--seed", "3"];
    const cli = ["run", "spatial_reward_bridge", "spatial_reward"];
    await ros2Output(...cli, "sim", "record", ...size, "-o", folder);
    const bridge = launch("bridge.launch.py", "task:=reach", "vlm:=rgbd", ...BRIDGE);
    await bridge.says(/model rgbd is ready/);
    ros2(
      ...["bag", "play", join(folder, "success_3"), "--storage", "mcap", "--clock", "100"],
      ...["--loop", "--rate", "2.0", "--disable-keyboard-controls"],
    );
    await bridge.says(/jumped back: episode 2 begins/);
    await sleep(4000);
    expect(bridge.output).not.toMatch(/episode [3-9] begins/);
    expect(bridge.output.match(/\/clock has several publishers/g)).toHaveLength(1);
  });
});
