import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";

const REPOSITORY = resolve(import.meta.dirname, "../..");
/** Colcon marks what it makes in there, so that no other workspace takes it for sources. */
const WORKSPACE = join(REPOSITORY, "out", "ros-workspace");

export const hasSourcedRos = Boolean(process.env.ROS_DISTRO && process.env.AMENT_PREFIX_PATH);

export interface RosWorkspace {
  /** Environment of a shell that has sourced the workspace, on a ROS domain of this process. */
  readonly env: Readonly<Record<string, string>>;
  /** Where the JavaScript and its packages are installed. */
  readonly app: string;
  /** The program that `ros2 run` starts as the bridge. */
  readonly bridge: string;
}

/**
 * Builds `msgs/` and `launch/` with colcon, as a user's workspace does. SRB_WORKSPACE_IS_BUILT=1
 * takes the one that is there.
 */
export function buildRosWorkspace(): RosWorkspace {
  if (process.env.SRB_WORKSPACE_IS_BUILT !== "1") build();
  const app = "install/spatial_reward_bridge/lib/node_modules/spatial-reward-bridge";
  const bridge = "install/spatial_reward_bridge/lib/spatial_reward_bridge/bridge";
  return { env: environment(), app: join(WORKSPACE, app), bridge: join(WORKSPACE, bridge) };
}

function build(): void {
  mkdirSync(WORKSPACE, { recursive: true });
  const paths = ["msgs", "launch"].map((name) => join(REPOSITORY, name));
  const built = spawnSync("colcon", ["build", "--base-paths", ...paths], {
    cwd: WORKSPACE,
    encoding: "utf8",
  });
  if (built.status !== 0) {
    throw new Error(`colcon build failed:\n${built.stdout}\n${built.stderr}`);
  }
}

function environment(): Record<string, string> {
  const script = `. "${join(WORKSPACE, "install", "setup.bash")}" && env -0`;
  const text = execFileSync("bash", ["-c", script], { encoding: "utf8" });
  const variables = text
    .split("\0")
    .filter((line) => line.includes("="))
    .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)] as const);
  return {
    ...Object.fromEntries(variables),
    ROS_LOCALHOST_ONLY: "1",
    // 0 to 101 are free of the ports that Linux hands out.
    ROS_DOMAIN_ID: String(20 + (process.pid % 80)),
    // The lines of a node come as they are written, not when a pipe is full.
    PYTHONUNBUFFERED: "1",
    RCUTILS_LOGGING_BUFFERED_STREAM: "0",
    RCUTILS_COLORIZED_OUTPUT: "0",
  };
}
