import { Command } from "commander";
import { type NodeWork, runRosNode } from "./runRosNode.js";

/** `spatial-reward sim node` */
export function simNodeCommand(): Command {
  return new Command("node")
    .description(
      "Runs the table top as a live ROS 2 simulator: publishes /clock, /tf, /tf_static, /joint_states,\n" +
        "and colour, depth, labels and camera_info of each camera, episode after episode. Needs a\n" +
        "sourced ROS 2.",
    )
    .argument("[arguments...]", "ROS 2 arguments: --ros-args -p seed:=7 -r __ns:=/sim …")
    .allowUnknownOption()
    .addHelpText(
      "after",
      `
Services:  ~/reset (std_srvs/Trigger), ~/pause (std_srvs/SetBool)
Topics that drive the gripper:  ~/cmd_vel (geometry_msgs/Twist, m/s in world), ~/opening
(std_msgs/Float64, metres between the fingers)
Parameters:  ros2 param list /simulator; ros2 param describe /simulator <name>

Example:
  spatial-reward sim node --ros-args -p seed:=7 -p outcome:=failure -p rate:=5.0`,
    )
    .action((args: string[]) => runRosNode("simulator", args, simulate));
}

/** MuJoCo is loaded by this command alone. */
const simulate: NodeWork = async (node, signal) => {
  const { runSimNode } = await import("../ros/index.js");
  await runSimNode(node, signal);
};
