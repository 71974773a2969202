import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nodeCommand } from "../../src/cli/node.js";
import { RosError } from "../../src/ros/index.js";

describe("spatial-reward node", () => {
  const { ROS_DISTRO } = process.env;
  beforeEach(() => {
    delete process.env.ROS_DISTRO;
  });
  afterEach(() => {
    if (ROS_DISTRO !== undefined) process.env.ROS_DISTRO = ROS_DISTRO;
  });

  const run = (...args: string[]): Promise<unknown> =>
    nodeCommand().exitOverride().parseAsync(args, { from: "user" });

  it("without ROS 2 says in one line what is needed, whatever the arguments", async () => {
    const failed: unknown = await run("--ros-args", "-p", "task:=a.yaml").catch((e) => e);
    expect(failed).toBeInstanceOf(RosError);
    const { message, exitCode } = failed as RosError;
    expect(message).toMatch(/^(ROS 2 not found: .*|ROS 2 is not sourced; first run: source .*)$/);
    expect(exitCode).toBe(1);
  });

  it("tells a mistake in the ROS 2 arguments before anything else", async () => {
    await expect(run("--ros-args", "-p", "task=a.yaml")).rejects.toThrow(
      "-p task=a.yaml: must be name:=value",
    );
  });

  it("leaves no signal handlers behind where it cannot start", async () => {
    const before = process.listenerCount("SIGTERM");
    await run().catch(() => {});
    expect(process.listenerCount("SIGTERM")).toBe(before);
  });
});
