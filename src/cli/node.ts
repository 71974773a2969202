import { once } from "node:events";
import { Command } from "commander";
import { type NodeWork, runRosNode } from "./runRosNode.js";

/** `spatial-reward node` */
export function nodeCommand(): Command {
  return new Command("node")
    .description(
      "Runs the live bridge: camera topics in, rewards and spatial facts out. Needs a sourced ROS 2. In a\n" +
        "workspace, start it with `ros2 launch spatial_reward_bridge bridge.launch.py` and arguments.",
    )
    .argument("[arguments...]", "ROS 2 arguments: --ros-args -p task:=pick.yaml -r __ns:=/robot1 …")
    .allowUnknownOption()
    .addHelpText(
      "after",
      `
Parameters:  ros2 param list /spatial_reward; ros2 param describe /spatial_reward <name>
Life cycle:  ros2 lifecycle set /spatial_reward deactivate

Examples:
  spatial-reward node --ros-args -p task:=pick.yaml -p vlm:=embedded
  spatial-reward node --ros-args --params-file bridge.yaml -r __ns:=/robot1

Ctrl-C and SIGTERM stop it within 3 s; its recording is then complete (exit code 0).`,
    )
    .action((args: string[]) => runRosNode("spatial_reward", args, runBridge));
}

const runBridge: NodeWork = async (node, signal) => {
  const { loadNodePlugins, startBridge } = await import("../ros/index.js");
  await loadNodePlugins(node);
  const bridge = startBridge(node);
  if (!signal.aborted) await once(signal, "abort");
  await bridge.close();
};
