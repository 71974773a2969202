import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { requireRos } from "../detectRos.js";
import { RosError } from "../RosError.js";
import type { Rclnodejs } from "./Rclnodejs.js";

/**
 * Loads rclnodejs, where that can work: only with a ROS 2 sourced, and only with a binary that
 * loads. Merely importing it where one of these is missing starts a compilation that first deletes
 * what is there, so both are looked at before.
 *
 * @throws RosError that says what to do
 */
export async function loadRclnodejs(): Promise<Rclnodejs> {
  requireRos();
  const require = createRequire(import.meta.url);
  let folder: string;
  try {
    folder = dirname(require.resolve("rclnodejs/package.json"));
  } catch {
    throw new RosError(
      `rclnodejs is not installed: it is skipped where npm runs without ROS 2. In this shell, ` +
        `where ROS 2 ${process.env.ROS_DISTRO} is sourced, run \`npm install rclnodejs\` in the ` +
        "folder of spatial-reward-bridge",
    );
  }
  const binary = binaries(folder).find((path) => existsSync(path));
  if (binary === undefined) {
    throw new RosError(
      `rclnodejs in ${folder} has no binary for ROS 2 ${process.env.ROS_DISTRO} on this system; ` +
        "run `npm rebuild rclnodejs` in this shell (wants g++ and make)",
    );
  }
  try {
    require(binary);
  } catch (error) {
    throw new RosError(
      `the binary of rclnodejs does not load with ROS 2 ${process.env.ROS_DISTRO}: ` +
        `${(error as Error).message}. Run \`npm rebuild rclnodejs\` in this shell`,
    );
  }
  // A name that the compiler cannot follow: its types need a ROS 2 at installation.
  const name: string = "rclnodejs";
  const { default: rclnodejs } = (await import(name)) as { readonly default: Rclnodejs };
  // It would shut its contexts down on SIGINT, before our outputs are flushed.
  rclnodejs.removeSignalHandlers();
  return rclnodejs;
}

/** Where rclnodejs looks for its binary, in its order: shipped for an Ubuntu, or compiled here. */
function binaries(folder: string): string[] {
  const { arch, platform, env } = process;
  const shipped = `${env.ROS_DISTRO}-${systemCodename()}-${arch}-node-rclnodejs.node`;
  return [
    join(folder, "prebuilds", `${platform}-${arch}`, shipped),
    join(folder, "build", "rclnodejs.node"),
    join(folder, "build", "Debug", "rclnodejs.node"),
    join(folder, "build", "Release", "rclnodejs.node"),
  ];
}

/** `jammy` */
function systemCodename(): string | undefined {
  try {
    return /^VERSION_CODENAME=(.*)$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1]?.trim();
  } catch {
    return undefined;
  }
}
