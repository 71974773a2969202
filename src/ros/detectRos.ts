import { readdirSync } from "node:fs";
import { join } from "node:path";
import { RosError } from "./RosError.js";

/**
 * The distribution of ROS 2 that is sourced in this process' environment: `humble`.
 *
 * @param root where ROS 2 is installed, one folder a distribution
 * @throws RosError with the command that helps, in one line
 */
export function requireRos(
  env: Readonly<Record<string, string | undefined>> = process.env,
  root = "/opt/ros",
): string {
  if (env.ROS_DISTRO && env.AMENT_PREFIX_PATH) return env.ROS_DISTRO;
  const setups = installedSetups(root);
  throw new RosError(
    setups.length === 0
      ? "ROS 2 not found: this command needs ROS 2 (Humble or newer). If it is installed in an " +
          "unusual place, first run: source <its folder>/setup.bash"
      : `ROS 2 is not sourced; first run: ${setups.map((path) => `source ${path}`).join(" or ")}`,
  );
}

function installedSetups(root: string): string[] {
  const setups: string[] = [];
  for (const distro of filesIn(root)) {
    if (filesIn(join(root, distro)).includes("setup.bash")) {
      setups.push(join(root, distro, "setup.bash"));
    }
  }
  return setups;
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
