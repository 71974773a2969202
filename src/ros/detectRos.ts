import { readdirSync } from "node:fs";
import { join } from "node:path";
import { RosError } from "./RosError.js";

/**
 * Makes sure that a ROS 2 is sourced in this process' environment.
 *
 * @param root where ROS 2 is installed, one folder a distribution
 * @throws RosError with the command that helps, in one line
 */
export function requireRos(
  env: Readonly<Record<string, string | undefined>> = process.env,
  root = "/opt/ros",
): void {
  if (env.ROS_DISTRO && env.AMENT_PREFIX_PATH) return;
  const setups = installedSetups(root);
  throw new RosError(
    setups.length === 0
      ? `no ROS 2 here: this command needs one (Humble or newer); where it is installed in an ` +
          "uncommon place, first run: source <its folder>/setup.bash"
      : `ROS 2 is not sourced; first run: ${setups.map((path) => `source ${path}`).join(" or ")}`,
  );
}

function installedSetups(root: string): string[] {
  try {
    return readdirSync(root)
      .sort()
      .filter((distro) => readdirSync(join(root, distro)).includes("setup.bash"))
      .map((distro) => join(root, distro, "setup.bash"));
  } catch {
    return [];
  }
}
