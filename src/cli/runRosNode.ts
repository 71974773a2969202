import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import type { ManagedNode } from "../ros/index.js";

/** `ros2 launch` sends SIGTERM 5 s after SIGINT, and SIGKILL 5 s after that. */
const SHUTDOWN_MS = 2500;

/** One Ctrl-C comes twice: to the process group, and from `ros2 launch`. */
const SAME_SIGNAL_MS = 1000;

const LATE = Symbol("late");

/** Runs until the signal aborts; it may end before, and then the process does. */
export type NodeWork = (node: ManagedNode, signal: AbortSignal) => Promise<void>;

/**
 * Runs a ROS 2 node until SIGINT or SIGTERM: the signal aborts, the work has 2.5 s to stop and to
 * close its outputs, and the process ends with 0. Another one, a second later or more, ends it at
 * once.
 *
 * @param name unless the arguments remap it
 * @param args what stands in `--ros-args … --` counts
 * @throws UserError if there is no ROS 2, the arguments are invalid, or the work says so
 */
export async function runRosNode(
  name: string,
  args: readonly string[],
  work: NodeWork,
): Promise<void> {
  const controller = new AbortController();
  let abortedMs = 0;
  const onSignal = (): void => {
    if (!controller.signal.aborted) {
      abortedMs = performance.now();
      controller.abort();
    } else if (performance.now() - abortedMs > SAME_SIGNAL_MS) {
      process.exit(1);
    }
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  try {
    // Other commands are not to pay for loading it.
    const { openRosNode } = await import("../ros/index.js");
    const node = await openRosNode({ name, args });
    try {
      if (!controller.signal.aborted) await workInTime(node, controller.signal, work);
    } finally {
      await node.close();
    }
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
  // rclnodejs and the model's workers may keep the event loop alive.
  process.exit();
}

async function workInTime(node: ManagedNode, signal: AbortSignal, work: NodeWork): Promise<void> {
  try {
    if ((await Promise.race([work(node, signal), late(signal)])) !== LATE) return;
    node.log("error", "the node did not stop in time; unwritten data is lost");
    process.exitCode = 1;
  } catch (error) {
    const isAbort = error instanceof Error && error.name === "AbortError";
    if (!(signal.aborted && isAbort)) throw error;
  }
}

/** Resolves when the time to stop is over. */
async function late(signal: AbortSignal): Promise<typeof LATE> {
  if (!signal.aborted) await once(signal, "abort");
  await sleep(SHUTDOWN_MS);
  return LATE;
}
