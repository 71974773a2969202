import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { buildRosWorkspace, hasSourcedRos } from "../support/rosWorkspace.js";

declare module "vitest" {
  interface ProvidedContext {
    /** Environment of a shell that has sourced the workspace; absent without ROS 2. */
    readonly rosEnv: Readonly<Record<string, string>> | undefined;
    /** Where the workspace has installed the JavaScript and its packages. */
    readonly rosApp: string | undefined;
  }
}

/**
 * Gives the tests the environment of a colcon workspace with this repository. Without a sourced
 * ROS 2 it says so, once, and the tests are skipped.
 */
export default async function setup(project: TestProject): Promise<(() => void) | undefined> {
  if (!hasSourcedRos) {
    console.warn(
      "\ntests on a ROS 2 graph are SKIPPED: no ROS 2 is sourced (source /opt/ros/<distro>/setup.bash)\n",
    );
    project.provide("rosEnv", undefined);
    project.provide("rosApp", undefined);
    return undefined;
  }
  const { env, app } = buildRosWorkspace();
  project.provide("rosEnv", env);
  project.provide("rosApp", app);
  // An ordinary robot has a /tf, most of which is none of our business.
  const script = join(import.meta.dirname, "../support/tfTraffic.ts");
  const robot = spawn(process.execPath, ["--import", "tsx", script, app, "50", "20"], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  // Nothing else is printed there; without it the tests would prove less than they say.
  const [begun] = await Promise.race([once(robot.stdout, "data"), once(robot, "exit")]);
  if (!String(begun).includes("ready")) throw new Error("the robot's /tf could not be started");
  return () => {
    robot.kill();
    spawnSync("ros2", ["daemon", "stop"], { env });
  };
}
