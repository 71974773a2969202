import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DenseReward, REWARD_TYPE } from "./messages.js";
import { endAll, hasRos, launch, type RosProcess, ros2, ros2Output } from "./RosProcess.js";

const ROBOTS = ["robot1", "robot2"];
const nodeOf = (robot: string): string => `/${robot}/spatial_reward`;

/** Two robots, that is two bridges in namespaces, look at one simulator. */
describe.skipIf(!hasRos)("bridges of two robots", () => {
  const bridges: RosProcess[] = [];

  beforeAll(async () => {
    launch("sim.launch.py", "bridge:=false");
    for (const [i, robot] of ROBOTS.entries()) {
      const settings = ["camera:=/camera/color", "image_transport:=compressed", "vlm:=rgbd"];
      const task = `task:=${["pick_and_place", "reach"][i]}`;
      const place = [`namespace:=${robot}`, "use_sim_time:=true"];
      bridges.push(launch("bridge.launch.py", task, ...settings, ...place));
    }
    for (const bridge of bridges) await bridge.says(/model rgbd is ready/);
  });
  afterAll(endAll);

  it("publish rewards of their own tasks under their own names", async () => {
    for (const [robot, task] of [
      ["robot1", "pick_and_place"],
      ["robot2", "reach"],
    ] as const) {
      const echo = ros2("topic", "echo", `${nodeOf(robot)}/reward`, REWARD_TYPE);
      await echo.until(() => echo.messageCount > 10, "ten rewards");
      const rewards = echo.messages as DenseReward[];
      expect(new Set(rewards.map((reward) => reward.task))).toEqual(new Set([task]));
      expect(rewards[0]!.header.frame_id).toBe("camera_color_optical_frame");
      expect(rewards.some(({ validity }) => validity === 0)).toBe(true);
      await echo.end();
    }
  });

  it("publish companions of standard types", async () => {
    const topics = await ros2Output("topic", "list", "-t", "--no-daemon", "--spin-time", "3");
    expect(topics).toContain("/robot1/spatial_reward/reward_value [std_msgs/msg/Float64]");
    expect(topics).toContain("/robot1/spatial_reward/markers [visualization_msgs/msg/MarkerArray]");
    expect(topics).toContain(
      "/robot1/spatial_reward/image/compressed [sensor_msgs/msg/CompressedImage]",
    );
    expect(topics).toContain("/diagnostics [diagnostic_msgs/msg/DiagnosticArray]");
  });

  it("have described parameters that can be set, and are refused with a reason", async () => {
    const node = nodeOf("robot1");
    const param = (...args: string[]) =>
      ros2Output("param", args[0]!, "--no-daemon", node, ...args.slice(1));
    expect(await param("get", "image_transport")).toContain("compressed");
    expect(await param("describe", "rate")).toMatch(/Hz/);
    expect(await param("set", "rate", "5")).toMatch(/successful/);
    expect(await param("set", "rate", "-1.0")).toMatch(/failed/i);
    expect(await param("set", "camera", "/other")).toMatch(/active/);
    expect(await param("set", "task", "/nowhere.yaml")).toMatch(/nowhere/);
    expect(await param("set", "rate", "0.0")).toMatch(/successful/);
  });

  it("answer a question about the newest image", async () => {
    const answer = await ros2Output(
      ...["service", "call", `${nodeOf("robot1")}/ask_spatial`],
      ...["spatial_reward_msgs/srv/AskSpatial", "{kind: distance, subject: gripper, object: mug}"],
    );
    expect(answer).toContain("success=True");
    expect(answer).toMatch(/valid=True/);
    expect(Number(/ value=([\d.]+)/.exec(answer)?.[1])).toBeLessThan(1);
  });

  it("begin an episode, and take another task, on request", async () => {
    const node = nodeOf("robot2");
    const reset = await ros2Output(
      ...["service", "call", `${node}/reset_episode`],
      ...["spatial_reward_msgs/srv/ResetEpisode", "{episode: mine}"],
    );
    expect(reset).toMatch(/success=True.*episode='mine'/);
    const refused = await ros2Output(
      ...["service", "call", `${node}/set_task`],
      ...["spatial_reward_msgs/srv/SetTask", "{path: /nowhere.yaml}"],
    );
    expect(refused).toMatch(/success=False.*nowhere.*task='reach'/);
  });

  it("follow the life cycle: inactive, they take no images", async () => {
    const node = nodeOf("robot2");
    const lifecycle = (...args: string[]) =>
      ros2Output("lifecycle", args[0]!, "--no-daemon", node, ...args.slice(1));
    expect(await lifecycle("get")).toContain("active [3]");
    expect(await lifecycle("set", "deactivate")).toMatch(/successful/);
    expect(await lifecycle("get")).toContain("inactive [2]");
    const info = await ros2Output("node", "info", "--no-daemon", "--spin-time", "3", node);
    expect(info).not.toContain("/camera/color/image_raw");
    const asked = await ros2Output(
      ...["service", "call", `${node}/ask_spatial`],
      ...["spatial_reward_msgs/srv/AskSpatial", "{question: 'How far is the mug?'}"],
    );
    expect(asked).toMatch(/success=False.*inactive/);
    expect(await lifecycle("set", "cleanup")).toMatch(/successful/);
    expect(await lifecycle("set", "configure")).toMatch(/successful/);
    expect(await lifecycle("set", "activate")).toMatch(/successful/);
    const echo = ros2("topic", "echo", `${node}/reward`, REWARD_TYPE);
    await echo.until(() => echo.messageCount > 3, "rewards after activation");
    await echo.end();
  });

  it("begin a new episode when the simulation is reset", async () => {
    const echo = ros2("topic", "echo", `${nodeOf("robot1")}/reward`, REWARD_TYPE);
    await echo.until(() => echo.messageCount > 3, "rewards");
    await ros2Output("service", "call", "/simulator/reset", "std_srvs/srv/Trigger");
    const before = echo.messageCount;
    await echo.until(() => echo.messageCount > before + 10, "rewards after the reset");
    const episodes = new Set((echo.messages as DenseReward[]).map(({ episode }) => episode));
    expect(episodes.size).toBe(2);
    await echo.end();
  });

  it("end with 0 on SIGINT and on SIGTERM", async () => {
    const [first, second] = bridges;
    expect(await first!.end("SIGINT")).toBe(0);
    expect(first!.output).not.toMatch(/has died/);
    await second!.end("SIGTERM");
    await sleep(100);
    expect(second!.output).not.toMatch(/has died|escalating/);
  });
});
