import { afterEach, describe, expect, it } from "vitest";
import { type DenseReward, REWARD_TYPE } from "./messages.js";
import { endAll, hasRos, launch, ros2, ros2Output } from "./RosProcess.js";

interface Stamped {
  readonly header: { readonly stamp: { readonly sec: number; readonly nanosec: number } };
}

const seconds = ({ sec, nanosec }: { sec: number; nanosec: number }): number => sec + nanosec / 1e9;

describe.skipIf(!hasRos)("the simulator as a ROS 2 node", () => {
  afterEach(endAll);

  it("publishes the topics of a robot with a camera, typed and stamped", async () => {
    const simulator = ros2("run", "spatial_reward_bridge", "simulator");
    await simulator.says(/episode success_0/);
    const topics = await ros2Output("topic", "list", "-t", "--no-daemon", "--spin-time", "3");
    for (const topic of [
      "/clock [rosgraph_msgs/msg/Clock]",
      "/tf [tf2_msgs/msg/TFMessage]",
      "/tf_static [tf2_msgs/msg/TFMessage]",
      "/joint_states [sensor_msgs/msg/JointState]",
      "/camera/color/image_raw/compressed [sensor_msgs/msg/CompressedImage]",
      "/camera/color/camera_info [sensor_msgs/msg/CameraInfo]",
      "/camera/depth/image_rect_raw [sensor_msgs/msg/Image]",
      "/camera/labels [sensor_msgs/msg/Image]",
      "/camera/labels/label_info [vision_msgs/msg/LabelInfo]",
    ]) {
      expect(topics).toContain(topic);
    }
    const info = ros2("topic", "echo", "--once", "/camera/color/camera_info");
    await info.exit();
    expect(info.messages[0]).toMatchObject({
      header: { frame_id: "camera_color_optical_frame" },
      width: 320,
      height: 240,
    });
    expect(await simulator.end()).toBe(0);
  });

  it("begins the next episode on ~/reset, with the clock of the first", async () => {
    const simulator = ros2("run", "spatial_reward_bridge", "simulator");
    await simulator.says(/episode success_0/);
    const clock = ros2("topic", "echo", "/clock", "--qos-reliability", "best_effort");
    await clock.until(() => clock.messageCount > 50, "50 messages of /clock");
    const answer = await ros2Output("service", "call", "/simulator/reset", "std_srvs/srv/Trigger");
    expect(answer).toMatch(/success=True.*success_1/);
    const atReset = clock.messageCount;
    await clock.until(() => clock.messageCount > atReset + 30, "messages after the reset");
    const times = clock.messages.map((message) =>
      seconds((message as { clock: Stamped["header"]["stamp"] }).clock),
    );
    const backwards = times.filter((time, i) => i > 0 && time < times[i - 1]!);
    expect(backwards).toHaveLength(1);
    expect(backwards[0]).toBeLessThanOrEqual(times[0]!);
  });

  it("stands still while paused", async () => {
    const simulator = ros2("run", "spatial_reward_bridge", "simulator");
    await simulator.says(/episode success_0/);
    await ros2Output("service", "call", "/simulator/pause", "std_srvs/srv/SetBool", "{data: true}");
    const clock = ros2("topic", "echo", "/clock", "--qos-reliability", "best_effort");
    await new Promise((resolve) => setTimeout(resolve, 4000));
    expect(clock.messages).toEqual([]);
    await ros2Output(
      "service",
      "call",
      "/simulator/pause",
      "std_srvs/srv/SetBool",
      "{data: false}",
    );
    await clock.until(() => clock.messageCount > 5, "/clock after the pause");
  });

  it("takes the parameters of a launch file's YAML, and refuses what is out of range", async () => {
    const simulator = ros2(
      ...["run", "spatial_reward_bridge", "simulator", "--ros-args", "-r", "__ns:=/lab"],
      ...["-p", "outcome:=failure", "-p", "seed:=5", "-p", "rate:=5"],
    );
    await simulator.says(/episode failure_5/);
    expect(await ros2Output("param", "get", "--no-daemon", "/lab/simulator", "rate")).toContain(
      "5.0",
    );
    const described = await ros2Output(
      "param",
      "describe",
      "--no-daemon",
      "/lab/simulator",
      "depth_noise",
    );
    expect(described).toMatch(/mm/);
    const refused = await ros2Output(
      "param",
      "set",
      "--no-daemon",
      "/lab/simulator",
      "speed",
      "-3.0",
    );
    expect(refused).toMatch(/failed/i);
    expect(
      await ros2Output("param", "set", "--no-daemon", "/lab/simulator", "outcome", "idle"),
    ).toMatch(/successful/);
  });

  it("is driven by a policy's velocity", async () => {
    const simulator = ros2("run", "spatial_reward_bridge", "simulator");
    await simulator.says(/episode success_0/);
    const joints = ros2("topic", "echo", "/joint_states");
    await joints.until(() => joints.messageCount > 30, "joint states");
    const before = joints.messageCount;
    ros2(
      ...["topic", "pub", "--rate", "10", "/simulator/cmd_vel", "geometry_msgs/msg/Twist"],
      "{linear: {x: 0.1}}",
    );
    await joints.until(() => joints.messageCount > before + 150, "joint states under the policy");
    const xs = joints.messages.slice(-30).map((message) => {
      const { name, position } = message as { name: string[]; position: number[] };
      return position[name.indexOf("gantry_x")]!;
    });
    // 0.1 m/s over a second; the script moves back and forth, or stands.
    expect(xs.at(-1)! - xs[0]!).toBeCloseTo(0.1, 1);
    expect(xs.every((x, i) => i === 0 || x >= xs[i - 1]! - 1e-3)).toBe(true);
  });

  it("drives a bridge by sim.launch.py alone: an episode from start to success", async () => {
    const echo = ros2("topic", "echo", "--full-length", "/spatial_reward/reward", REWARD_TYPE);
    const both = launch("sim.launch.py", "outcome:=success", "seed:=3", "vlm:=rgbd");
    await both.says(/episode success_3/);
    // Episodes follow each other: on a busy machine the first may lack the images of its end.
    const isSuccess = ({ validity, reward, stage }: DenseReward): boolean =>
      validity === 0 && reward > 10 && stage === "release";
    await echo.until(() => (echo.messages as DenseReward[]).some(isSuccess), "a success");
    expect(await both.end()).toBe(0);
    expect(both.output).not.toMatch(/has died/);
  });
});
