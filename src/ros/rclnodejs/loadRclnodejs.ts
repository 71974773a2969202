import { createRequire } from "node:module";
import { dirname } from "node:path";
import { requireRos } from "../detectRos.js";
import { RosError } from "../RosError.js";
import { loadBinary } from "./loadBinary.js";
import type { Rclnodejs } from "./Rclnodejs.js";

/**
 * Loads rclnodejs, the only place that does, and only where that can work: with a ROS 2 sourced and
 * a binary that loads.
 *
 * @throws RosError that says what to do
 */
export async function loadRclnodejs(): Promise<Rclnodejs> {
  const distro = requireRos();
  loadBinary(rclnodejsFolder(distro), distro);
  // A name that the compiler cannot follow: its types need a ROS 2 at installation.
  const name: string = "rclnodejs";
  const { default: rclnodejs } = (await import(name)) as { readonly default: Rclnodejs };
  // It would shut its contexts down on SIGINT, before our outputs are flushed.
  rclnodejs.removeSignalHandlers();
  return rclnodejs;
}

function rclnodejsFolder(distro: string): string {
  try {
    return dirname(createRequire(import.meta.url).resolve("rclnodejs/package.json"));
  } catch {
    throw new RosError(
      "rclnodejs is not installed: npm leaves it out where no ROS 2 is sourced. In this shell, " +
        `where ROS 2 ${distro} is, run \`npm install rclnodejs\` in the folder of ` +
        "spatial-reward-bridge",
    );
  }
}
