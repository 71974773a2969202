import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { requireRos } from "../detectRos.js";
import { RosError } from "../RosError.js";
import type { RclNative, Rclnodejs } from "./Rclnodejs.js";

/**
 * Loads rclnodejs, the only place that does, and only where that can work: with a ROS 2 sourced and
 * a binary that loads.
 *
 * @throws RosError that says what to do
 */
export async function loadRclnodejs(): Promise<{ rclnodejs: Rclnodejs; native: RclNative }> {
  const distro = requireRos();
  const native = loadBinary(rclnodejsFolder(distro), distro);
  // A name that the compiler cannot follow: its types need a ROS 2 at installation.
  const name: string = "rclnodejs";
  const { default: rclnodejs } = (await import(name)) as { readonly default: Rclnodejs };
  // It would shut its contexts down on SIGINT, before our outputs are flushed.
  rclnodejs.removeSignalHandlers();
  return { rclnodejs, native };
}

function rclnodejsFolder(distro: string): string {
  try {
    return dirname(createRequire(import.meta.url).resolve("rclnodejs/package.json"));
  } catch {
    throw new RosError(
      "rclnodejs is not installed: npm skips it if ROS 2 is not sourced. In this shell, " +
        `where ROS 2 ${distro} is sourced, run \`npm install rclnodejs\` in the folder of ` +
        "spatial-reward-bridge",
    );
  }
}

/**
 * Loads the native part of rclnodejs from its folder, and nothing else of it: where that fails,
 * importing rclnodejs would delete the binary and start a compilation.
 *
 * @throws RosError that says what to do
 */
export function loadBinary(folder: string, distro: string): RclNative {
  const binary = candidates(folder, distro).find((path) => existsSync(path));
  if (binary === undefined) {
    throw new RosError(
      `rclnodejs in ${folder} has no binary for ROS 2 ${distro} on this system; run ` +
        "`npm rebuild rclnodejs`in this shell (needs g++ and make)",
    );
  }
  try {
    return createRequire(import.meta.url)(binary) as RclNative;
  } catch (error) {
    throw new RosError(
      `the binary of rclnodejs cannot be loaded with ROS 2 ${distro}: ` +
        `${(error as Error).message.split("\n", 1)}. Run \`npm rebuild rclnodejs\` in this shell`,
    );
  }
}

/** Where rclnodejs looks for its binary, in its order: shipped for an Ubuntu, or compiled here. */
function candidates(folder: string, distro: string): string[] {
  const { arch, platform } = process;
  const shipped = `${distro}-${systemCodename()}-${arch}-node-rclnodejs.node`;
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
