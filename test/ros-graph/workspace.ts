import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { buildRosWorkspace, hasSourcedRos } from "../support/rosWorkspace.js";

declare module "vitest" {
  interface ProvidedContext {
    /** Environment of a shell that has sourced the workspace; absent without ROS 2. */
    readonly rosEnv: Readonly<Record<string, string>> | undefined;
  }
}

/**
 * Gives the tests the environment of a colcon workspace with this repository. Without a sourced
 * ROS 2 it says so, once, and the tests are skipped.
 */
export default function setup(project: TestProject): (() => void) | undefined {
  if (!hasSourcedRos) {
    console.warn(
      "\ntests on a ROS 2 graph are SKIPPED: no ROS 2 is sourced (source /opt/ros/<distro>/setup.bash)\n",
    );
    project.provide("rosEnv", undefined);
    return undefined;
  }
  const { env, app } = buildRosWorkspace();
  project.provide("rosEnv", env);
  // An ordinary robot has a /tf, most of which is none of our business.
  const script = join(import.meta.dirname, "../support/tfTraffic.mjs");
  const robot = spawn(process.execPath, [script, app, "50", "20"], { env, stdio: "ignore" });
  return () => {
    robot.kill();
    spawnSync("ros2", ["daemon", "stop"], { env });
  };
}
